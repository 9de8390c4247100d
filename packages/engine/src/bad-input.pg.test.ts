import { tmpdir } from 'node:os'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../test-support/start-engine.ts'
import {
  addToBatch,
  asTx,
  batch,
  type CommandOptions,
  causesOf,
  command,
  correctClock,
  createApp,
  createDaemon,
  type DaemonOptions,
  discardParked,
  Entity,
  type EntityRow,
  effect,
  enqueue,
  event,
  handle,
  lineageOf,
  migrate,
  module,
  on,
  reprocess,
  retryIn,
  ring,
  runMigrations,
  SINGLE_TENANT,
  save,
  sealBatch,
  snooze,
  uuidv7,
} from './index.ts'
import { startHarness } from './testing/index.ts'

/** Bad input to every public function: its code, and nothing written. */
const Happened = event('happened', z.object({ n: z.number() }))
const Anything = event('anything', z.any())
const Do = command('do', z.object({ n: z.number() }))
const Any = command('any', z.any())
const app = createApp([
  module('x', [on(Happened, 'x', () => {}), Anything, handle(Do, () => {}), handle(Any, () => {})]),
])
const never = undefined as never
const standard = { version: 1, vendor: 'test' } as const

class Thing extends Entity {
  readonly entityType = 'thing'
  readonly id: string = uuidv7()
  readonly tenant: string = SINGLE_TENANT
  shape: EntityRow = { table: 'things', key: { id: this.id }, values: {} }
  constructor(change: Partial<{ id: string; tenant: string; shape: EntityRow }> = {}) {
    super()
    Object.assign(this, change)
    this.emit(Happened({ n: 1 }))
  }
  row() {
    return this.shape
  }
}

let t: Engine
let doneId: string
beforeAll(async () => {
  t = await startEngine(app)
  ;[doneId] = (await t.transaction((tx) => enqueue(tx, Do({ n: 1 })))) as [string]
  await t.runUntilIdle()
})
afterAll(() => t.stop())

const written = async () =>
  await t.rows(
    `select (select count(*) from cascata.events) as events, (select count(*) from cascata.commands) as commands,
       (select count(*) from cascata.batches) as batches, (select count(*) from cascata.audit) as audit, (select count(*) from things) as things`,
  )

const cyclic: Record<string, unknown> = {}
cyclic['self'] = cyclic
const option = (options: CommandOptions) => () => command('x', z.object({}), options)
const daemon = (options: Partial<DaemonOptions>) => () =>
  createDaemon({ app, database: { control: t.url }, ...options })
const nested = (levels: number): unknown => {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = { a: value }
  return value
}
const changing = () => {
  let reads = 0
  return {
    get a() {
      return reads++ === 0 ? 'checked' : 'a\u0000b'
    },
  }
}
const emit = (data: unknown) => () => Anything(data)
const { rawJSON: rawJson } = JSON as unknown as { rawJSON: (text: string) => unknown }

