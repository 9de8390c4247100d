/** Connections for the library of sign-ins, which gives each back as if it worked. */
import type { PostgresPool } from 'kysely'
import type pg from 'pg'

/** As of `pool.query`: a connection on which something failed goes, for it may never answer again. */
export function authConnections(pool: pg.Pool): PostgresPool {
  return {
    connect: async () => {
      const client = await pool.connect()
      let broken: Error | undefined
      const query = (text: string, values: readonly unknown[]) =>
        client.query(text, [...values]).catch((error: Error) => {
          broken = error
          throw error
        })
      return { query: query as never, release: () => client.release(broken) }
    },
    end: () => pool.end(),
    options: pool.options,
  }
}
