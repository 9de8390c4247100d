/** However much is old, no transaction removes more of it than a portion, and what is not old stays. */
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { type Academy, STUDENT, startAcademy } from '../../../test-support/start-academy.ts'
import { forgetOldCounts, startCountUpkeep } from './count-upkeep.ts'

const MANY = 5_500
const PORTION = 1000

/** Rows of each table: `MANY` that are old, and one that is not. */
const FILL: Record<string, string> = {
  sign_in_failures: `insert into academy_auth.sign_in_failures (subject, failures, since)
    select 'old ' || n, 1, now() - interval '25 hours' from generate_series(1, ${MANY}) n
    union all select 'new', 1, now() - interval '23 hours'`,
  request_counts: `insert into academy_auth.request_counts (subject, count, since)
    select 'old ' || n, 1, now() - interval '61 minutes' from generate_series(1, ${MANY}) n
    union all select 'new', 1, now() - interval '59 minutes'`,
  sessions: `insert into academy_auth.sessions (id, user_id, token, expires_at, created_at, updated_at, access_version)
    select gen_random_uuid(), u.id, 'token ' || n, now() + interval '1 hour' * (2 - n), now(), now(),
      u.access_version
    from academy_auth.users u, generate_series(1, ${MANY + 2}) n where n <> 2 and u.email = '${STUDENT.email}'`,
  sign_ins: `insert into academy_auth.sign_ins (user_id, at, outcome, user_agent)
    select u.id, now() - interval '1 day' * case when n = 0 then 29 else 31 end, 'signed-in', ''
    from academy_auth.users u, generate_series(0, ${MANY}) n where u.email = '${STUDENT.email}'`,
  password_requests: `insert into academy_auth.password_requests (id, email, locale, created_at)
    select gen_random_uuid(), 'a@example.com', 'en', now() - interval '1 hour' * case when n = 0 then 23 else 25 end
    from generate_series(0, ${MANY}) n`,
}
const TABLES = Object.keys(FILL)

let academy: Academy
let owner: pg.Client
beforeAll(async () => {
  academy = await startAcademy()
  owner = new pg.Client(academy.url)
  await owner.connect()
  await owner.query(
    `create table public.removals (of text, transaction xid8, rows int);
     create function public.note_removal() returns trigger language plpgsql security definer as $$ begin
       insert into public.removals select tg_table_name, pg_current_xact_id(), count(*) from gone;
       return null;
     end $$`,
  )
  for (const table of TABLES) {
    await owner.query(
      `create trigger note after delete on academy_auth.${table} referencing old table as gone
         for each statement execute function public.note_removal()`,
    )
  }
})
afterAll(async () => {
  await owner?.end()
  await academy?.stop()
})
beforeEach(async () => {
  await owner.query('truncate public.removals')
  for (const table of TABLES) {
    await owner.query(`delete from academy_auth.${table}`)
    await owner.query(FILL[table] as string)
  }
  await owner.query('truncate public.removals')
})

const forget = async () => {
  const told: string[] = []
  const onError = (error: unknown) => told.push((error as Error).message)
  await forgetOldCounts(academy.pools.auth, { closing: new AbortController().signal, onError })
  return told
}
const left = async (table: string) =>
  (await owner.query<{ n: number }>(`select count(*)::int as n from academy_auth.${table}`)).rows[0]?.n

test('each table is cleared of what is old, a portion in each transaction', async () => {
  expect(await forget()).toEqual([])
  for (const table of TABLES) expect([table, await left(table)]).toEqual([table, 1])
  const { rows } = await owner.query(
    `select of, max(rows)::int as rows, count(*)::int as transactions from (
       select of, transaction, sum(rows) as rows from public.removals group by 1, 2) t group by 1 order by 1`,
  )
  expect(rows).toEqual(TABLES.toSorted().map((of) => ({ of, rows: PORTION, transactions: Math.ceil(MANY / PORTION) })))
})

test('what somebody works with is left and waited for by nobody, and an error keeps no other table from it', async () => {
  await owner.query(`create function public.fail() returns trigger language plpgsql as $$ begin raise exception 'full'; end $$;
    create trigger fail before delete on academy_auth.request_counts for each row execute function public.fail()`)
  const other = new pg.Client(academy.url)
  await other.connect()
  try {
    await other.query(`begin; select from academy_auth.sign_in_failures where subject in ('old 1', 'old 2') for update`)
    expect(await forget()).toEqual(['full'])
    expect(await left('sign_in_failures')).toBe(3)
    expect(await left('request_counts')).toBe(MANY + 1)
    expect(await left('password_requests')).toBe(1)
  } finally {
    await other.end()
    await owner.query('drop function public.fail cascade')
  }
})

test('one process is at it at a time', async () => {
  const other = new pg.Client(academy.urls.auth)
  await other.connect()
  try {
    await other.query(`begin; select pg_advisory_xact_lock(hashtextextended('academy.count-upkeep', 0))`)
    expect(await forget()).toEqual([])
    for (const table of TABLES) expect([table, await left(table)]).toEqual([table, MANY + 1])
  } finally {
    await other.end()
  }
})

test('it goes on by itself until the process closes', async () => {
  const closing = new AbortController()
  onTestFinished(() => closing.abort())
  const told: unknown[] = []
  startCountUpkeep(academy.pools.auth, { closing: closing.signal, onError: (error) => told.push(error), everyMs: 50 })
  for (let round = 0; round < 2; round++) {
    for (const table of TABLES) await expect.poll(() => left(table)).toBe(1)
    await owner.query(`insert into academy_auth.request_counts values ('again', 1, now() - interval '2 hours')`)
  }
  await expect.poll(() => left('request_counts')).toBe(1)
  expect(told).toEqual([])
})

test('an outage is told once, and no other table is tried', async () => {
  const pool = new pg.Pool({ connectionString: 'postgres://127.0.0.1:1/nobody' })
  onTestFinished(() => pool.end())
  const told: unknown[] = []
  const onError = (error: unknown) => told.push(error)
  await expect(forgetOldCounts(pool, { closing: new AbortController().signal, onError })).rejects.toThrow(
    'ECONNREFUSED',
  )
  expect(told).toEqual([])
})
