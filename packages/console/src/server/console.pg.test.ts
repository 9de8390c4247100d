import { discardParked, enqueue, SINGLE_TENANT, save, uuidv7 } from 'cascata'
import { type Harness, startHarness } from 'cascata/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { FreshDatabase } from '../../../../scripts/testing/fresh-database.ts'
import { type TestConsole, testConsole } from '../../test-support/console-client.ts'
import { consoleDatabase } from '../../test-support/console-database.ts'
import { app, Order, SendMail, TellShop } from '../../test-support/orders-app.ts'
import {
  eventSeries,
  getBatch,
  getCommand,
  getEvent,
  getOverview,
  getWorkflow,
  listBatches,
  listCommands,
  listEvents,
  listPartitions,
  listTenants,
  listTypes,
  reprocessCommand,
  resolveId,
  summarizeBatches,
  summarizeCommands,
  summarizeEvents,
} from '../contract/index.ts'

/** One order whose mails fail: what every page shows of it, on the way to its end by a reprocessed copy. */
let database: FreshDatabase
let t: Harness
let c: TestConsole

beforeEach(async () => {
  database = await consoleDatabase()
  t = await startHarness({ app, url: database.url, database: { control: database.url } })
  c = testConsole({
    database: database.url,
    app,
    entityLabels: { Order: { en: 'Order', pt: 'Pedido' } },
    tenants: async () => [{ id: SINGLE_TENANT, name: 'Loja São João' }],
    nameOf: async (userId) => (userId === 'user-ana' ? 'Ana Lima' : undefined),
  })
})

afterEach(async () => {
  expect(c.errors).toEqual([])
  await c.console.close()
  await t.stop()
  await database.drop()
})

const place = async (mails: number) => {
  const order = new Order(mails)
  await t.transaction((tx) => save(tx, order))
  await t.runUntilIdle()
  return order
}

