import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { addToBatch, batch, command, createApp, enqueue, handle, module, sealBatch } from '../index.ts'

/** Batches that are open for more members, and nobody who would seal them. */
const Work = command('work', z.object({ n: z.number() }))
const Feed = command('feed', z.object({ members: z.number() }), { retry: { attempts: 2, base: '1m', jitter: 'none' } })
const Next = command('next', z.object({ id: z.string() }))

let dies = false
const app = createApp([
  module('open', [
    handle(Work, async ({ n }, { tx }) => {
      await tx.query(`insert into ledger values ('work', $1)`, [n])
    }),
    handle(Feed, async ({ members }, { tx, command }) => {
      const batchId = command.batchId as string
      for (let n = 1; n <= members; n++) {
        await addToBatch(tx, batchId, [Work({ n })])
        if (dies && n === 2) throw new Error('It ends in the middle.')
      }
      await sealBatch(tx, batchId)
    }),
    handle(Next, async ({ id }, { tx }) => {
      await tx.query(`insert into ledger values ('next', $1)`, [id])
    }),
  ]),
])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app)
})
afterAll(() => t.stop())

const forgotten = () =>
  t.rows<{ id: string }>(`select id from cascata.batch_statuses where state = 'open' and not sealed and open = 0`)

test('what its creator has left open is found, and whoever seals it releases the next command, once', async () => {
  const [id] = await t.transaction((tx) =>
    enqueue(
      tx,
      batch('left', [10, 11], (n) => Work({ n }))
        .next(Next({ id: 'left' }))
        .open(),
    ),
  )
  await t.runUntilIdle()
  expect(await t.ledger('next')).toEqual([])
  expect(await forgotten()).toEqual([{ id }])
  for (let times = 0; times < 2; times++) await t.transaction((tx) => sealBatch(tx, id as string))
  await t.runUntilIdle()
  expect(await t.ledger('next')).toEqual(['left'])
  expect(await forgotten()).toEqual([])
})

test('a batch whose first member adds the others and seals it is left open by nobody', async () => {
  dies = true
  await t.transaction((tx) =>
    enqueue(
      tx,
      batch('fed', [5], (members) => Feed({ members }))
        .next(Next({ id: 'fed' }))
        .open(),
    ),
  )
  await t.runUntilIdle()
  expect(await forgotten()).toEqual([]) // it is tried again
  dies = false
  await t.clock.advance('1m')
  await t.runUntilIdle()
  const members = (await t.ledger('work')).map(Number).filter((n) => n < 10)
  expect(members.sort()).toEqual([1, 2, 3, 4, 5])
  expect((await t.ledger('next')).filter((id) => id === 'fed')).toHaveLength(1)
  expect(await forgotten()).toEqual([])
})
