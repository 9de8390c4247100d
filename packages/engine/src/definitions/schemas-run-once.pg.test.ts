import {
  addToBatch,
  batch,
  command,
  createApp,
  effect,
  enqueue,
  event,
  handle,
  module,
  on,
  reprocess,
  save,
  sealBatch,
} from 'cascata'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'

/** A schema is applied to the caller's data once, by the time that the handler runs; what is stored is what was given. */

const cents = z.object({ euros: z.number().transform((euros) => euros * 100) })
const Charge = command('charge', cents, { retry: { attempts: 1 } })
const ChargeEffect = command('charge.effect', cents)
const ChargeShared = command('charge.shared', cents, { transaction: 'shared' })
const ChargeAll = command('charge.all', z.object({ euros: z.array(z.number()) }))
const Flaky = command('flaky', z.object({ list: z.array(z.string()) }))
const Priced = event('priced', cents)
const Noted = event('noted', z.any())
let defaultCity = 'Rio'
const Odd = command(
  'odd',
  z
    .object({
      tags: z.string().transform((text) => text.split(',')),
      day: z.iso.datetime().transform((at) => at.slice(0, 10)),
      at: z.coerce.date<string>(),
      trimmed: z.preprocess((text) => String(text).trim(), z.string().max(3)),
      piped: z.string().transform(Number).pipe(z.number().max(100)),
      city: z.string().default(() => defaultCity),
      branded: z.string().brand<'Isbn'>(),
      mark: z
        .string()
        .optional()
        .transform((text) => `${text ?? 'x'}!`),
    })
    .transform(({ tags, ...rest }) => ({ labels: tags, ...rest })),
)
/** Standard Schema lets a schema change what it is given. */
const mutating = {
  '~standard': {
    version: 1 as const,
    vendor: 'test',
    validate: (value: unknown) => {
      const data = value as { times: number; list: string[] }
      data.times += 1
      data.list.push('seen')
      return { value: data }
    },
    types: undefined as unknown as {
      input: { times: number; list: string[] }
      output: { times: number; list: string[] }
    },
  },
}
const Changed = command('changed', mutating)

let got: [string, unknown][]
let t: Engine
const app = createApp([
  module('schemas', [
    handle(Charge, ({ euros }) => void got.push(['charge', euros])),
    handle(ChargeShared, ({ euros }) => void got.push(['shared', euros])),
    effect(ChargeEffect, ({ euros }) => void got.push(['effect', euros])),
    handle(ChargeAll, ({ euros }) =>
      batch('charges', euros, (n) => Charge({ euros: n }))
        .onFailure(ChargeShared({ euros: 7 }))
        .succeedsWhen('all-succeeded'),
    ),
    handle(Odd, (data) => void got.push(['odd', data])),
    handle(Changed, (data) => void got.push(['changed', data])),
    handle(Flaky, ({ list }, { command: { attempt } }) => {
      got.push(['flaky', [...list]])
      list.push('changed by the handler')
      if (attempt === 1) throw Object.assign(new Error('deadlock detected'), { code: '40P01' })
    }),
    on(Priced, 'see', ({ euros }) => void got.push(['priced', euros])),
    on(Noted, 'first', (data) => {
      got.push(['first', structuredClone(data)])
      data.list.push('changed by the first')
      return Charge({ euros: 1 })
    }),
    on(Noted, 'second', (data) => void got.push(['second', data])),
  ]),
])
beforeEach(async () => {
  got = []
  defaultCity = 'Rio'
  t = await startEngine(app)
})
afterEach(() => t.stop())

const stored = async (type: string) =>
  (await t.rows<{ data: unknown }>('select data from cascata.commands where type = $1 order by id', [type])).map(
    ({ data }) => data,
  )

test('commands of all kinds and events: the handler is given what one transformation makes of the data', async () => {
  await t.transaction(async (tx) => {
    await enqueue(tx, [Charge({ euros: 5 }), ChargeShared({ euros: 5 }), ChargeEffect({ euros: 5 })])
    await save(tx, new Thing([Priced({ euros: 5 }), Priced({ euros: 12.5 })]))
  })
  await t.runUntilIdle()
  expect(got.sort()).toEqual([
    ['charge', 500],
    ['effect', 500],
    ['priced', 1250],
    ['priced', 500],
    ['shared', 500],
  ])
  expect(await stored('charge')).toEqual([{ euros: 5 }])
})

test('a text that becomes a list, a date, a brand, a default, renamed keys: all reach the handler as the schema makes them', async () => {
  const data = {
    tags: 'a,b',
    day: '2026-01-02T03:04:05Z',
    at: '2026-01-02T03:04:05Z',
    trimmed: '  abc  ',
    piped: '42',
    branded: '978',
  }
  await t.transaction((tx) => enqueue(tx, Odd(data)))
  await t.runUntilIdle()
  expect(got).toEqual([
    [
      'odd',
      {
        labels: ['a', 'b'],
        day: '2026-01-02',
        at: new Date('2026-01-02T03:04:05Z'),
        trimmed: 'abc',
        piped: 42,
        city: 'Rio',
        branded: '978',
        mark: 'x!',
      },
    ],
  ])
  expect(await stored('odd')).toEqual([data])
})