test('walks from the event to the next command and back, and every page says why', async () => {
  t.failNext(SendMail, new Error('421 mailbox busy'), 2)
  const order = await place(3)

  const placed = (await c.ask(listEvents, { entityType: 'Order', entityId: order.id })).items[0]
  expect(placed).toMatchObject({
    type: 'order.placed',
    label: { pt: 'Pedido feito' },
    status: 'success',
    tenant: { name: 'Loja São João' },
    entity: { type: 'Order', label: { pt: 'Pedido' }, id: order.id },
    commands: { byStatus: { success: 1 }, total: 1, more: false },
  })
  const event = await c.ask(getEvent, { eventId: placed?.id ?? '' })
  expect(JSON.parse(event.data.json)).toEqual({ orderId: order.id, mails: 3 })
  expect(event.emittedBy).toBeNull()
  expect(event.processedAt).not.toBeNull()
  expect(event.waitMs).toBeGreaterThanOrEqual(0)
  expect(event.handlers).toMatchObject([
    { handler: 'confirm-order', status: 'success', runs: [{ outcome: 'success' }] },
  ])
  expect(event.enqueued.items.map((item) => item.type)).toEqual(['order.confirm'])

  const confirm = await c.ask(getCommand, { commandId: event.enqueued.items[0]?.id ?? '' })
  expect(confirm.origin).toMatchObject({ kind: 'event', handler: 'confirm-order', event: { id: event.id } })
  expect(confirm.retry).toMatchObject({ attempts: 1, backoff: 'exponential' })
  expect(confirm.reprocess).toMatchObject({ allowed: false, reason: 'already-succeeded' })
  expect(confirm.subcommands.items.map((item) => item.type)).toEqual([
    'order.send-mail',
    'order.send-mail',
    'order.send-mail',
  ])
  expect(confirm.batches.items).toMatchObject([{ type: 'order-mails', size: 3 }])

  // Two of three wait for their second attempt.
  const batchId = confirm.batches.items[0]?.id ?? ''
  const waiting = await c.ask(getBatch, { batchId })
  expect(waiting).toMatchObject({
    status: 'processing',
    size: 3,
    done: 1,
    failed: 0,
    origin: { command: { id: confirm.id } },
  })
  expect(waiting.progress.byStatus).toMatchObject({ success: 1, scheduled: 2, error: 0 })
  expect(waiting.next).toMatchObject({
    command: { type: 'order.tell-shop', status: 'awaiting' },
    reason: { because: 'members-open', open: 2, retrying: 2, failed: 0 },
  })
  const retrying = (await c.ask(listCommands, { batch: batchId, status: ['scheduled'] })).items
  expect(retrying).toHaveLength(2)
  expect(retrying[0]).toMatchObject({ failures: 1, error: '421 mailbox busy' })
  const member = await c.ask(getCommand, { commandId: retrying[0]?.id ?? '' })
  expect(member.attempts).toMatchObject([{ outcome: 'error', final: false, error: { message: '421 mailbox busy' } }])
  expect(member.attempts[0]?.nextWhy).toContain('fixed 10000 ms')
  expect(member.batch).toMatchObject({ id: batchId, size: 3, done: 1 })
  expect(member.reprocess).toMatchObject({ allowed: false, reason: 'not-finished' })
  expect((await c.ask(listEvents, { status: ['success'], commands: ['success'] })).items.map((e) => e.id)).toContain(
    event.id,
  )

  // They fail for good: the next command stays, and it is said what must heal.
  t.failNext(SendMail, new Error('550 no such user'), 2)
  await t.clock.advance('10s')
  await t.runUntilIdle()
  const failed = await c.ask(getBatch, { batchId })
  expect(failed).toMatchObject({ status: 'error', done: 3, failed: 2, failings: 1 })
  expect(failed.next.reason).toEqual({ because: 'members-failed', failed: 2, nestedFailed: 0, mustHeal: 2 })
  expect(failed.onFailure).toMatchObject({ type: 'order.tell-shop-of-failure', commands: [{ status: 'success' }] })
  const next = await c.ask(getCommand, { commandId: failed.next.command?.id ?? '' })
  expect(next).toMatchObject({
    status: 'awaiting',
    origin: { kind: 'batch', batch: { id: batchId }, releasedAt: null },
  })
  const told = await c.ask(getCommand, { commandId: failed.onFailure?.commands[0]?.id ?? '' })
  expect(told.origin).toMatchObject({ kind: 'batch-failure', batch: { id: batchId } })
  const flow = await c.ask(getWorkflow, { id: batchId })
  expect(flow).toMatchObject({ status: 'error', root: { id: event.id }, counts: { event: 1, command: 6, batch: 1 } })
  const lines = flow.nodes.map((node) => `${'  '.repeat(node.depth)}${node.as ?? ''} ${node.type} ${node.status ?? ''}`)
  expect(lines.slice(0, 4)).toEqual([
    ' Order ',
    '  emitted order.placed success',
    '    enqueued order.confirm success',
    '      subcommand order-mails error',
  ])
  expect(lines.slice(4).sort()).toEqual([
    '        continues order.tell-shop awaiting',
    '        member order.send-mail error',
    '        member order.send-mail success',
    '        on-failure order.tell-shop-of-failure success',
  ])
  const group = flow.nodes.find((node) => node.kind === 'group')
  expect(group).toMatchObject({ of: 'command', count: 2, expandable: true, status: 'error' })
  const unfolded = await c.ask(getWorkflow, { id: batchId, expand: [group?.key ?? ''] })
  expect(
    unfolded.nodes.filter((node) => node.type === 'order.send-mail').map((node) => [node.kind, node.count]),
  ).toEqual([
    ['command', 1],
    ['command', 1],
    ['command', 1],
  ])

  // A copy of one is under way, and only one; then one of the other, with other data; both heal the batch.
  const errors = (await c.ask(listCommands, { batch: batchId, status: ['error'] })).items
  expect(errors).toHaveLength(2)
  expect((await c.ask(listCommands, { error: 'NO SUCH user' })).items.map((i) => i.id)).toEqual(errors.map((i) => i.id))
  const first = errors[0]?.id ?? ''
  const { latest } = await c.ask(getCommand, { commandId: first })
  await t.daemon.stop(2_000)
  const { copy } = await c.ask(reprocessCommand, { commandId: first, reason: 'The user exists now.', latest })
  expect(await c.refused(reprocessCommand, { commandId: first, reason: 'Twice.' })).toMatchObject({
    status: 409,
    code: 'reprocess-open',
  })
  expect(await c.refused(reprocessCommand, { commandId: first, reason: 'Late.', latest })).toMatchObject({
    code: 'changed-meanwhile',
  })
  const recovering = await c.ask(getBatch, { batchId })
  expect(recovering).toMatchObject({ status: 'processing', recovering: true, failed: 1 })
  expect(recovering.next.reason).toEqual({ because: 'recovering', open: 1, failed: 1, copiesOpen: 1 })
  expect(recovering.progress).toMatchObject({ byStatus: { success: 1, pending: 1, error: 1 }, recovering: 1 })
  const copied = await c.ask(getCommand, { commandId: copy.id })
  expect(copied.origin).toMatchObject({
    kind: 'reprocess',
    original: { id: first },
    author: 'user-ana',
    authorName: 'Ana Lima',
    reason: 'The user exists now.',
  })
  expect((await c.ask(getCommand, { commandId: first })).reprocess).toMatchObject({
    reason: 'reprocess-open',
    copy: { id: copy.id },
  })
  expect((await c.ask(getCommand, { commandId: first })).reprocessings.items.map((i) => i.id)).toEqual([copy.id])
  expect((await c.ask(listCommands, { origin: ['reprocess'] })).items.map((i) => i.id)).toEqual([copy.id])
  const { rows: audit } = await t.pool.query('select author, action, reason from cascata.audit')
  expect(audit).toEqual([{ author: 'user-ana', action: 'reprocess', reason: 'The user exists now.' }])

  const again = await startHarness({ app, url: database.url, database: { control: database.url } })
  try {
    await c.ask(reprocessCommand, { commandId: errors[1]?.id ?? '', reason: 'This one too.', data: { n: 7, to: 'x' } })
    await again.runUntilIdle()
    const healed = await c.ask(getBatch, { batchId })
    expect(healed).toMatchObject({ status: 'success', failed: 0, next: { reason: { because: 'released' } } })
    expect(healed.progress.byStatus).toMatchObject({ success: 3, error: 0 })
    expect((await c.ask(getWorkflow, { id: event.id })).status).toBe('success')
    expect((await c.ask(getCommand, { commandId: healed.next.command?.id ?? '' })).status).toBe('success')
  } finally {
    await again.stop()
  }
})

