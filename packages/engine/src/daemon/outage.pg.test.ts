import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type OwnServer, ownServer } from '../../../../scripts/testing/own-server.ts'
import { type DaemonProcess, startDaemonProcess } from '../../test-support/daemon-process.ts'
import { Hang, Wait, Write } from '../../test-support/ledger-app.ts'
import { until } from '../../test-support/until.ts'
import { enqueue, migrate } from '../index.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

/** Who is dead, when it was PostgreSQL that was away. */
const LEASE_MS = 4_000

let server: OwnServer
let pool: pg.Pool
const daemons: DaemonProcess[] = []
beforeAll(async () => {
  server = await ownServer({})
  await migrate({ url: server.url() })
  pool = new pg.Pool({ connectionString: server.url(), max: 2 })
  pool.on('error', () => {})
  await pool.query('create table ledger (what text, id text, at timestamptz default clock_timestamp())')
})
afterEach(async () => {
  await Promise.all(daemons.splice(0).map((daemon) => daemon.end('SIGKILL')))
  await pool.query('delete from cascata.command_queue')
})
afterAll(async () => {
  await pool.end()
  await server.stop()
})

const start = async () => {
  const daemon = await startDaemonProcess(server.url(), { leaseMs: LEASE_MS, concurrency: 20, commandsMax: 12 })
  daemons.push(daemon)
  return daemon
}
const rows = async (sql: string, values: unknown[] = []) => (await pool.query(sql, values)).rows

test('an outage that is longer than the lease takes no work from a daemon that lives', async () => {
  await start()
  const late = await start()
  await enqueue(
    pool,
    Array.from({ length: 16 }, (_, i) => Wait({ id: `${i}` })),
  )
  const held = () => rows(`select id, token from cascata.command_queue where state = 'processing' order by id`)
  await until(async () => (await held()).length === 16, 'all are in hand')
  const before = await held()
  // One of them is late to find the server again, by more than a round of the other's.
  late.process.kill('SIGSTOP')
  await server.away(LEASE_MS * 1.5)
  await sleep(1_500)
  late.process.kill('SIGCONT')
  const [{ back }] = (await rows('select clock_timestamp() as back')) as [{ back: Date }]
  const beating = async () =>
    (await rows(`select 1 from cascata.daemons where state = 'running' and heartbeat_at > $1`, [back])).length
  await until(async () => (await beating()) === 2, 'both beat again')
  await sleep(LEASE_MS * 2) // both have seen it answer for a lease and judge again
  expect(await held()).toEqual(before)
  expect(await rows(`select 1 from cascata.attempts where error_class = 'DaemonLost'`)).toEqual([])
})

test('a daemon that was killed while the database was away is found out once it has answered for a lease', async () => {
  const killed = await start()
  await enqueue(pool, Hang({ id: 'of a killed one' }))
  const id = await until(async () => {
    const found = await rows(
      `select q.id from cascata.command_queue q join cascata.daemons d on d.id = q.claimed_by where d.pid = $1`,
      [killed.pid],
    )
    return found[0]?.id as string | undefined
  }, 'it is in hand')
  await start()
  await Promise.all([server.away(LEASE_MS), killed.end('SIGKILL')])
  await until(
    async () => (await rows('select claim_no from cascata.command_queue where id = $1', [id]))[0]?.claim_no === 2,
    'another daemon has it',
  )
})

test('the server’s clock is set forth: nobody who lives is dead; it is set back: who is dead is found out all the same', async () => {
  const killed = await start()
  await start()
  await enqueue(
    pool,
    Array.from({ length: 16 }, (_, i) => Wait({ id: `clock ${i}` })),
  )
  const held = () => rows(`select id, token from cascata.command_queue where state = 'processing' order by id`)
  await until(async () => (await held()).length === 16, 'all are in hand')
  const before = await held()
  await sleep(LEASE_MS * 1.5) // both have seen it answer for a lease and judge
  for (let jumps = 0; jumps < 8; jumps++) {
    // Beats that were written before have become old at once.
    await pool.query(`update cascata.daemons set heartbeat_at = heartbeat_at - interval '1 day'`)
    const [{ now }] = (await rows('select clock_timestamp() as now')) as [{ now: Date }]
    await until(
      async () => (await rows('select 1 from cascata.daemons where heartbeat_at > $1', [now])).length === 2,
      'both beat on',
    )
  }
  expect(await held()).toEqual(before)

  await killed.end('SIGKILL')
  // Beats that were written before are of the future now.
  await pool.query(`update cascata.daemons set heartbeat_at = now() + interval '1 day' where pid = $1`, [killed.pid])
  await until(
    async () =>
      (await rows(`select 1 from cascata.daemons where pid = $1 and state = 'lost'`, [killed.pid])).length > 0,
    'it is found out',
    LEASE_MS * 5,
  )
})

test('who has locked the row of a daemon that died holds up nobody’s upkeep', async () => {
  const killed = await start()
  await start()
  const person = new pg.Client(server.url())
  person.on('error', () => {})
  await person.connect()
  await person.query('begin')
  await person.query('select 1 from cascata.daemons where pid = $1 for update', [killed.pid])
  await killed.end('SIGKILL')
  await enqueue(pool, Write({ id: 'due' }, { delay: LEASE_MS * 2 }))
  await until(
    async () => (await rows(`select 1 from ledger where id = 'due'`)).length > 0,
    'what is due is done',
    LEASE_MS * 5,
  )
  await person.query('rollback')
  await person.end()
  await until(
    async () =>
      (await rows(`select 1 from cascata.daemons where pid = $1 and state = 'lost'`, [killed.pid])).length > 0,
    'it is found out',
  )
})