test('a default is the one of the code that runs the command, also when it changed meanwhile', async () => {
  const data = {
    tags: '',
    day: '2026-01-02T03:04:05Z',
    at: '2026-01-02T03:04:05Z',
    trimmed: '',
    piped: '1',
    branded: '',
  }
  await t.transaction((tx) => enqueue(tx, Odd(data, { delay: '1h' })))
  defaultCity = 'Recife'
  await t.clock.advance('1h')
  await t.runUntilIdle()
  expect(got).toMatchObject([['odd', { city: 'Recife' }]])
})

test('keys that the schema does not know are stored as they were given, and reach no handler', async () => {
  const data = { euros: 1, note: 'mine' }
  await t.transaction((tx) => enqueue(tx, Charge(data)))
  await t.runUntilIdle()
  expect(await stored('charge')).toEqual([{ euros: 1, note: 'mine' }])
  expect(got).toEqual([['charge', 100]])
})

test('a schema that changes what it is given changes neither what is stored nor the caller’s data', async () => {
  const data = { times: 0, list: ['mine'] }
  await t.transaction((tx) => enqueue(tx, Changed(data)))
  await t.runUntilIdle()
  expect(data).toEqual({ times: 0, list: ['mine'] })
  expect(await stored('changed')).toEqual([{ times: 0, list: ['mine'] }])
  expect(got).toEqual([['changed', { times: 1, list: ['mine', 'seen'] }]])
})

test('what a handler does to its data is not seen by the repetition after a conflict, nor by the next handler', async () => {
  await t.transaction(async (tx) => {
    await enqueue(tx, Flaky({ list: ['a'] }))
    await save(tx, new Thing([Noted({ list: ['b'] })]))
  })
  await t.runUntilIdle()
  const flaky = got.filter(([what]) => what === 'flaky')
  expect(flaky.length).toBeGreaterThan(1)
  for (const [, list] of flaky) expect(list).toEqual(['a'])
  expect(got).toContainEqual(['first', { list: ['b'] }])
  expect(got).toContainEqual(['second', { list: ['b'] }])
  expect(got).toContainEqual(['charge', 100]) // what an event's handler returns is transformed once too
})

test('members, added members, the on-failure command and reprocessed copies are transformed once', async () => {
  const ids = await t.transaction((tx) =>
    enqueue(
      tx,
      batch('open', [1, 2], (euros) => Charge({ euros }))
        .onFailure(ChargeShared({ euros: 7 }))
        .open(),
    ),
  )
  t.failNext(Charge, new Error('no'))
  await t.transaction(async (tx) => {
    await addToBatch(tx, ids[0] as string, [Charge({ euros: 3 })])
    await sealBatch(tx, ids[0] as string)
  })
  await t.runUntilIdle()
  const [failed] = await t.rows<{ id: string; data: { euros: number } }>(
    `select c.id, c.data from cascata.command_statuses s join cascata.commands c on c.tenant = s.tenant and c.id = s.id
     where s.status = 'error'`,
  )
  const euros = failed?.data.euros as number
  expect(got.sort()).toEqual([...[1, 2, 3].filter((n) => n !== euros).map((n) => ['charge', n * 100]), ['shared', 700]])
  got = []
  const again = { commandId: failed?.id as string, author: 'ana', reason: 'once more' }
  await t.transaction((tx) => reprocess(tx, again))
  await t.runUntilIdle()
  expect(got).toEqual([['charge', euros * 100]])
  await t.transaction((tx) => enqueue(tx, ChargeAll({ euros: [4] })))
  await t.runUntilIdle()
  expect(got).toContainEqual(['charge', 400])
})

test('a copy that is reprocessed with other data is given what the schema makes of those', async () => {
  t.failNext(Charge, new Error('no'))
  const [id] = await t.transaction((tx) => enqueue(tx, Charge({ euros: 1 })))
  await t.runUntilIdle()
  await t.transaction((tx) =>
    reprocess(tx, { commandId: id as string, author: 'ana', reason: 'x', data: { euros: 2 } }),
  )
  await t.runUntilIdle()
  expect(got).toEqual([['charge', 200]])
})

test('data are stored up to 1,000 levels deep, and come back as they were', async () => {
  const Deep = event('noted', z.any())
  let data: Record<string, unknown> = { list: [] }
  for (let i = 0; i < 998; i++) data = { list: [], a: data }
  const value = Deep(data)
  await t.transaction((tx) => save(tx, new Thing([value])))
  await t.runUntilIdle()
  expect(got.find(([what]) => what === 'first')?.[1]).toEqual(data)
  expect(() => Deep({ a: { a: data } })).toThrow(expect.objectContaining({ code: 'not-json' }))
})