test('a command that was enqueued directly and caused nothing is a workflow of its own', async () => {
  const [id] = (await t.transaction((tx) => enqueue(tx, TellShop({ orderId: uuidv7() })))) as [string]
  await t.runUntilIdle()
  const flow = await c.ask(getWorkflow, { id })
  expect(flow).toMatchObject({
    root: { id: `cmd_${id}` },
    focus: id,
    status: 'success',
    counts: { event: 0, command: 1, batch: 0 },
    nodes: [{ kind: 'command', id: `cmd_${id}`, type: 'order.tell-shop', parent: null, depth: 0 }],
  })
})

test('an attempt that a human decided names no daemon', async () => {
  await t.daemon.stop(2_000)
  const [id] = (await t.transaction((tx) => enqueue(tx, TellShop({ orderId: uuidv7() })))) as [string]
  await t.pool.query(`update cascata.command_queue set state = 'parked' where id = $1`, [id])
  await t.transaction((tx) => discardParked(tx, { commandId: id, author: 'ana', reason: 'It was removed.' }))
  const { attempts } = await c.ask(getCommand, { commandId: id })
  expect(attempts).toMatchObject([{ outcome: 'error', final: true, daemonId: null, daemonHost: null }])
})

test('totals add up, while work goes on and after', async () => {
  await t.daemon.stop(2_000)
  const working = await startHarness({ app, url: database.url, database: { control: database.url } })
  try {
    for (let round = 0; round < 8; round++) {
      await working.transaction(async (tx) => {
        for (let i = 0; i < 10; i++) await save(tx, new Order(i % 3))
      })
      for (const endpoint of [summarizeEvents, summarizeCommands] as const) {
        const summary = await c.ask(endpoint, {})
        const parts = Object.values(summary.byStatus).reduce((sum, n) => sum + n, 0)
        expect(parts).toBe(summary.total)
        expect(summary.types.reduce((sum, type) => sum + type.total, 0)).toBe(summary.total)
      }
    }
    await working.runUntilIdle()
    for (const [summarize, list] of [
      [summarizeEvents, listEvents],
      [summarizeCommands, listCommands],
      [summarizeBatches, listBatches],
    ] as const) {
      const summary = await c.ask(summarize, {})
      for (const [status, n] of [...Object.entries(summary.byStatus), [undefined, summary.total] as const]) {
        let found = 0
        for (let cursor: string | undefined, page = 0; page < 50; page++) {
          const answer = await c.get(
            `${list.path.slice(4)}?limit=100${status ? `&status=${status}` : ''}${cursor ? `&cursor=${cursor}` : ''}`,
          )
          const { items, page: at } = answer.body as { items: unknown[]; page: { next: string | null } }
          found += items.length
          if (at.next === null) break
          cursor = at.next
        }
        expect([list.path, status, found]).toEqual([list.path, status, n])
      }
    }
    const overview = await c.ask(getOverview, {})
    expect(overview.noDaemon).toBe(false)
    expect(overview.daemons.find((daemon) => daemon.alive)).toMatchObject({ listening: true, state: 'running' })
    expect(overview.oldestPending).toEqual({ event: null, command: null })
  } finally {
    await working.stop()
  }
  expect((await c.ask(getOverview, {})).noDaemon).toBe(true)
})

