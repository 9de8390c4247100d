import { migrate, SINGLE_TENANT, save, uuidv7 } from 'cascata'
import { startHarness } from 'cascata/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { z } from 'zod'
import type { FreshDatabase } from '../../../../scripts/testing/fresh-database.ts'
import { type TestConsole, testConsole } from '../../test-support/console-client.ts'
import { consoleDatabase } from '../../test-support/console-database.ts'
import { app, Order, SendMail } from '../../test-support/orders-app.ts'
import * as contract from '../contract/index.ts'
import { type Endpoint, getBatch, getCommand, getEvent, listCommands, reprocessCommand } from '../contract/index.ts'

/** What anybody may send, and what the role in the database allows. */
const suffix = uuidv7().slice(-12)
const roles = { web: `cw_${suffix}`, exec: `ce_${suffix}`, daemon: `cd_${suffix}`, console: `cc_${suffix}` }
let database: FreshDatabase
let admin: pg.Client
let c: TestConsole
/** Three that failed: one stays so, the others are each reprocessed by a test. */
let failed: string
let audited: string
let clicked: string

beforeAll(async () => {
  database = await consoleDatabase()
  admin = new pg.Client(database.url)
  await admin.connect()
  for (const role of Object.values(roles)) await admin.query(`create role ${role} login password 'secret'`)
  const t = await startHarness({ app, url: database.url, database: { control: database.url } })
  t.failNext(SendMail, new Error('550 gone'), 3)
  await t.transaction((tx) => save(tx, new Order(3)))
  await t.runUntilIdle()
  await t.clock.advance('10s')
  t.failNext(SendMail, new Error('550 gone'), 3)
  await t.runUntilIdle()
  await t.stop()
  await migrate({ url: database.url, roles })
  const url = new URL(database.url)
  url.username = roles.console
  url.password = 'secret'
  c = testConsole({ database: url.href, app })
  const mails = (await c.ask(listCommands, { type: ['order.send-mail'] })).items.map(({ id }) => id)
  ;[failed = '', audited = '', clicked = ''] = mails
})

afterAll(async () => {
  await c.console.close()
  for (const role of Object.values(roles)) await admin.query(`drop owned by ${role}`)
  for (const role of Object.values(roles)) await admin.query(`drop role ${role}`)
  await admin.end()
  await database.drop()
})

const ENDPOINTS = (Object.values(contract) as unknown[]).filter(
  (value): value is Endpoint => typeof value === 'object' && value !== null && 'path' in value && 'response' in value,
)
const READS = ENDPOINTS.filter(({ path }) => path.startsWith('GET ') && path !== 'GET /stream')

const HOSTILE = [
  `'`,
  `' or 1=1 --`,
  `'; drop table cascata.events; --`,
  `") union select * from pg_shadow --`,
  `$1`,
  `\\`,
  `%`,
  `%00`,
  `_`,
  `{}`,
  `[object Object]`,
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `../../etc/passwd`,
  `-1`,
  `1e309`,
  `NaN`,
  `null`,
  `,`,
  `,,,`,
  `error,${'x'.repeat(5_000)}`,
  `9999999999999999999999`,
  `-99999d`,
  `-99999w`,
  `+275760-09-13T00:00:00.000Z`,
  `0000-01-01T00:00:00Z`,
  `9999-12-31T23:59:59.999Z`,
  `2026-02-30T00:00:00Z`,
  `b${'0'.repeat(64)}`,
  `bzAwMDA`,
  `\u202e\u0000`,
  `\ud800`,
  `💥`,
  `Ação`,
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  'cmd_ffffffff-ffff-ffff-ffff-ffffffffffff',
]

