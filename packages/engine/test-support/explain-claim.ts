import type pg from 'pg'
import type { RunStatement } from '../src/postgres/pools.ts'

export interface Explained {
  readonly buffers: number
  /** How many rows it answers. */
  readonly rows: number
  readonly text: string
}

/** What EXPLAIN says of a statement that claims; rolled back. `plan` is that of custom or of kept plans. */
export async function explainClaim(
  pool: pg.Pool,
  claim: (run: RunStatement) => Promise<unknown>,
  plan: 'custom' | 'generic' = 'custom',
): Promise<Explained> {
  let explained: Explained | undefined
  await claim(async (_, { text: sql }, values) => {
    const client = await pool.connect()
    try {
      await client.query('begin')
      await client.query(`set local plan_cache_mode = force_${plan}_plan`)
      const types = values.map((value) => typeOf(value)).join(', ')
      await client.query(`prepare claim (${types}) as ${sql}`)
      const { rows } = await client.query(
        `explain (analyze, buffers, format json) execute claim (${values.map(literal)})`,
      )
      await client.query('deallocate claim')
      await client.query('rollback')
      const { Plan } = rows[0]['QUERY PLAN'][0]
      const buffers = Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks']
      explained = { buffers, rows: Plan['Actual Rows'], text: JSON.stringify(Plan) }
    } finally {
      client.release()
    }
    return []
  })
  return explained as Explained
}

const typeOf = (value: unknown) => (Array.isArray(value) ? 'text[]' : typeof value === 'number' ? 'bigint' : 'uuid')
const literal = (value: unknown) =>
  Array.isArray(value) ? `'{${value}}'` : typeof value === 'number' ? value : `'${value}'`
