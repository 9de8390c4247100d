import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { engineDatabase } from '../test-support/engine-database.ts'
import { until } from '../test-support/until.ts'
import {
  applyRetention,
  type CommandContext,
  type CommandDefinition,
  type CommandHandler,
  command,
  createApp,
  createDaemon,
  type DataOf,
  done,
  type EventContext,
  type EventDefinition,
  type EventHandler,
  enqueue,
  event,
  handle,
  handlersOf,
  module,
  type Next,
  type NextList,
  type OnUnknown,
  type Outcome,
  on,
  type Reconcile,
  type RetryPolicy,
  type Schema,
} from './index.ts'

/** Helpers of an application's own around the public functions. That they compile is the test; tsc checks this file. */

const Add = command('add', z.object({ n: z.string().transform(Number) }))
const Added = event('added', z.object({ n: z.number() }))
const heard: unknown[] = []

/** Around every handler of a command: its data, context and what it returns keep their types. */
function logged<C extends CommandDefinition, R extends NextList | Outcome<NextList>>(
  definition: C,
  run: (data: DataOf<C>, context: CommandContext) => R | Promise<R>,
): CommandHandler<C, R> {
  return handle(definition, async (data, context) => {
    heard.push(context.command.type)
    return await run(data, context)
  })
}

function loggedOn<E extends EventDefinition, const Name extends string, R extends NextList>(
  definition: E,
  name: Name,
  run: (data: DataOf<E>, context: EventContext) => R | Promise<R>,
): EventHandler<E, Name, R> {
  return on(definition, name, (data, context) => run(data, context))
}

/** Names that a helper must be able to say. */
export interface Named {
  next: Next
  onUnknown: OnUnknown
  reconcile: Reconcile
  policy: RetryPolicy
  schema: Schema
}

interface Mail {
  send(text: string): void
}
/** Two applications in one program, each with a `mail` of its own type. */
const school = handlersOf<{ mail: Mail }>()
const shop = handlersOf<{ mail: { post(to: string): void }; till: number }>()

export const typed = [
  logged(Add, ({ n }) => {
    const number: number = n
    // @ts-expect-error The schema makes a number of it.
    const text: string = n
    return done([Add({ n: `${number}${text}` })])
  }),
  // @ts-expect-error A definition takes what its schema takes.
  () => Add({ n: 1 }),
  loggedOn(Added, 'hear', ({ n }, { event: { type } }) => Add({ n: `${n}${type}` })),
  school.on(Added, 'mail', ({ n }, { mail }) => mail.send(String(n))),
  school.effect(Add, ({ n }, { mail, key }) => mail.send(`${n} ${key}`), {
    onUnknown: 'reconcile',
    reconcile: async (_, { mail }) => {
      mail.send('?')
      return { happened: 'unknown' }
    },
  }),
  // @ts-expect-error The shop's mail sends nothing.
  shop.handle(Add, (_, { mail }) => mail.send('no')),
  shop.handle(Add, (_, { mail, till, tx }) => void [mail.post('a'), till.toFixed(), tx.query('select 1')]),
]

let database: Awaited<ReturnType<typeof engineDatabase>>
let pool: pg.Pool
beforeAll(async () => {
  database = await engineDatabase()
  pool = new pg.Pool({ connectionString: database.url, max: 2 })
  pool.on('error', () => {})
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

test('two applications of one program, each with the services that its handlers were typed with', async () => {
  const sent: string[] = []
  const First = command('first', z.object({}))
  const Second = command('second', z.object({}))
  const daemons = [
    createDaemon<{ mail: Mail }>({
      app: createApp([
        module('school', [school.handle(First, (_, { mail, command: { type } }) => mail.send(`school ${type}`))]),
      ]),
      database: { control: database.url },
      services: { mail: { send: (text) => void sent.push(text) } },
    }),
    createDaemon<{ mail: { post(to: string): void }; till: number }>({
      app: createApp([module('shop', [shop.effect(Second, (_, { mail, till }) => mail.post(`shop ${till}`))])]),
      database: { control: database.url },
      services: { mail: { post: (to) => void sent.push(to) }, till: 3 },
    }),
  ]
  await Promise.all(daemons.map((daemon) => daemon.start()))
  const client = await pool.connect()
  await client.query('begin')
  await enqueue(client, [First({}), Second({})])
  await client.query('commit')
  client.release()
  await until(() => sent.length === 2, 'both handlers ran')
  expect(sent.sort()).toEqual(['school first', 'shop 3'])
  await Promise.all(daemons.map((daemon) => daemon.stop()))
  const { rows } = await pool.query(`select type, outcome from cascata.attempts where type <> 'logged' order by type`)
  expect(rows).toEqual([
    { type: 'first', outcome: 'success' },
    { type: 'second', outcome: 'success' },
  ])
})

test('a helper around handle passes data and context on', async () => {
  const Logged = command('logged', z.object({ n: z.string().transform(Number) }))
  const got: number[] = []
  const daemon = createDaemon({
    app: createApp([module('x', [logged(Logged, ({ n }) => void got.push(n))])]),
    database: { control: database.url },
  })
  await daemon.start()
  const client = await pool.connect()
  await client.query('begin')
  await enqueue(client, Logged({ n: '4' }))
  await client.query('commit')
  client.release()
  await until(() => got.length === 1, 'the handler ran')
  expect([got, heard]).toEqual([[4], ['logged']])
  await daemon.stop()
})

test('retention is applied with a pool of the application', async () => {
  await pool.query(`select cascata.create_partitions(now() - interval '60 days', now() - interval '50 days')`)
  const { weeks } = await applyRetention(pool, { keep: '30d', commands: { add: '1h' } })
  expect(weeks).toBeGreaterThanOrEqual(2)
  expect(await applyRetention(pool, { keep: '30d' })).toEqual({ weeks: 0, commands: 0 })
  await expect(applyRetention({} as never, { keep: '1d' })).rejects.toMatchObject({ code: 'bad-option' })
})