const pure: [string, string, () => unknown][] = [
  ['bad-name', 'event name', () => event('Happened', z.object({}))],
  ['bad-name', 'command name', () => command('do it', z.object({}))],
  ['bad-name', 'command name that is no text', () => command(never, z.object({}))],
  ['bad-name', 'handler name', () => on(Happened, 'x_y', () => {})],
  ['bad-name', 'batch name', () => batch('', [], () => Do({ n: 1 }))],
  ['bad-name', 'a name of 101 characters', () => event('a'.repeat(101), z.object({}))],
  ['bad-option', 'no schema', () => event('x', never)],
  ['bad-option', 'a schema that is none', () => command('x', {} as never)],
  [
    'async-schema',
    'a schema with a promise',
    () =>
      event(
        'x',
        z.string().refine(async () => true),
      )('a'),
  ],
  ['bad-data', 'event data', () => Happened({ n: 'x' as never })],
  ['bad-data', 'command data', () => Do(null as never)],
  ['not-json', 'no data', () => Do(never)],
  ['not-json', 'a date', emit({ at: new Date() })],
  ['not-json', 'a bigint', emit(1n)],
  ['not-json', 'a function', emit(() => {})],
  ['not-json', 'a cycle', emit(cyclic)],
  ['not-json', 'NaN', emit([Number.NaN])],
  ['not-json', '-0', emit({ n: -0 })],
  ['not-json', '1,001 levels', emit(nested(1_001))],
  ['not-json', '50,000 levels', emit(nested(50_000))],
  ['not-json', 'a getter that has NUL the second time', () => Anything(changing())],
  ['not-json', 'an own toJSON', emit({ toJSON: () => 'x' })],
  ['not-json', 'a toJSON that does not show', emit(Object.defineProperty({ a: 1 }, 'toJSON', { value: () => 'x' }))],
  ['not-json', 'the toJSON of an array', emit([Object.assign([1], { toJSON: () => 'x' })])],
  ['not-json', 'digits that JavaScript would not read back', emit({ n: rawJson('12345678901234567891') })],
  ['not-json', 'a map', emit(new Map())],
  ['not-json', 'NUL', emit('a\u0000b')],
  ['not-json', 'half a pair', emit({ deep: ['\ud800'] })],
  ['not-json', 'NUL in a key', emit({ 'a\u0000': 1 })],
  ['not-json', 'undefined in an array', emit([undefined])],
  ['data-too-large', '257 KiB', emit('x'.repeat(257 * 1024))],
  ['data-too-large', '5 KiB of numbers that the database writes with 300 KiB', emit(Array(1_000).fill(1e300))],
  ['data-too-large', 'small ones of the kind', emit(Array(1_000).fill(1e-300))],
  ['bad-option', 'lane', option({ lane: 'fast' as never })],
  ['bad-option', 'lane of a call', () => Do({ n: 1 }, { lane: 'fast' as never })],
  ['bad-option', 'priority', option({ priority: 101 })],
  ['bad-option', 'priority of a call', () => Do({ n: 1 }, { priority: 0.5 })],
  ['bad-option', 'delay', () => Do({ n: 1 }, { delay: '5 minutes' as never })],
  ['bad-option', 'negative delay', () => Do({ n: 1 }, { delay: -1 })],
  ['bad-option', 'delay of a million years', () => Do({ n: 1 }, { delay: 1e300 })],
  ['bad-option', 'timeout 0', option({ timeout: 0 })],
  ['bad-option', 'timeout of an event handler', () => on(Happened, 'x', () => {}, { timeout: '0s' })],
  ['bad-option', 'timeout of an event handler that is no number', () => on(Happened, 'x', () => {}, { timeout: NaN })],
  ['bad-option', 'attempts of an event handler', () => on(Happened, 'x', () => {}, { retry: { attempts: Infinity } })],
  ['bad-option', 'timeout of a year', option({ timeout: '365d' })],
  ['bad-option', 'transaction', option({ transaction: 'none' as never })],
  ['bad-option', 'synchronousCommit', option({ synchronousCommit: 'off' as never })],
  ['bad-option', 'shared without waiting', option({ transaction: 'shared', synchronousCommit: false })],
  [
    'bad-option',
    'an effect that shares a transaction',
    () => effect(command('x', z.object({}), { transaction: 'shared' }), () => {}),
  ],
  [
    'bad-option',
    'an effect that does not wait for its commit',
    () => effect(command('x', z.object({}), { synchronousCommit: false }), () => {}),
  ],
  ['bad-option', 'attempts', option({ retry: { attempts: 0 } })],
  ['bad-option', 'backoff', option({ retry: { backoff: 'sometimes' as never } })],
  ['bad-option', 'jitter', option({ retry: { jitter: 'half' as never } })],
  ['bad-option', 'base above cap', option({ retry: { base: '2h', cap: '1h' } })],
  ['bad-option', 'retryIn', () => retryIn('soon' as never, 'x')],
  ['bad-option', 'snooze', () => snooze(Number.NaN, 'x')],
  ['bad-option', 'reconcile without a function', () => effect(Do, () => {}, { onUnknown: 'reconcile' })],
  ['bad-option', 'onUnknown', () => effect(Do, () => {}, { onUnknown: 'pray' as never })],
  ['bad-option', 'items', () => batch('x', 5 as never, () => Do({ n: 1 }))],
  ['bad-option', 'policy', () => batch('x', [1], () => Do({ n: 1 })).succeedsWhen({ atLeastPercent: 101 })],
  ['bad-option', 'policy name', () => batch('x', [1], () => Do({ n: 1 })).succeedsWhen('most' as never)],
  ['bad-option', 'clock', () => correctClock(Number.NaN)],
  ['not-a-part', 'on without an event', () => on(never, 'x', () => {})],
  ['not-a-part', 'handle without a command', () => handle(Happened as never, () => {})],
  ['not-a-part', 'handle without a function', () => handle(Do, never)],
  ['not-a-part', 'effect without a function', () => effect(Do, 'x' as never)],
  ['not-a-part', 'module that lists a text', () => createApp([module('x', ['x'])])],
  ['not-a-transaction', 'nothing', () => asTx(never)],
  ['not-a-transaction', 'an object', () => asTx({} as never)],
  ['command-without-handler', 'an app', () => createApp([module('x', [command('lonely', z.object({}))])])],
  ['two-command-handlers', 'an app', () => createApp([module('x', [handle(Do, () => {}), handle(Do, () => {})])])],
  [
    'duplicate-name',
    'two events',
    () => createApp([module('x', [event('a', z.object({})), event('a', z.object({}))])]),
  ],
  [
    'duplicate-name',
    'two handlers of an event',
    () => createApp([module('x', [on(Happened, 'a', () => {}), on(Happened, 'a', () => {})])]),
  ],
  ['bad-option', 'concurrency', daemon({ concurrency: 0 })],
  ['bad-option', 'concurrency that is no number', daemon({ concurrency: Number.NaN })],
  ['bad-option', 'commandsMax', daemon({ commandsMax: 1.5 })],
  ['bad-option', 'eventsMax', daemon({ eventsMax: 10_001 })],
  ['bad-option', 'pollMs', daemon({ pollMs: 1 })],
  ['bad-option', 'leaseMs', daemon({ leaseMs: 10 })],
  ['bad-option', 'doorbell', daemon({ doorbell: 'gong' as never })],
  ['bad-option', 'onError', daemon({ onError: 'log' as never })],
  ['bad-option', 'time', daemon({ time: 'later' as never })],
  ['bad-option', 'retention', daemon({ retention: '90d' as never })],
  ['bad-option', 'retention of no time', daemon({ retention: { keep: 0 } })],
  ['bad-option', 'retention of an unknown time', daemon({ retention: { keep: '3 months' as never } })],
  ['bad-option', 'retention of a type', daemon({ retention: { commands: { do: Number.NaN } } })],
  ['bad-option', 'retention of types', daemon({ retention: { commands: ['do'] as never } })],
]

