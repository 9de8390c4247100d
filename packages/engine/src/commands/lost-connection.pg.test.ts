import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { type CommandContext, command, createApp, enqueue, handle, module } from '../index.ts'

const Work = command('work', z.object({ id: z.string() }), { retry: { attempts: 3, base: 0 } })

let work: (id: string, context: CommandContext) => unknown
const app = createApp([module('work', [handle(Work, ({ id }, context) => work(id, context) as never)])])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app)
})
afterAll(() => t.stop())

async function run(id: string) {
  const [commandId] = await t.transaction((tx) => enqueue(tx, Work({ id })))
  await t.runThrough()
  return await t.rows<{ outcome: string; error_class: string | null }>(
    'select outcome, error_class from cascata.attempts where command_id = $1 order by claim_no',
    [commandId],
  )
}

const insert = (tx: CommandContext['tx'], id: string) => tx.query(`insert into ledger values ('work', $1)`, [id])
const pidOf = async (tx: CommandContext['tx']) =>
  (await tx.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid as number
const terminate = (pid: number) => t.pool.query('select pg_terminate_backend($1, 5000)', [pid])

test.each([
  ['idle in its transaction', async (tx: CommandContext['tx']) => void (await terminate(await pidOf(tx)))],
  [
    'in the middle of a statement',
    async (tx: CommandContext['tx']) => {
      const pid = await pidOf(tx)
      const asleep = tx.query('select pg_sleep(60)')
      await terminate(pid)
      await asleep
    },
  ],
])(
  'a backend that is terminated %s counts no failure, ends no process, and the work is done once',
  async (name, kill) => {
    work = async (id, { tx, command }) => {
      await insert(tx, id)
      if (command.attempt === 1) await kill(tx)
    }
    expect((await run(name)).map(({ outcome }) => outcome)).toEqual(['lost', 'success'])
    expect((await t.ledger('work')).filter((l) => l === name)).toHaveLength(1)
  },
)

test("another service's refused connection is a failure like any other: it is counted, and comes to an end", async () => {
  work = async (_, { tx }) => {
    await tx.query('select 1')
    throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:443'), { code: 'ECONNREFUSED' })
  }
  expect((await run('refused')).map(({ outcome }) => outcome)).toEqual(['error', 'error', 'error'])
})

test('a failing statement that nobody awaited fails the command, not the process', async () => {
  work = (_, { tx }) => {
    void tx.query('select 1/0')
  }
  const attempts = await run('floating')
  expect(attempts.map(({ outcome }) => outcome)).toEqual(['error', 'error', 'error'])
})

test('serialization failures and deadlocks are repeated without counting a failure', async () => {
  let runs = 0
  work = async (id, { tx }) => {
    await insert(tx, id)
    const code = ['40001', '40P01', '55P03'][runs++]
    if (code) await tx.query(`do $$ begin raise exception 'conflict' using errcode = '${code}'; end $$`)
  }
  expect((await run('conflict')).map(({ outcome }) => outcome)).toEqual(['success'])
  expect(runs).toBe(4)
  expect((await t.ledger('work')).filter((l) => l === 'conflict')).toHaveLength(1)
})

test('a conflict that does not go away counts at last', async () => {
  work = async (_, { tx }) =>
    void (await tx.query(`do $$ begin raise exception 'conflict' using errcode = '40001'; end $$`))
  expect((await run('for ever')).map(({ outcome }) => outcome)).toEqual(['error', 'error', 'error'])
})

test('two commands that deadlock are both done', async () => {
  await t.pool.query(
    'create table pair (n integer primary key, touched integer default 0); insert into pair values (1), (2)',
  )
  const both = Promise.withResolvers<void>()
  let locked = 0
  work = async (id, { tx }) => {
    const order = id === 'one' ? [1, 2] : [2, 1]
    await tx.query('update pair set touched = touched + 1 where n = $1', [order[0]])
    if (++locked === 2) both.resolve()
    await both.promise
    await tx.query('update pair set touched = touched + 1 where n = $1', [order[1]])
  }
  await t.transaction((tx) => enqueue(tx, [Work({ id: 'one' }), Work({ id: 'two' })]))
  await t.runUntilIdle()
  expect(await t.rows('select n, touched from pair order by n')).toEqual([
    { n: 1, touched: 2 },
    { n: 2, touched: 2 },
  ])
  expect(locked).toBe(3)
})
