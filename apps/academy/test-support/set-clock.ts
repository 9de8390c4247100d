/** What the institutions' clocks show from now on: the one function that every rule about dates asks is replaced. */
import pg from 'pg'
import type { Academy } from './start-academy.ts'

/** @param now e.g. `2031-02-03T23:59-03:00`. */
export async function setClock({ url }: Pick<Academy, 'url'>, now: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const body = pg.escapeLiteral(`select timestamptz '${new Date(now).toISOString()}'`)
    await client.query(`create or replace function academy.now() returns timestamptz language sql stable as ${body}`)
  } finally {
    await client.end()
  }
}