test.each(pure)('%s: %s', (code, _, act) => {
  expect(act).toThrow(expect.objectContaining({ code }))
})

type Act = (tx: Parameters<Parameters<Engine['transaction']>[0]>[0]) => Promise<unknown>
const stored: [string, string, Act][] = [
  ['bad-option', 'a tenant that is no UUID', (tx) => save(tx, new Thing({ tenant: 'acme' }))],
  ['not-json', 'an id with NUL', (tx) => save(tx, new Thing({ id: 'a\u0000' }))],
  ['not-json', 'an actor with NUL', (tx) => save(tx, new Thing(), { actor: 'a\u0000' })],
  ['not-json', 'half a pair as trace', (tx) => save(tx, new Thing(), { trace: '\udfff' })],
  ['unsaved-entity', 'no row', (tx) => save(tx, new Thing({ shape: undefined as never }))],
  ['unsaved-entity', 'no key', (tx) => save(tx, new Thing({ shape: { table: 'things', key: {}, values: {} } }))],
  ['not-a-transaction', 'save', () => save(never, new Thing())],
  ['not-a-part', 'enqueue of an object', (tx) => enqueue(tx, {} as never)],
  ['not-a-part', 'enqueue of an event', (tx) => enqueue(tx, Happened({ n: 1 }) as never)],
  [
    'not-a-part',
    'a member that is none',
    (tx) =>
      enqueue(
        tx,
        batch('x', [1], () => ({}) as never),
      ),
  ],
  [
    'not-a-part',
    'a next command that is none',
    (tx) => enqueue(tx, batch('x', [1], () => Do({ n: 1 })).next({} as never)),
  ],
  ['bad-option', "enqueue's tenant", (tx) => enqueue(tx, Do({ n: 1 }), { tenant: 'acme' })],
  ['bad-option', "addToBatch's batch", (tx) => addToBatch(tx, 'x', [Do({ n: 1 })])],
  ['not-found', 'addToBatch to none', (tx) => addToBatch(tx, uuidv7(), [Do({ n: 1 })])],
  ['not-found', 'sealBatch of none', (tx) => sealBatch(tx, uuidv7())],
  ['bad-option', "sealBatch's tenant", (tx) => sealBatch(tx, uuidv7(), { tenant: 'acme' })],
  ['not-found', 'reprocess of none', (tx) => reprocess(tx, { commandId: uuidv7(), author: 'a', reason: 'b' })],
  ['not-found', 'reprocess of no id', (tx) => reprocess(tx, { commandId: 'x', author: 'a', reason: 'b' })],
  [
    'not-found',
    'reprocess for another tenant',
    (tx) => reprocess(tx, { commandId: doneId, tenant: uuidv7(), author: 'a', reason: 'b' }),
  ],
  [
    'not-reprocessable',
    'reprocess of a success',
    (tx) => reprocess(tx, { commandId: doneId, author: 'a', reason: 'b' }),
  ],
  [
    'bad-option',
    'reprocess with an author of a page',
    (tx) => reprocess(tx, { commandId: doneId, author: 'a'.repeat(1_025), reason: 'b' }),
  ],
  [
    'bad-option',
    'a decision with a reason of a book',
    (tx) => discardParked(tx, { commandId: doneId, author: 'a', reason: 'b'.repeat(8_193) }),
  ],
  ['bad-option', 'reprocess without an author', (tx) => reprocess(tx, { commandId: doneId, author: ' ', reason: 'b' })],
  [
    'not-json',
    'reprocess with a reason that cannot be stored',
    (tx) => reprocess(tx, { commandId: doneId, author: 'a', reason: '\u0000' }),
  ],
  [
    'not-json',
    'reprocess with data that is none',
    (tx) => reprocess(tx, { commandId: doneId, author: 'a', reason: 'b', data: new Date() }),
  ],
  ['not-found', 'lineage of nothing', (tx) => lineageOf(tx, uuidv7())],
  ['not-found', 'lineage of no id', (tx) => lineageOf(tx, 'x')],
  ['bad-option', 'lineage without an end', (tx) => lineageOf(tx, doneId, { limit: Infinity })],
  ['bad-option', 'causes of a limit of 0', async () => causesOf([], doneId, { limit: 0 })],
  ['not-found', 'lineage of no tenant', (tx) => lineageOf(tx, doneId, { tenant: 'acme' })],
  ['not-a-transaction', 'ring', () => ring(never)],
  ['bad-option', 'migrate without a url', () => migrate({ url: never })],
  ['bad-option', 'migrate to something else', () => migrate({ url: 'mysql://x' })],
  ['bad-option', 'migrate with another doorbell', () => migrate({ url: t.url, doorbell: 'gong' as never })],
  [
    'bad-option',
    'migrations without a schema',
    (tx) => runMigrations({ connection: tx, directory: tmpdir(), table: 'x' }),
  ],
  [
    'bad-option',
    'migrations from nowhere',
    (tx) => runMigrations({ connection: tx, directory: '/nowhere', table: 'a.b' }),
  ],
]