test.each(READS.map((endpoint) => [endpoint.path, endpoint] as const))(
  '%s never fails, whatever it is sent',
  async (_, endpoint) => {
    const before = c.errors.length
    const pattern = endpoint.path.slice(4)
    const path = (id: string) => pattern.replace(/:\w+/, encode(id))
    const names = Object.keys((endpoint.query as z.ZodObject | undefined)?.shape ?? {})
    const id = await anIdFor(pattern)
    const addresses = [
      ...(pattern.includes(':') ? HOSTILE.map(path) : []),
      ...HOSTILE.flatMap((value) => names.map((name) => `${path(id)}?${name}=${encode(value)}`)),
      `${path(id)}?unknown=1`,
      `${path(id)}?${names[0] ?? 'x'}=a&${names[0] ?? 'x'}=b`,
      `${path(id)}?%`,
    ]
    for (const address of addresses) {
      const { status, body } = await c.get(address)
      if (status !== 200) {
        expect([address, status]).toEqual([address, expect.toSatisfy((s: number) => [400, 404, 422].includes(s))])
        expect(body).toMatchObject({ status, code: expect.any(String), title: expect.any(String) })
      }
    }
    expect(c.errors.slice(before)).toEqual([])
  },
)

/** Halves of surrogate pairs do not encode: sent as the bytes that a careless client would send. */
const encode = (value: string) => (value.isWellFormed() ? encodeURIComponent(value) : '%ED%A0%80')

async function anIdFor(pattern: string): Promise<string> {
  if (pattern.includes(':eventId')) return (await c.ask(contract.listEvents, {})).items[0]?.id ?? ''
  if (pattern.includes(':batchId')) return (await c.ask(contract.listBatches, {})).items[0]?.id ?? ''
  return pattern.includes(':') ? failed : ''
}

test('an unknown value of a filter is told by its field', async () => {
  const { status, body } = await c.get('/commands?status=error,sucess&limit=7&tenant=x&from=yesterday')
  expect(status).toBe(422)
  const { errors } = body as contract.Problem
  expect(errors?.map(({ field, code }) => `${field} ${code}`)).toEqual([
    'tenant not-an-id',
    'from invalid-union',
    'limit not-a-page-size',
    'status.1 invalid-value',
  ])
  expect((await c.get('/commands?cursor=abc')).body).toMatchObject({
    errors: [{ field: 'cursor', code: 'not-a-cursor' }],
  })
})

test.each([
  ['no JSON', 'application/json', '{"reason":', 400],
  ['no body', 'application/json', '', 400],
  ['a form', 'application/x-www-form-urlencoded', 'reason=Because', 415],
  ['a list', 'application/json', '[]', 422],
  ['no reason', 'application/json', '{}', 422],
  ['a long reason', 'application/json', JSON.stringify({ reason: 'x'.repeat(1_001) }), 422],
  ['a huge body', 'application/json', JSON.stringify({ reason: 'Because.', data: 'x'.repeat(600_000) }), 413],
  ['data with a zero byte', 'application/json', '{"reason":"Because.","data":{"n":1,"to":"\\u0000"}}', 422],
])('reprocess with %s is refused', async (_, type, body, status) => {
  const response = await c.console.fetch(
    new Request(`http://console.test/commands/${failed}/reprocess`, {
      method: 'POST',
      headers: { 'x-role': 'operator', 'content-type': type },
      body,
    }),
  )
  expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json'])
})

test('as the role of the console everything is read, nothing is written but a reprocessing, and that is audited', async () => {
  const command = await c.ask(getCommand, { commandId: audited })
  expect(command).toMatchObject({ status: 'error', reprocess: { allowed: true } })
  const { id } = (await c.ask(reprocessCommand, { commandId: audited, reason: 'Once more.' })).copy
  expect(await c.ask(getCommand, { commandId: id })).toMatchObject({
    status: 'pending',
    origin: { author: 'user-ana' },
  })
  expect(await c.ask(getBatch, { batchId: command.batch?.id ?? '' })).toMatchObject({ recovering: true })
  const entries = await admin.query(`select author from cascata.audit where reason = 'Once more.'`)
  expect(entries.rows).toEqual([{ author: 'user-ana' }])

  const url = new URL(database.url)
  url.username = roles.console
  url.password = 'secret'
  const role = new pg.Client(url.href)
  await role.connect()
  for (const statement of [
    'delete from cascata.commands',
    `update cascata.command_queue set state = 'pending'`,
    'insert into cascata.audit select * from cascata.audit',
    `select cascata.enqueue('${SINGLE_TENANT}', '{}')`,
    'select cascata.fold_tallies()',
  ]) {
    await expect(role.query(statement)).rejects.toMatchObject({ code: '42501' })
  }
  await role.end()
})

