import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { addToBatch, batch, command, createApp, enqueue, handle, module, reprocess, sealBatch } from '../index.ts'
import { lineageText } from '../testing/index.ts'

const Outer = command('outer', z.object({ inner: z.number(), batches: z.number() }), { retry: { attempts: 1 } })
const Inner = command('inner', z.object({ n: z.number() }), { retry: { attempts: 2, base: '1m', jitter: 'none' } })
const Next = command('next', z.object({ id: z.string() }))
const Failed = command('failed', z.object({ id: z.string() }))

const write =
  (what: string) =>
  async ({ id }: { id: string }, { tx }: { tx: { query(sql: string, values: unknown[]): Promise<unknown> } }) => {
    await tx.query('insert into ledger values ($1, $2)', [what, id])
  }
const app = createApp([
  module('batches', [
    handle(Outer, ({ inner, batches }) =>
      Array.from({ length: batches }, () =>
        batch(
          'inners',
          Array.from({ length: inner }, (_, n) => n),
          (n) => Inner({ n }),
        ).next(Next({ id: 'inner' })),
      ),
    ),
    handle(Inner, () => {}),
    handle(Next, write('next')),
    handle(Failed, write('failed')),
  ]),
])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app)
})
afterAll(() => t.stop())

const outer = (id: string, inner: number[], batches = 1) =>
  batch('outers', inner, (n) => Outer({ inner: n, batches }))
    .next(Next({ id }))
    .onFailure(Failed({ id }))
const ofId = async (what: string, id: string) => (await t.ledger(what)).filter((l) => l === id).length

test('a batch that a member makes is waited for, an empty one too', async () => {
  const [id] = await t.transaction((tx) => enqueue(tx, outer('nested', [2, 0])))
  await t.runUntilIdle()
  expect(lineageText(await t.lineageOf(id as string))).toBe(
    [
      '[outers] success',
      '  outer success ×2',
      '    [inners] success',
      '      inner success ×2',
      '      → next success',
      '    [inners] success',
      '      → next success',
      '  → next success',
    ].join('\n'),
  )
  const [order] = await t.rows(
    `select max(a.ended_at) <= (select at from ledger where what = 'next' and id = 'nested') as in_order
     from cascata.attempts a join cascata.commands c on c.tenant = a.tenant and c.id = a.command_id
     where c.root_id = $1 and a.type = 'inner'`,
    [id],
  )
  expect(order).toEqual({ in_order: true })
})

test('an inner batch that fails fails the outer; a retry heals nothing twice, a copy heals both', async () => {
  t.failNext(Inner, new Error('no'), 2)
  const [id] = await t.transaction((tx) => enqueue(tx, outer('heal', [1])))
  await t.runUntilIdle()
  expect(await ofId('failed', 'heal')).toBe(0)
  await t.clock.advance('1m')
  await t.runUntilIdle()
  expect(await ofId('failed', 'heal')).toBe(1)
  expect(await ofId('next', 'heal')).toBe(0)
  const failed = (await t.lineageOf(id as string)).find((n) => n.type === 'inner')
  await t.transaction((tx) => reprocess(tx, { commandId: failed?.id as string, author: 'ana', reason: 'again' }))
  await t.runUntilIdle()
  expect(await ofId('next', 'heal')).toBe(1)
  expect(await ofId('failed', 'heal')).toBe(1)
  const states = await t.rows('select distinct state from cascata.batches where root_id = $1', [id])
  expect(states).toEqual([{ state: 'success' }])
})

test('an open batch takes members until it is sealed, and settles only then', async () => {
  const [id] = await t.transaction((tx) =>
    enqueue(
      tx,
      batch('grown', [1], (n) => Inner({ n }))
        .next(Next({ id: 'grown' }))
        .open(),
    ),
  )
  await t.runUntilIdle()
  await t.transaction((tx) => addToBatch(tx, id as string, [Inner({ n: 2 }), Inner({ n: 3 })]))
  await t.runUntilIdle()
  expect(await ofId('next', 'grown')).toBe(0)
  await t.transaction((tx) => sealBatch(tx, id as string))
  await t.runUntilIdle()
  expect(await ofId('next', 'grown')).toBe(1)
  expect(await t.rows('select size, state from cascata.batches where id = $1', [id])).toEqual([
    { size: 3, state: 'success' },
  ])
  const late = t.transaction((tx) => addToBatch(tx, id as string, [Inner({ n: 4 })]))
  await expect(late).rejects.toMatchObject({ code: 'batch-sealed' })
  expect(await t.rows('select state from cascata.batches where id = $1', [id])).toEqual([{ state: 'success' }])
})

test('what a crash between the last commit and the probe left is settled by the sweep', async () => {
  // The member is gone without anybody having probed: exactly what is on disk after such a crash.
  const [id] = await t.transaction(async (tx) => {
    const ids = await enqueue(tx, batch('crashed', [1], (n) => Inner({ n })).next(Next({ id: 'crashed' })))
    await tx.query('delete from cascata.command_queue where batch_id = $1', [ids[0]])
    return ids
  })
  await t.runUntilIdle()
  expect(await t.rows('select state from cascata.batches where id = $1', [id])).toEqual([{ state: 'success' }])
  expect(await ofId('next', 'crashed')).toBe(1)
})

test('all-finished succeeds although more inner batches failed than it has members', async () => {
  t.failNext(Inner, new Error('no'), 6)
  await t.transaction((tx) => enqueue(tx, outer('many', [1], 3).succeedsWhen('all-finished')))
  await t.runUntilIdle()
  await t.clock.advance('1m')
  await t.runUntilIdle()
  expect(await ofId('next', 'many')).toBe(1)
  expect(await ofId('failed', 'many')).toBe(0)
})