test('charts count every event of their window once', async () => {
  await place(3)
  const { total } = await c.ask(summarizeEvents, {})
  for (const window of ['15m', '1h', '6h', '24h', '7d', '30d'] as const) {
    for (const by of ['status', 'type'] as const) {
      const chart = await c.ask(eventSeries, { window, by })
      expect(chart.series.reduce((sum, line) => sum + line.total, 0)).toBe(total)
      expect(
        chart.series.every(
          (line) => line.counts.length * chart.bucketMs === Date.parse(chart.to) - Date.parse(chart.from),
        ),
      ).toBe(true)
    }
  }
})

test('says what an id is, with its prefix or without, and 404 for what is not there', async () => {
  await place(3)
  const [event, command, batch] = [
    (await c.ask(listEvents, {})).items[0]?.id ?? '',
    (await c.ask(listCommands, {})).items[0]?.id ?? '',
    (await c.ask(listBatches, {})).items[0]?.id ?? '',
  ]
  for (const [kind, id] of [
    ['event', event],
    ['command', command],
    ['batch', batch],
  ] as const) {
    expect(await c.ask(resolveId, { id })).toMatchObject({ kind, id })
    expect(await c.ask(resolveId, { id: id.slice(4).toUpperCase() })).toMatchObject({ kind, id })
  }
  const nobody = uuidv7()
  expect((await c.refused(resolveId, { id: nobody })).code).toBe('not-found')
  expect((await c.refused(resolveId, { id: `evt_${command.slice(4)}` })).code).toBe('not-found')
  expect((await c.refused(getEvent, { eventId: nobody })).status).toBe(404)
  expect((await c.refused(getCommand, { commandId: `cmd_${nobody}` })).status).toBe(404)
  expect((await c.refused(getCommand, { commandId: 'x' })).status).toBe(404)
  expect((await c.refused(getBatch, { batchId: event })).status).toBe(404)
  expect((await c.refused(getWorkflow, { id: nobody })).status).toBe(404)
  expect((await c.refused(reprocessCommand, { commandId: nobody, reason: 'Because.' })).status).toBe(404)
})

