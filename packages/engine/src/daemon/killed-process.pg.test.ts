import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type ChildOptions, type DaemonProcess, startDaemonProcess } from '../../test-support/daemon-process.ts'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { Call, DeathRequested, Die, Hang, Linger, Thing, Write } from '../../test-support/ledger-app.ts'
import { until } from '../../test-support/until.ts'
import { enqueue, save } from '../index.ts'

vi.setConfig({ testTimeout: 120_000 }) // a process takes its time to start on a busy machine

/** Daemons in processes of their own, which are killed, stopped and continued. */
let drop: () => Promise<void>
let url: string
let pool: pg.Pool
const running = new Set<DaemonProcess>()

beforeAll(async () => {
  const database = await engineDatabase()
  drop = database.drop
  url = database.url
  pool = new pg.Pool({ connectionString: url, max: 4 })
  await pool.query(
    'create table ledger (what text, id text, at timestamptz default clock_timestamp()); create table things (id uuid primary key)',
  )
})
afterEach(async () => {
  await Promise.all([...running].map((daemon) => daemon.end('SIGKILL')))
  running.clear()
})
beforeEach(() => pool.query('truncate ledger'))
afterAll(async () => {
  await pool.end()
  await drop()
})

async function start(options?: ChildOptions): Promise<DaemonProcess> {
  const daemon = await startDaemonProcess(url, options)
  running.add(daemon)
  void daemon.ended.then(() => running.delete(daemon))
  return daemon
}

const rows = async <R extends pg.QueryResultRow>(sql: string, values?: unknown[]) =>
  (await pool.query<R>(sql, values)).rows
const ledger = async (what: string) =>
  (await rows<{ id: string }>('select id from ledger where what = $1', [what])).map(({ id }) => id)
const status = async (id: string) =>
  (await rows<{ status: string }>('select status from cascata.command_statuses where id = $1', [id]))[0]?.status
const idle = () =>
  until(
    async () =>
      (
        await rows(
          `select 1 from cascata.command_queue where state in ('pending', 'processing') union all select 1 from cascata.event_queue where state in ('pending', 'processing') union all select 1 from cascata.committed_commands`,
        )
      ).length === 0,
    'everything is done',
  )

test('SIGKILL in the middle of a command: it runs again within five seconds, and its effects are there once', async () => {
  const [first] = [await start(), await start()]
  const [id] = await enqueue(pool, Hang({ id: 'a' }))
  const claimed = await until(
    async () =>
      (
        await rows<{ pid: number }>(
          `select d.pid from cascata.command_queue q join cascata.daemons d on d.id = q.claimed_by where q.id = $1`,
          [id],
        )
      )[0],
    'it is claimed',
  )
  await until(
    async () =>
      (
        await rows(
          `select 1 from pg_stat_activity where state = 'idle in transaction' and application_name = 'cascata handlers' and datname = current_database()`,
        )
      ).length === 1,
    'its transaction is open',
  )
  const victim = [...running].find(({ pid }) => pid === claimed.pid) ?? first
  await victim.end('SIGKILL')
  const killedAt = performance.now()
  await until(async () => (await ledger('hang')).length === 1, 'another has run it')
  const recoveryMs = performance.now() - killedAt
  console.log(`recovery after SIGKILL: ${Math.round(recoveryMs)} ms`)
  await idle()
  expect(await ledger('hang')).toEqual(['a'])
  expect(
    await rows('select outcome, claim_no from cascata.attempts where command_id = $1 order by claim_no', [id]),
  ).toEqual([
    { outcome: 'lost', claim_no: 1 },
    { outcome: 'success', claim_no: 2 },
  ])
  expect(recoveryMs).toBeLessThan(15_000) // 5 s on a machine that does nothing else
})

test('a daemon that starts where one was killed takes over what that one held', async () => {
  const first = await start()
  const [id] = await enqueue(pool, Hang({ id: 'b' }))
  await until(async () => (await status(id as string)) === 'processing', 'it is claimed')
  await first.end('SIGKILL')
  await start()
  await until(async () => (await status(id as string)) === 'success', 'it is done')
  expect(await ledger('hang')).toEqual(['b'])
})