test.each(stored)('%s: %s, and nothing is written', async (code, _, act) => {
  const before = await written()
  await expect(t.transaction(act)).rejects.toMatchObject({ code })
  expect(await written()).toEqual(before)
})

test('plain objects and arrays of another realm are plain', () => {
  const data = runInNewContext('({ list: [{ n: 1 }] })')
  expect(JSON.parse(Anything(data).json)).toEqual({ list: [{ n: 1 }] })
  expect(() => Anything(runInNewContext('new Map()'))).toThrow(expect.objectContaining({ code: 'not-json' }))
})

const rejected = () => Promise.reject(new Error('nobody waits for it')) as never
const addToOpen = async (tx: Parameters<Act>[0], members: () => Parameters<typeof addToBatch>[2]) => {
  const made = batch('x', [], () => Do({ n: 1 })).open()
  const [id = ''] = await enqueue(tx, made)
  await addToBatch(tx, id, members())
}
const promises: [string, string, Act][] = [
  ['async-schema', 'of a schema', async () => event('x', { '~standard': { ...standard, validate: rejected } })({})],
  ['not-a-part', 'in a list', (tx) => enqueue(tx, [Do({ n: 1 }), rejected(), rejected()])],
  ['not-a-part', 'as an added member', (tx) => addToOpen(tx, () => [Do({ n: 1 }), rejected(), rejected()])],
  ['not-a-part', 'as a member', (tx) => enqueue(tx, batch('x', [1, 2], rejected))],
  ['not-a-part', 'as the next command', (tx) => enqueue(tx, batch('x', [1], () => Do({ n: 1 })).next(rejected()))],
  ['not-a-part', 'alone', (tx) => enqueue(tx, rejected())],
]
test.each(promises)('%s: a promise %s is refused, and its rejection ends no process', async (code, _, act) => {
  const unhandled: unknown[] = []
  const onUnhandled = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', onUnhandled)
  try {
    await expect(t.transaction(act)).rejects.toMatchObject({ code })
    await new Promise(setImmediate)
    expect(unhandled).toEqual([])
  } finally {
    process.off('unhandledRejection', onUnhandled)
  }
})