test('a viewer reads and does not write; nobody reads nothing', async () => {
  await place(3)
  const { items } = await c.ask(listCommands, {}, 'viewer')
  const commandId = items[0]?.id ?? ''
  expect((await c.ask(getCommand, { commandId }, 'viewer')).reprocess).toMatchObject({
    allowed: false,
    reason: 'wrong-role',
  })
  expect((await c.refused(reprocessCommand, { commandId, reason: 'Because.' }, 'viewer')).code).toBe('wrong-role')
  const unsigned = await c.console.fetch(new Request('http://console.test/commands'))
  expect([unsigned.status, ((await unsigned.json()) as { code: string }).code]).toEqual([401, 'unauthenticated'])
  const foreign = await c.console.fetch(
    new Request(`http://console.test/commands/${commandId}/reprocess`, {
      method: 'POST',
      headers: { 'x-role': 'operator', 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' },
      body: '{"reason":"Because."}',
    }),
  )
  expect(foreign.status).toBe(403)
})

test('edited data must match the schema of its type, and a reason must be given', async () => {
  await place(3)
  const commandId = (await c.ask(listCommands, { type: ['order.send-mail'] })).items[0]?.id ?? ''
  expect(await c.refused(reprocessCommand, { commandId, reason: 'Because.', data: { n: 'seven' } })).toMatchObject({
    status: 422,
    errors: [{ field: 'data.n', code: 'invalid-data' }],
  })
  expect(await c.refused(reprocessCommand, { commandId, reason: '  ' })).toMatchObject({
    status: 422,
    errors: [{ field: 'reason' }],
  })
  expect((await c.refused(reprocessCommand, { commandId, reason: 'Because.' })).code).toBe('already-succeeded')
})

test('types, institutions and partitions', async () => {
  await place(3)
  const types = await c.ask(listTypes, {})
  expect(types.event).toContainEqual({ type: 'order.confirmed', label: null, known: true })
  expect(types.batch.map(({ type }) => type)).toEqual(['order-mails'])
  expect(types.entity).toEqual([{ type: 'Order', label: { en: 'Order', pt: 'Pedido' } }])
  expect((await c.ask(listTenants, { search: 'sao joao' })).items).toEqual([
    { id: SINGLE_TENANT, name: 'Loja São João' },
  ])
  expect((await c.ask(listTenants, { search: 'nowhere' })).items).toEqual([])
  const plain = await c.ask(listPartitions, {})
  expect(plain.wouldDrop).toBeNull()
  expect(plain.ranges.map(({ state }) => state)).toContain('current')
  expect(plain.ranges.every(({ tables }) => tables.length === 4)).toBe(true)
  expect((await c.ask(listPartitions, { keepDays: 30 })).wouldDrop).toEqual({
    ranges: 0,
    partitions: 0,
    rowsEstimated: 0,
    bytes: 0,
  })
})

test('describes itself, and every refusal that the contract lists', async () => {
  const { body } = await c.get('/openapi.json')
  const description = body as { openapi: string; paths: Record<string, Record<string, { responses: object }>> }
  expect(description.openapi).toBe('3.1.0')
  expect(Object.keys(description.paths)).toContain('/commands/{commandId}/reprocess')
  expect(Object.keys(description.paths['/commands/{commandId}/reprocess']?.['post']?.responses ?? {})).toEqual(
    expect.arrayContaining(['200', '401', '403', '404', '409', '422']),
  )
  expect((await c.get('/nowhere')).status).toBe(404)
})