test('two clicks at once make one copy', async () => {
  const commandId = clicked
  const answers = await Promise.allSettled(
    Array.from({ length: 6 }, () => c.ask(reprocessCommand, { commandId, reason: 'Click.' })),
  )
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect((await c.ask(getCommand, { commandId })).reprocessings.items).toHaveLength(1)
})

test('a database that restarts costs the requests under way, and not the process', async () => {
  await admin.query('begin')
  await admin.query('lock table cascata.events')
  const waiting = c.get('/events')
  const ours = `from pg_stat_activity where usename = '${roles.console}'`
  await expect
    .poll(async () => (await admin.query(`select 1 ${ours} and wait_event_type = 'Lock'`)).rows.length)
    .toBeGreaterThan(0)
  await admin.query(`select pg_terminate_backend(pid) ${ours}`)
  await admin.query('rollback')
  expect((await waiting).body).toMatchObject({ status: 503, code: 'unavailable' })
  // The pool notices one after another that its idle connections are gone, too.
  await expect.poll(async () => (await c.get('/events')).status).toBe(200)
})

test('a database that is slow or gone is a 503 that says which', async () => {
  const blocker = new pg.Client(database.url)
  await blocker.connect()
  await blocker.query('begin; lock table cascata.events in access exclusive mode')
  expect((await c.get('/events')).body).toMatchObject({ status: 503, code: 'took-too-long' })
  await blocker.query('rollback')
  await blocker.end()
  expect((await c.get('/events')).status).toBe(200)
  const nowhere = testConsole({ database: 'postgres://nobody@127.0.0.1:1/none' })
  expect((await nowhere.get('/events')).body).toMatchObject({ status: 503, code: 'unavailable' })
  await nowhere.console.close()
  expect(nowhere.errors).toHaveLength(1)
})

test('an event that somebody listens to in two ways fails in one of them', async () => {
  const type = ['order.placed']
  const id = (await c.ask(contract.listEvents, { type })).items[0]?.id ?? ''
  await admin.query(
    `with handled as (
       insert into cascata.event_handlings (tenant, event_id, handler, claim_no, type, outcome, final, ms, error_class, error, daemon_id)
       values ($1, $2, 'second', 1, 'order.placed', 'error', true, 3, 'TypeError', 'no', $2)
     ) insert into cascata.tally_deltas (tenant, kind, type, status, hour, n) values ($1, 'event', 'order.placed', 'error', now(), 1)`,
    [SINGLE_TENANT, id.slice(4)],
  )
  const event = await c.ask(getEvent, { eventId: id })
  expect(event.status).toBe('error')
  expect(event.handlers.map(({ handler, status }) => `${handler} ${status}`)).toEqual([
    'confirm-order success',
    'second error',
  ])
  expect((await c.ask(contract.summarizeEvents, { type })).byStatus).toMatchObject({ success: 0, error: 1 })
  expect((await c.ask(contract.listEvents, { status: ['error'] })).items.map((e) => e.error)).toEqual(['no'])
})

test('a long transaction holds no totals back, and a flood is counted before it is folded', async () => {
  const holder = new pg.Client(database.url)
  await holder.connect()
  await holder.query('begin; select pg_current_xact_id()')
  const { total } = await c.ask(contract.summarizeEvents, {})
  await admin.query(
    `with e as materialized (
       select (lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid as id
       from generate_series(1, 60000) n
     ), facts as (
       insert into cascata.events (tenant, id, type, data, entity_type, entity_id, root_id)
       select $1, id, 'flood', '{}', 'E', 'e', id from e
     ) insert into cascata.event_queue (tenant, event_id, type, root_id, state) select $1, id, 'flood', id, 'parked' from e`,
    [SINGLE_TENANT],
  )
  expect((await c.ask(contract.summarizeEvents, {})).total).toBe(total + 60_000)
  await admin.query('select cascata.fold_tallies()')
  expect((await c.ask(contract.summarizeEvents, {})).total).toBe(total + 60_000)
  await holder.query('rollback')
  await holder.end()
  const chart = await c.ask(contract.eventSeries, { window: '15m', by: 'type' })
  expect(chart.countedFrom).not.toBeNull()
})