test('a stopped process whose lease runs out is replaced; continued, it is refused, and nothing is doubled', async () => {
  const frozen = await start({ leaseMs: 1_000 })
  const [id] = await enqueue(pool, [Hang({ id: 'c' })])
  await until(
    async () =>
      (
        await rows(
          `select 1 from pg_stat_activity where state = 'idle in transaction' and application_name = 'cascata handlers' and datname = current_database()`,
        )
      ).length === 1,
    'its transaction is open',
  )
  process.kill(frozen.pid, 'SIGSTOP')
  const writes = Array.from({ length: 20 }, (_, i) => Write({ id: `c${i}` }))
  await start({ leaseMs: 1_000 })
  await enqueue(pool, writes)
  await until(async () => (await ledger('write')).length === 20, 'the other works on')
  await until(
    async () =>
      (await rows(`select 1 from cascata.daemons where pid = $1 and state = 'lost'`, [frozen.pid])).length === 1,
    'it counts as lost',
  )
  // Its transaction is still open on the server, so its claim is left to it: nobody else may run it beside it.
  expect(await status(id as string)).toBe('processing')
  await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction' and application_name = 'cascata handlers' and datname = current_database()`,
  )
  await until(async () => (await status(id as string)) === 'success', 'the other has run it')
  process.kill(frozen.pid, 'SIGCONT')
  await until(
    async () =>
      (await rows(`select 1 from cascata.daemons where pid = $1 and state = 'running'`, [frozen.pid])).length === 1,
    'it is back',
  )
  await idle()
  expect(await ledger('hang')).toEqual(['c'])
  expect((await ledger('write')).length).toBe(20)
  expect(await frozen.end('SIGTERM')).toBe(0)
})

test('SIGTERM: what has not started is given back, what runs is finished, the process ends with 0', async () => {
  const first = await start({ concurrency: 1, commandsMax: 50 })
  await pool.query('create table if not exists gates (id text)')
  const [hang] = await enqueue(pool, Hang({ id: 'd' }, { priority: -10 }))
  const ids = await enqueue(
    pool,
    Array.from({ length: 30 }, (_, i) => Write({ id: `d${i}` })),
  )
  await until(
    async () =>
      (await rows(`select 1 from cascata.command_queue where state = 'processing' and id = any($1)`, [ids])).length > 0,
    'some wait in the daemon',
  )
  first.process.kill('SIGTERM')
  await until(
    async () =>
      (await rows(`select 1 from cascata.command_queue where state = 'processing' and id = any($1)`, [ids])).length ===
      0,
    'they are given back',
  )
  expect(await rows(`select distinct outcome from cascata.attempts where command_id = any($1)`, [ids])).toEqual([
    { outcome: 'released' },
  ])
  expect(
    await rows(`select 1 from cascata.command_queue where id = any($1) and (failures > 0 or crashes > 0)`, [ids]),
  ).toEqual([])
  expect(await first.ended).toBe(0)
  await start()
  await idle()
  expect((await ledger('write')).length).toBe(30)
  expect(await status(hang as string)).toBe('success')
  expect(await ledger('hang')).toEqual(['d'])
})

test('a payload that kills the process twice has had no other effect on its neighbours', async () => {
  const neighbours = Array.from({ length: 40 }, (_, i) => Write({ id: `e${i}` }))
  const [die] = await enqueue(pool, [Die({ id: 'e', deaths: 2 }, { priority: -10 }), ...neighbours])
  for (let deaths = 0; deaths < 2; deaths++) await (await start()).ended
  await start()
  await idle()
  expect((await ledger('write')).length).toBe(40)
  expect(await status(die as string)).toBe('success')
  expect(await rows(`select distinct status from cascata.command_statuses where type = 'write'`)).toEqual([
    { status: 'success' },
  ])
})

