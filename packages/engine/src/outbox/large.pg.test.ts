import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { PIECE, RETURN_MAX } from '../commands/next-json.ts'
import {
  addToBatch,
  asTx,
  batch,
  command,
  createApp,
  createDaemon,
  enqueue,
  event,
  handle,
  module,
  on,
  save,
  sealBatch,
  type Tx,
} from '../index.ts'

const Leaf = command('leaf', z.object({ n: z.number() }))
const Blob = command('blob', z.object({ text: z.string() }))
const Next = command('next', z.object({}))
const Plan = command('plan', z.object({ n: z.number() }), { retry: { attempts: 5, base: '10ms' } })
const Wanted = event('wanted', z.object({ n: z.number() }))
const leaves = (n: number) => Array.from({ length: n }, (_, i) => i)
const one = Leaf({ n: 1 })

const app = createApp([
  module('large', [
    handle(Leaf, () => {}),
    handle(Blob, () => {}),
    handle(Next, () => {}),
    handle(Plan, ({ n }) => batch('leaves', leaves(n), () => one)),
    on(Wanted, 'plan', ({ n }) => Array(n).fill(one)),
  ]),
])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app)
  await t.daemon.stop()
})
afterAll(() => t.stop())
beforeEach(() => t.pool.query('delete from cascata.command_queue'))

/** Characters of the largest statement, and how many there were. */
async function statements(work: (tx: Tx) => Promise<unknown>): Promise<{ largest: number; sent: number }> {
  const seen = { largest: 0, sent: 0 }
  await t.transaction((tx) =>
    work({
      query: (text, values = []) => {
        seen.sent++
        for (const value of values) seen.largest = Math.max(seen.largest, String(value).length)
        return tx.query(text, values)
      },
    }),
  )
  return seen
}
const count = async (where: string) =>
  (await t.rows<{ n: number }>(`select count(*)::integer as n from cascata.command_queue where ${where}`))[0]?.n

test('a batch larger than a piece is sent in pieces, and all of it is one batch', async () => {
  const n = PIECE.commands * 2 + 1
  let id: string | undefined
  const { sent } = await statements(async (tx) => {
    ;[id] = await enqueue(tx, batch('leaves', leaves(n), (n) => Leaf({ n })).next(Next({})))
  })
  expect(sent).toBeGreaterThanOrEqual(3)
  expect(await count(`batch_id = '${id}'`)).toBe(n)
  expect(await count(`state = 'awaiting' and type = 'next'`)).toBe(1)
  expect(await t.rows('select size, state from cascata.batches where id = $1', [id])).toEqual([
    { size: n, state: 'open' },
  ])
})

test('what is large by its data is divided by its size, alike or not', async () => {
  const text = 'x'.repeat(200_000)
  const many = Math.ceil((PIECE.characters / text.length) * 2.5)
  for (const list of [Array(many).fill(Blob({ text })), [Next({}), ...Array(many).fill(Blob({ text }))]]) {
    await t.pool.query('delete from cascata.command_queue')
    const { largest, sent } = await statements((tx) => enqueue(tx, list))
    expect(largest).toBeLessThan(PIECE.characters + 2 * text.length)
    expect(sent).toBeGreaterThanOrEqual(3)
    expect(await count('true')).toBe(list.length)
  }
})

test('members are added in pieces too', async () => {
  const n = PIECE.commands + 1
  const [id] = await t.transaction((tx) => enqueue(tx, batch('later', [], () => one).open()))
  await statements((tx) => addToBatch(tx, id as string, Array(n).fill(one)))
  await t.transaction((tx) => sealBatch(tx, id as string))
  expect(await t.rows('select size, sealed from cascata.batches where id = $1', [id])).toEqual([
    { size: n, sealed: true },
  ])
})

test('a transaction that is rolled back takes all pieces back', async () => {
  const work = t.transaction(async (tx) => {
    await enqueue(
      tx,
      batch('leaves', leaves(PIECE.commands * 2), () => one),
    )
    throw new Error('no')
  })
  await expect(work).rejects.toThrow('no')
  expect(await count('true')).toBe(0)
})

test('without a transaction all goes in one statement, or nothing does', async () => {
  const n = PIECE.commands + 1
  const tooMany = RETURN_MAX.commands + 1
  const client = await t.pool.connect()
  await enqueue(
    client,
    batch('leaves', leaves(n), () => one),
  )
  expect(await count('true')).toBe(n)
  const before = await t.rows('select count(*) from cascata.commands')
  for (const list of [batch('leaves', leaves(tooMany), () => one), Array(tooMany).fill(one)]) {
    await expect(enqueue(client, list)).rejects.toMatchObject({ code: 'data-too-large' })
  }
  client.release()
  expect(await t.rows('select count(*) from cascata.commands')).toEqual(before)
})

test('without a transaction as many go in one statement as the message says, and no more', async () => {
  const most = RETURN_MAX.commands
  const client = await t.pool.connect()
  let members = 0
  /** Asks the database whether there is a transaction, and keeps from it what is large. */
  const without: Tx = {
    async query<R>(text: string, values: readonly unknown[] = []) {
      if (!text.includes('cascata.enqueue(')) return await asTx(client).query<R>(text, values)
      members = String(values[1]).split('"type":"leaf"').length - 1
      return { rows: [], rowCount: 0 }
    },
  }
  await enqueue(
    without,
    batch('leaves', leaves(most), () => one),
  )
  expect(members).toBe(most)
  const more = batch('leaves', leaves(most), () => one).next(Next({}))
  await expect(enqueue(without, more)).rejects.toMatchObject({ code: 'data-too-large' })
  client.release()
})

test('more than a handler may return is refused before anything is sent, once', async () => {
  const [id] = await t.transaction((tx) => enqueue(tx, Plan({ n: RETURN_MAX.commands + 1 })))
  await t.transaction((tx) => save(tx, new Thing([Wanted({ n: RETURN_MAX.commands + 1 })])))
  const daemon = createDaemon({ app, database: { control: t.url }, onError: () => {} })
  await daemon.start()
  await t.runUntilIdle()
  await daemon.stop()
  const attempts = await t.rows(`select outcome, error from cascata.attempts where command_id = $1`, [id])
  expect(attempts).toMatchObject([{ outcome: 'error', error: expect.stringContaining('data-too-large') }])
  expect(await t.rows(`select 1 from cascata.event_handlings where error like '%data-too-large%'`)).not.toEqual([])
})
