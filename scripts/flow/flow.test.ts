import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FLOW_GOLDEN, flowOf } from './flow-of.ts'

const ROOT = join(import.meta.dirname, '../..')
const SLOW_MS = 300_000 // the compiler reads the whole application

test(
  `${FLOW_GOLDEN} is what is wired`,
  async () => {
    const { golden } = await flowOf(join(ROOT, 'apps/academy/src/app.ts'), ROOT)
    expect(golden, 'If the change is intended: npm run flow -- --write').toBe(
      await readFile(join(ROOT, FLOW_GOLDEN), 'utf8'),
    )
  },
  SLOW_MS,
)

let folder: string
beforeAll(async () => {
  await mkdir(join(ROOT, '.data'), { recursive: true })
  folder = await mkdtemp(join(ROOT, '.data/test-flow-')) // below the root, so that packages are found
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const HEAD = `
  import { batch, command, createApp, done, effect, Entity, enqueue, event, handle, module, on, save, retryIn } from 'cascata'
  import { z } from 'zod'
  const nothing = z.object({})
`

async function flow(name: string, source: string) {
  const file = join(folder, `${name}.ts`)
  await writeFile(file, HEAD + source)
  return flowOf(file, ROOT)
}

/** The titles alone, without places and details. */
const titles = (text: string) => text.split('\n').map((line) => line.replace(/ {2,}\.data\/.*$/, ''))

test(
  'arrows through lists, outcomes, conditions, entities, and calls into other functions',
  async () => {
    const { text } = await flow(
      'everything',
      `
      const Paid = event('order.paid', nothing)
      const Shipped = event('order.shipped', nothing)
      const Pack = command('order.pack', nothing)
      const Ship = command('order.ship', nothing)
      const Thank = command('customer.thank', nothing, { retry: { attempts: 1 } })
      const Sweep = command('floor.sweep', nothing)
      class Order extends Entity {
        readonly entityType = 'order'
        readonly tenant = ''
        readonly id = ''
        row() { return { table: 'orders', key: {}, values: {} } }
        ship() { this.#emitShipped() }
        pay() { this.emit(Paid({})) }
        #emitShipped() { this.emit(Shipped({})) }
      }
      async function shipOrder(tx: any) { const order = new Order(); order.ship(); await save(tx, order) }
      const parts = [
        on(Paid, 'pack', () => Math.random() > 0.5 ? [Pack({}), Thank({})] : undefined),
        on(Shipped, 'thank', () => Thank({})),
        handle(Pack, async (_, { tx }) => { await enqueue(tx, Sweep({})); return done(batch('parcels', [1], () => Ship({}))) }),
        handle(Ship, async (_, { tx }) => { await shipOrder(tx) }),
        effect(Thank, () => Math.random() > 0.5 ? done() : retryIn('1s', 'busy')),
        handle(Sweep, () => {}),
      ]
      export const app = createApp([module('orders', parts)])
    `,
    )
    expect(titles(text)).toEqual([
      'Paid',
      '└─ pack',
      '   ├─ Pack',
      '   │  ├─ Sweep',
      '   │  └─ [parcels] Ship ×n',
      '   │     └─ Shipped',
      '   │        └─ thank',
      '   │           └─ Thank',
      '   └─ Thank',
    ])
    expect(text).toMatch(/Thank +\S+everything\.ts:\d+ +customer\.thank · effect · never retried/)
  },
  SLOW_MS,
)

test(
  'a handler whose type hides what follows is refused, with its place',
  async () => {
    const source = `
      const Paid = event('order.paid', nothing)
      export const app = createApp([module('orders', [on(Paid, 'hide', (): any => undefined)])])
    `
    await expect(flow('hidden', source)).rejects.toThrow(/hidden\.ts:\d+ returns any: nobody can say what follows/)
  },
  SLOW_MS,
)
