import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { gate, until } from '../../test-support/until.ts'
import {
  command,
  createApp,
  createDaemon,
  type Daemon,
  enqueue,
  event,
  handle,
  module,
  on,
  save,
  type Take,
} from '../index.ts'

/** Daemons of one application that take a part of its work each. */
const Mail = command('mail', z.object({}))
const Report = command('report', z.object({}))
const Wait = command('wait', z.object({}), { lane: 'bulk' })
const Sold = event('sold', z.object({}))
const Moved = event('moved', z.object({}))

let opened = gate()
let running = 0
const done: string[] = []
const app = createApp([
  module('parts', [
    handle(Mail, () => void done.push('mail')),
    handle(Report, () => void done.push('report')),
    handle(Wait, async () => {
      running++
      await opened.opened
      running--
    }),
    on(Sold, 'hear', () => void done.push('sold')),
    on(Moved, 'hear', () => void done.push('moved')),
  ]),
])

let t: Engine
const daemons: Daemon[] = []
beforeAll(async () => {
  t = await startEngine(app)
  await t.daemon.stop()
})
afterEach(async () => {
  opened.open()
  await Promise.all(daemons.splice(0).map((daemon) => daemon.stop()))
  // As if they had left long ago.
  await t.rows('delete from cascata.daemons')
  opened = gate()
  done.length = 0
})
afterAll(() => t.stop())

async function start(take: Take, concurrency = 10): Promise<Daemon> {
  const daemon = createDaemon({ app, database: { control: t.url }, take, concurrency, pollMs: 100 })
  daemons.push(daemon)
  await daemon.start()
  return daemon
}
const state = async (id: string | undefined) =>
  (await t.rows<{ state: string }>('select state from cascata.command_queue where id = $1', [id]))[0]?.state
const saveBoth = () =>
  t.transaction(async (tx) => {
    await save(tx, new Thing([Sold({})]))
    await save(tx, new Thing([Moved({})]))
  })

test('types: each daemon does its own, and leaves the rest to the other', async () => {
  await start({ commands: ['mail'], events: ['sold'] })
  await start({ commands: ['report', 'wait'], events: false })
  await t.transaction((tx) => enqueue(tx, [Mail({}), Report({})]))
  await saveBoth()
  await until(() => done.length === 3, 'what is taken')
  expect([...done].sort()).toEqual(['mail', 'report', 'sold'])
  await start({ events: ['moved'], commands: [] })
  await until(() => done.includes('moved'), 'what nobody took before')
})

test('what no daemon takes, by type and lane, is put aside, and taken back by one that does', async () => {
  await start({ lanes: ['bulk'] })
  const [mail] = await t.transaction((tx) => enqueue(tx, Mail({})))
  await until(async () => (await state(mail)) === 'parked', 'the lane is nobody’s')
  expect(await t.rows('select status from cascata.command_statuses where id = $1', [mail])).toEqual([
    { status: 'pending' },
  ])
  const [other] = await t.transaction((tx) => enqueue(tx, Report({})))
  await start({ lanes: ['interactive', 'default'], commands: ['mail', 'wait'] })
  await until(() => done.includes('mail'), 'it is taken back')
  await until(async () => (await state(other)) === 'parked', 'the type is nobody’s in that lane')
  await start({})
  await until(() => done.includes('report'), 'that too')
})

test('suspects of a lane that it does not take are left to others', async () => {
  const [mail, report] = await t.transaction((tx) => enqueue(tx, [Mail({}), Report({}, { lane: 'bulk' })]))
  await t.pool.query('update cascata.command_queue set crashes = 2')
  // One that takes them has left a moment ago, so that they are not put aside.
  await t.pool.query(
    `insert into cascata.daemons (id, lock_key, host, pid, version, state, lease_ms, event_types, command_types, lanes)
     values ($1, 1, 'h', 1, 'v', 'stopped', 15000, '{}', '{mail}', '{1}')`,
    [mail],
  )
  await start({ lanes: ['bulk'] })
  await until(async () => (await state(report)) === undefined, 'its own, which comes behind the other, is done')
  expect(await state(mail)).toBe('pending')
  await start({ lanes: ['default'] })
  await until(async () => (await state(mail)) === undefined, 'the other is done by whoever takes it')
  expect(done).toEqual(['report', 'mail'])
})

test('a lane of its own has all slots, however many wait in the others', async () => {
  await start({ lanes: ['bulk'] }, 5)
  await start({ lanes: ['interactive'] }, 1) // so that nothing is parked for want of a lane
  const crowd = Array.from({ length: 2_000 }, () => Mail({}, { lane: 'interactive' }))
  await t.transaction((tx) => enqueue(tx, crowd))
  await t.transaction((tx) =>
    enqueue(
      tx,
      Array.from({ length: 20 }, () => Wait({})),
    ),
  )
  await until(() => running === 5, 'all slots are in use')
  opened.open()
  await until(() => done.length === 2_000, 'the crowd')
})

test.each([
  [{ commands: ['mial'] }, /"mial"/],
  [{ events: ['sould'] }, /"sould"/],
  [{ lanes: ['fast'] }, /take\.lanes/],
  [{ lanes: [] }, /take\.lanes/],
  [{ commands: 'mail' }, /take\.commands/],
  [{ comands: ['mail'] }, /"comands"/],
  [[], /take is/],
])('%j is refused', (take, why) => {
  const refused = () => createDaemon({ app, database: { control: t.url }, take: take as never })
  expect(refused).toThrow(expect.objectContaining({ code: 'bad-option' }))
  expect(refused).toThrow(why)
})