test('a payload that always kills does so five times; it cuts the same neighbour short twice at the most', async () => {
  await pool.query(`
    create table public.crashes (type text, crashes integer);
    create function log_crashes() returns trigger language plpgsql as $$
    begin insert into public.crashes values (new.type, new.crashes); return null; end $$;
    create trigger log_crashes after update on cascata.command_queue for each row
      when (new.crashes > old.crashes) execute function log_crashes()`)
  const lingering = (from: string) => Array.from({ length: 20 }, (_, i) => Linger({ id: `${from} ${i}` }))
  const [die] = await enqueue(pool, [Die({ id: 'k', deaths: 99 }, { priority: -10 }), ...lingering('before')])
  for (let deaths = 0; deaths < 5; deaths++) {
    await (await start({ concurrency: 5 })).ended
    await enqueue(pool, lingering(`after ${deaths}`))
  }
  await start()
  await until(async () => (await status(die as string)) === 'error', 'it is given up')
  await until(async () => (await ledger('linger')).length === 120, 'all others are done')
  await idle()
  expect(await rows(`select distinct status from cascata.command_statuses where type = 'linger'`)).toEqual([
    { status: 'success' },
  ])
  expect(
    await rows(
      'select outcome, error_class, count(*)::integer as n from cascata.attempts where command_id = $1 group by 1, 2 order by 3',
      [die],
    ),
  ).toEqual([
    { outcome: 'error', error_class: 'CrashLoop', n: 1 },
    { outcome: 'lost', error_class: 'DaemonLost', n: 5 },
  ])
  const [own, others] = await rows('select type, max(crashes)::integer as n from crashes group by 1 order by 1')
  expect(own).toEqual({ type: 'die', n: 5 })
  expect(others?.['n']).toBeOneOf([1, 2])
  await pool.query('drop trigger log_crashes on cascata.command_queue')
})

test('a payload that has killed four and kills the fifth ends in error', async () => {
  const [die] = await enqueue(pool, Die({ id: 'f', deaths: 99 }))
  await pool.query('update cascata.command_queue set crashes = 4 where id = $1', [die])
  await (await start()).ended
  await start()
  await until(async () => (await status(die as string)) === 'error', 'it is given up')
  expect(
    await rows('select outcome, error_class from cascata.attempts where command_id = $1 order by claim_no', [die]),
  ).toEqual([
    { outcome: 'lost', error_class: 'DaemonLost' },
    { outcome: 'error', error_class: 'CrashLoop' },
  ])
})

test('an event that kills the process twice is processed alone then, and its set goes on', async () => {
  const events = [
    DeathRequested({ id: 'g', deaths: 2 }),
    ...Array.from({ length: 5 }, (_, i) => DeathRequested({ id: `g${i}`, deaths: 0 })),
  ]
  await save(pool, new Thing(events))
  for (let deaths = 0; deaths < 2; deaths++) await (await start()).ended
  await start()
  await idle()
  const survivors = (await ledger('write')).filter((id) => id.startsWith('survived g'))
  expect(survivors).toHaveLength(6)
})

test('a call to the outside that a kill interrupted waits for its own timeout, then runs with the same key', async () => {
  const first = await start()
  const [id] = await enqueue(pool, Call({ id: 'h' }))
  await until(async () => (await ledger('call')).length === 1, 'the call is under way')
  await pool.query(`update cascata.effects set deadline_at = now() + interval '1 hour' where command_id = $1`, [id])
  await first.end('SIGKILL')
  await start()
  await enqueue(pool, Write({ id: 'h' }))
  await until(async () => (await ledger('write')).includes('h'), 'the new daemon works')
  await until(
    async () =>
      (await rows(`select 1 from cascata.daemons where pid = $1 and state = 'lost'`, [first.pid])).length === 1,
    'the old one is lost',
  )
  expect(await status(id as string)).toBe('processing')
  await pool.query(`update cascata.effects set deadline_at = now() where command_id = $1`, [id])
  await until(async () => (await status(id as string)) === 'success', 'it ran again')
  const calls = await ledger('call')
  expect(calls).toHaveLength(2)
  expect(new Set(calls).size).toBe(1)
  expect(await rows('select state from cascata.effects where command_id = $1 order by claim_no', [id])).toEqual([
    { state: 'unknown' },
    { state: 'accepted' },
  ])
})