test('of what is refused nothing is saved, though the caller goes on and it is more than a piece', async () => {
  const members = [...Array.from({ length: 10_001 }, (_, n) => Do({ n })), {} as never]
  const size = await t.transaction(async (tx) => {
    const [open = ''] = await enqueue(tx, batch('half', [], () => Do({ n: 1 })).open())
    for (const refused of [
      enqueue(
        tx,
        batch('half', members, (member) => member),
      ),
      addToBatch(tx, open, members),
    ]) {
      await expect(refused).rejects.toMatchObject({ code: 'not-a-part' })
    }
    return (await tx.query('select size from cascata.batches where id = $1', [open])).rows
  })
  expect(size).toEqual([{ size: 0 }])
  const made = `select 1 from cascata.commands c join cascata.batches b on b.tenant = c.tenant and b.id = c.batch_id`
  expect(await t.rows(`${made} where b.type = 'half'`)).toEqual([])
})

test('a sealed batch takes no member', async () => {
  const [id] = await t.transaction((tx) =>
    enqueue(
      tx,
      batch('sealed', [1], () => Do({ n: 1 })),
    ),
  )
  await expect(t.transaction((tx) => addToBatch(tx, id as string, [Do({ n: 2 })]))).rejects.toMatchObject({
    code: 'batch-sealed',
  })
  await expect(t.transaction((tx) => addToBatch(tx, id as string, [{} as never]))).rejects.toMatchObject({
    code: 'not-a-part',
  })
  await t.runUntilIdle()
})

test('a record for which there is no partition is refused by name', async () => {
  const far = '0fffffff-ffff-7000-8000-000000000000'
  const work = t.transaction((tx) =>
    tx.query(
      `insert into cascata.events (tenant, id, type, data, entity_type, entity_id, root_id) values ($1, $2, 'x', '{}', 'x', 'x', $2)`,
      [SINGLE_TENANT, far],
    ),
  )
  await expect(work).rejects.toMatchObject({ code: '23514' })
})

test('the harness refuses a time that it does not have', async () => {
  const started = startHarness({ app, url: t.url, database: { control: t.url }, time: 'frozen' as never })
  await expect(started).rejects.toMatchObject({ code: 'bad-option', message: expect.stringContaining('"frozen"') })
})

test('the harness says what is still under way', async () => {
  await t.transaction(async (tx) => {
    const [id] = await enqueue(tx, Do({ n: 1 }))
    // Held by a daemon that lives: another's is rescued at once.
    await tx.query(`update cascata.command_queue set state = 'processing', token = $2, claimed_by = $3 where id = $1`, [
      id,
      uuidv7(),
      t.daemon.health().id,
    ])
  })
  await expect(t.runUntilIdle(100)).rejects.toMatchObject({
    code: 'not-idle',
    message: expect.stringContaining('command do processing'),
  })
  await t.pool.query('delete from cascata.command_queue')
})
