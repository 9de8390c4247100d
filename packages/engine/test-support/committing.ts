import type { Tx } from 'cascata'
import type pg from 'pg'

/** For what is one statement: each commits by itself, on whichever connection is free. A pool as such is refused. */
export function committing(pool: pg.Pool): Tx {
  return { query: async (text, values = []) => (await pool.query(text, values as unknown[])) as never }
}
