import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { SINGLE_TENANT, uuidv7 } from '../index.ts'
import { CONTROL_SETTINGS, createPool } from '../postgres/pools.ts'

/** A decision about a command that is held reads no more when history, queue and the effects of others grow. */
let database: Awaited<ReturnType<typeof engineDatabase>>
let pool: pg.Pool
beforeAll(async () => {
  database = await engineDatabase()
  pool = createPool(database.url, 1, 'decisions', CONTROL_SETTINGS)
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const BASE = Date.now().toString(16).padStart(12, '0')

/** One of ten commands is a copy of another, two are held, and each has made a call of which nothing is known. */
async function fillOthers(commands: number): Promise<void> {
  await pool.query(
    `with c as materialized (
       select ('${BASE}7000' || '8' || lpad(to_hex(n), 15, '0'))::uuid as id, n from generate_series(1, ${commands}) n
     ), facts as (
       insert into cascata.commands (tenant, id, type, data, root_id, origin, origin_id, lane, priority)
       select '${SINGLE_TENANT}', id, 'past', '{}', id, case when n % 10 = 0 then 'reprocess' else 'direct' end,
         case when n % 10 = 0 then gen_random_uuid() end, 0, 0 from c
     ), calls as (
       insert into cascata.effects (tenant, command_id, claim_no, key, type, state, deadline_at, ended_at, on_unknown)
       select '${SINGLE_TENANT}', id, 1, id, 'past', 'unknown', now(), now(), 'hold' from c
     ), held as (
       insert into cascata.command_queue (tenant, id, type, root_id, lane, priority, state, claim_no)
       select '${SINGLE_TENANT}', id, 'past', id, 0, 0, 'unknown', 1 from c where n % 5 = 0)
     insert into cascata.attempts (tenant, command_id, claim_no, type, outcome, final, ms)
     select '${SINGLE_TENANT}', id, 1, 'past', 'unknown', false, 1 from c`,
  )
}

/** A command that failed, a copy that failed, and a copy that is held. @returns the last. */
async function fillHeld(): Promise<string> {
  const ids = [uuidv7(), uuidv7(), uuidv7()]
  const [original, , held] = ids as [string, string, string]
  await pool.query(
    `insert into cascata.commands (tenant, id, type, data, root_id, origin, origin_id, lane, priority)
     select $1, c.id, 'held', '{}', $2, case when c.id = $2 then 'direct' else 'reprocess' end,
       case when c.id <> $2 then $2::uuid end, 0, 0
     from unnest($3::uuid[]) as c(id)`,
    [SINGLE_TENANT, original, ids],
  )
  await pool.query(
    `insert into cascata.attempts (tenant, command_id, claim_no, type, outcome, final, ms)
     select $1, c.id, 1, 'held', case when c.id = $3 then 'unknown' else 'error' end, c.id <> $3, 1 from unnest($2::uuid[]) as c(id)`,
    [SINGLE_TENANT, ids, held],
  )
  await pool.query(
    `insert into cascata.effects (tenant, command_id, claim_no, key, type, state, deadline_at, ended_at, on_unknown)
     select $1, c.id, 1, $3, 'held', 'unknown', now(), now(), 'hold' from unnest($2::uuid[]) as c(id)`,
    [SINGLE_TENANT, ids, original],
  )
  await pool.query(
    `insert into cascata.command_queue (tenant, id, type, root_id, lane, priority, state, claim_no, original_id)
     values ($1, $2, 'held', $3, 0, 0, 'unknown', 1, $3)`,
    [SINGLE_TENANT, held, original],
  )
  return held
}

async function buffersOf(call: string): Promise<number> {
  const { rows } = await pool.query(`explain (analyze, buffers, format json) select ${call}`)
  const { Plan } = rows[0]['QUERY PLAN'][0]
  return Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks']
}

test.each(['happened', 'did-not-happen', 'call-again', 'discard'])(
  'when a human decides %s, no more is read after fifty thousand commands than after none',
  async (decision) => {
    await pool.query('truncate cascata.commands, cascata.attempts, cascata.effects, cascata.command_queue')
    const call = (id: string) =>
      `cascata.decide('${SINGLE_TENANT}', '${id}', 'unknown', '${decision}', null, 'ana', 'asked', '${uuidv7()}')`
    // The least of five: plans are made and catalogues are read now and then.
    const read = async () => {
      const seen: number[] = []
      for (let n = 0; n < 5; n++) seen.push(await buffersOf(call(await fillHeld())))
      return Math.min(...seen)
    }
    const empty = await read()
    await fillOthers(50_000)
    expect(await read()).toBeLessThan(empty + 60)
    await pool.query('analyze cascata.commands, cascata.attempts, cascata.effects, cascata.command_queue')
    expect(await read()).toBeLessThan(empty + 60)
  },
)
