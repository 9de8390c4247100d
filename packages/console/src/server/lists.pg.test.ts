import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FreshDatabase } from '../../../../scripts/testing/fresh-database.ts'
import { fillHistory, type History } from '../../../../scripts/testing/history.ts'
import { type TestConsole, testConsole } from '../../test-support/console-client.ts'
import { consoleDatabase } from '../../test-support/console-database.ts'
import { batchSources } from './batches/batch-keys.ts'
import { type CommandFilters, commandSources } from './commands/command-keys.ts'
import { type EventFilters, eventSources } from './events/event-keys.ts'
import { keyPageSql, type Source } from './keyset.ts'
import { beginOf } from './read.ts'

/**
 * Lists over a hundred thousand commands: the right records in the right order, and never by reading a partition whole. No index
 * leads to events without commands: where these are few, the console reads on until its database ends the query
 * (`took-too-long` in boundary.pg.test.ts).
 */
let database: FreshDatabase
let pool: pg.Pool
let c: TestConsole
let history: History

beforeAll(async () => {
  database = await consoleDatabase()
  // 120 events without commands fill each of their pages.
  history = await fillHistory(database.url, { commands: 101_000, tenants: 12, weeks: 6, unheard: 120 })
  pool = new pg.Pool({ connectionString: database.url, max: 2 })
  c = testConsole({ database: database.url })
}, 240_000)

afterAll(async () => {
  await c.console.close()
  await pool.end()
  await database.drop()
})

/** Ids, newest first, of page after page, and then back again. */
async function walk(path: string, pages: number, limit = 25): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | null = null
  const seen: string[][] = []
  for (let page = 0; page < pages; page++) {
    const { status, body } = await c.get(`${path}&limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`)
    expect([path, status]).toEqual([path, 200])
    const answer = body as { items: { id: string }[]; page: { next: string | null; previous: string | null } }
    seen.push(answer.items.map(({ id }) => id.slice(4)))
    ids.push(...answer.items.map(({ id }) => id.slice(4)))
    if (page > 0) {
      // One page back is the page before, whatever the direction that it was reached by.
      const back = await c.get(`${path}&limit=${limit}&cursor=${answer.page.previous}`)
      const items = (back.body as { items: { id: string }[] }).items
      expect(items.map(({ id }) => id.slice(4))).toEqual(seen[page - 1])
    }
    cursor = answer.page.next
    if (cursor === null) break
  }
  return ids
}

/** What the engine's own views say. */
async function expected(view: 'event' | 'command' | 'batch', where: string, n: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select v.id from cascata.${view}_statuses v where ${where} order by v.id desc limit ${n}`,
  )
  return rows.map(({ id }) => id)
}

const someTenant = '00000000-0000-4000-8000-000000000005'
const enqueued = (status: string) => `exists (select 1 from cascata.command_statuses c
  where c.tenant = v.tenant and c.origin = 'event' and c.origin_id = v.id and c.status ${status})`

const CASES: [path: string, view: 'event' | 'command' | 'batch', where: string][] = [
  ['/events?', 'event', 'true'],
  [`/events?tenant=${someTenant}`, 'event', `tenant = '${someTenant}'`],
  ['/events?status=pending', 'event', `status = 'pending'`],
  ['/events?status=success', 'event', `status = 'success'`],
  ['/events?status=error', 'event', `status = 'error'`],
  ['/events?status=error,pending', 'event', `status in ('error', 'pending')`],
  ['/events?type=student.enrolled', 'event', `type = 'student.enrolled'`],
  [
    '/events?type=student.enrolled,class-activity.created&status=error',
    'event',
    `type in ('student.enrolled', 'class-activity.created') and status = 'error'`,
  ],
  ['/events?entityType=Student&entityId=77', 'event', `entity_type = 'Student' and entity_id = '77'`],
  ['/events?entityType=ClassActivity', 'event', `entity_type = 'ClassActivity'`],
  ...['success', 'recovered', 'error', 'cancelled', 'unknown', 'pending', 'scheduled', 'processing'].map(
    (status): [string, 'event', string] => [`/events?commands=${status}`, 'event', enqueued(`= '${status}'`)],
  ),
  [
    '/events?commands=error,cancelled&type=payment.settled',
    'event',
    `type = 'payment.settled' and ${enqueued(`in ('error', 'cancelled')`)}`,
  ],
  ['/events?commands=none', 'event', `not ${enqueued('is not null')}`],
  [`/events?commands=error&tenant=${someTenant}`, 'event', `tenant = '${someTenant}' and ${enqueued(`= 'error'`)}`],

  ['/commands?', 'command', 'true'],
  ...['pending', 'scheduled', 'awaiting', 'processing', 'success', 'recovered', 'error', 'cancelled', 'unknown'].map(
    (status): [string, 'command', string] => [`/commands?status=${status}`, 'command', `status = '${status}'`],
  ),
  ['/commands?status=error,pending,awaiting', 'command', `status in ('error', 'pending', 'awaiting')`],
  ['/commands?type=grade.send-email', 'command', `type = 'grade.send-email'`],
  [
    '/commands?type=grade.send-email,payment.confirm&status=error,scheduled',
    'command',
    `type in ('grade.send-email', 'payment.confirm') and status in ('error', 'scheduled')`,
  ],
  ['/commands?type=no.such', 'command', 'false'],
  ...['event', 'command', 'reprocess', 'batch'].map((origin): [string, 'command', string] => [
    `/commands?origin=${origin}`,
    'command',
    `origin = '${origin}'`,
  ]),
  [
    '/commands?origin=event,batch&status=cancelled,awaiting',
    'command',
    `origin in ('event', 'batch') and status in ('cancelled', 'awaiting')`,
  ],
  [
    '/commands?error=421 SERVICE',
    'command',
    `(status in ('error', 'recovered', 'cancelled', 'unknown') and error ilike '%421 service%' or exists (
    select 1 from cascata.attempts a join cascata.command_queue q on q.tenant = a.tenant and q.id = a.command_id
    where a.tenant = v.tenant and a.command_id = v.id and a.error ilike '%421 service%'))`,
  ],
  ['/commands?error=100%25', 'command', 'false'],
  ['/commands?error=421&status=success', 'command', 'false'],

  ['/batches?', 'batch', 'true'],
  ...['pending', 'processing', 'success', 'error', 'cancelled'].map((status): [string, 'batch', string] => [
    `/batches?status=${status}`,
    'batch',
    `status = '${status}'`,
  ]),
  ['/batches?type=new-class-activity-emails&origin=command', 'batch', 'true'],
  ['/batches?origin=event', 'batch', 'false'],
]

test.each(CASES)('%s', async (path, view, where) => {
  const found = await walk(path, 4)
  expect(found).toEqual(await expected(view, where, 100))
})

test('a range of time, absolute and relative', async () => {
  const from = new Date(Date.now() - 9 * 86_400_000)
  const to = new Date(Date.now() - 8 * 86_400_000)
  const where = `id >= cascata.uuid_floor('${from.toISOString()}') and id < cascata.uuid_floor('${to.toISOString()}')`
  const range = `from=${from.toISOString()}&to=${to.toISOString()}`
  expect(await walk(`/commands?status=error&${range}`, 4)).toEqual(
    await expected('command', `status = 'error' and ${where}`, 100),
  )
  expect(await walk(`/events?commands=error&${range}`, 4)).toEqual(
    await expected('event', `${enqueued(`= 'error'`)} and ${where}`, 100),
  )
  expect((await walk('/events?from=-1w', 1)).length).toBe(25)
  expect(await walk('/events?to=-52w', 1)).toEqual([])
})

test('members of a batch, what a command made, what an event enqueued, copies of a command', async () => {
  const { rows } = await pool.query<{ batch: string; parent: string; event: string; original: string }>(
    `select b.id as batch, b.origin_id as parent, b.root_id as event,
       (select origin_id from cascata.commands where origin = 'reprocess' limit 1) as original
     from cascata.batches b where b.state = 'error' limit 1`,
  )
  const { batch, parent, event, original } = rows[0] ?? { batch: '', parent: '', event: '', original: '' }
  for (const status of ['', '&status=error', '&status=success', '&status=success,error', '&status=pending']) {
    const having = status ? `and status = any('{${status.slice(8)}}')` : ''
    expect(await walk(`/commands?batch=bat_${batch}${status}`, 4)).toEqual(
      await expected('command', `batch_id = '${batch}' ${having}`, 100),
    )
  }
  expect(await walk(`/commands?parent=cmd_${parent}`, 4)).toEqual(
    await expected('command', `origin = 'command' and origin_id = '${parent}'`, 100),
  )
  expect(await walk(`/commands?event=${event}`, 4)).toEqual(
    await expected('command', `origin = 'event' and origin_id = '${event}'`, 100),
  )
  expect(await walk(`/commands?original=${original}`, 4)).toEqual(
    await expected('command', `origin = 'reprocess' and origin_id = '${original}'`, 100),
  )
})

test('records of the same instant are on one page each, whatever the size of the page', async () => {
  // 35 commands of one story share their millisecond with no order but that of their ids.
  const { rows } = await pool.query<{ tenant: string; from: Date; to: Date }>(
    `select tenant, created_at - interval '1 second' as from, created_at + interval '1 second' as to from cascata.batches
     order by id limit 1`,
  )
  const { tenant = '', from, to } = rows[0] ?? {}
  const path = `/commands?tenant=${tenant}&from=${from?.toISOString()}&to=${to?.toISOString()}`
  const where = `tenant = '${tenant}' and id >= cascata.uuid_floor('${from?.toISOString()}') and id < cascata.uuid_floor('${to?.toISOString()}')`
  const found = await walk(path, 10, 10)
  expect(found.length).toBeGreaterThan(30)
  expect(new Set(found).size).toBe(found.length)
  expect(found).toEqual(await expected('command', where, 1_000))
})

test('totals agree with the views, in all and for one institution', async () => {
  for (const tenant of [undefined, someTenant]) {
    for (const kind of ['event', 'command', 'batch'] as const) {
      const { body } = await c.get(
        `/${kind === 'batch' ? 'batche' : kind}s/summary?${tenant ? `tenant=${tenant}` : ''}`,
      )
      const { rows } = await pool.query<{ status: string; n: number }>(
        `select status, count(*)::integer as n from cascata.${kind}_statuses ${tenant ? `where tenant = '${tenant}'` : ''} group by 1`,
      )
      const summary = body as { total: number; byStatus: Record<string, number> }
      const counted = Object.fromEntries(Object.entries(summary.byStatus).filter(([, n]) => n > 0))
      expect(counted).toEqual(Object.fromEntries(rows.map((row) => [row.status, row.n])))
      expect(summary.total).toBe(rows.reduce((sum, row) => sum + row.n, 0))
    }
  }
  expect(history.commands).toBeGreaterThan(100_000)
})

type Plan = {
  'Node Type': string
  'Relation Name'?: string
  'Actual Rows'?: number
  'Actual Loops'?: number
  Plans?: Plan[]
}

async function planOf(kind: 'event' | 'command' | 'batch', sources: Parameters<typeof keyPageSql>[2]): Promise<Plan[]> {
  const request = { tenant: undefined, from: undefined, to: undefined, cursor: undefined, limit: 25 }
  const { text, values } = keyPageSql(request, kind, sources)
  const client = await pool.connect()
  try {
    await client.query(beginOf('look-up'))
    const { rows } = await client.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
      `explain (analyze, timing off, format json) ${text}`,
      values,
    )
    const flat = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flat)]
    return rows.flatMap((row) => row['QUERY PLAN'].flatMap((plan) => flat(plan.Plan)))
  } finally {
    await client.query('rollback')
    client.release()
  }
}

const FACT = /^(events|commands|attempts|event_handlings)_\d{8}$/
const PLANS: [string, 'event' | 'command' | 'batch', (p: never, b: never) => Source[]][] = [
  ...[
    {},
    { status: ['error'] },
    { status: ['success'] },
    { status: ['pending'] },
    { type: ['grade.published'] },
    { commands: ['error'] },
    { commands: ['success'] },
    { commands: ['pending'] },
    { entityType: 'Student', entityId: '7' },
  ].map((filters): [string, 'event', never] => [
    JSON.stringify(filters),
    'event',
    eventSources(filters as EventFilters) as never,
  ]),
  ...[
    {},
    ...['pending', 'scheduled', 'awaiting', 'processing', 'success', 'recovered', 'error', 'cancelled', 'unknown'].map(
      (s) => ({
        status: [s],
      }),
    ),
    { type: ['grade.send-email'] },
    { type: ['payment.confirm'], status: ['error'] },
    { origin: ['reprocess'] },
    { error: '421' },
  ].map((filters): [string, 'command', never] => [
    JSON.stringify(filters),
    'command',
    commandSources(filters as CommandFilters) as never,
  ]),
  ['{}', 'batch', batchSources({}) as never],
]

test.each(PLANS)('plan of %s of %ss: no partition is read whole', async (_, kind, sources) => {
  const nodes = await planOf(kind, sources as never)
  const whole = nodes.filter(
    (node) => /Seq Scan|Bitmap/.test(node['Node Type']) && FACT.test(node['Relation Name'] ?? ''),
  )
  expect(whole).toEqual([])
  const read = nodes
    .filter((node) => FACT.test(node['Relation Name'] ?? ''))
    .reduce((sum, node) => sum + (node['Actual Rows'] ?? 0) * (node['Actual Loops'] ?? 0), 0)
  expect(read).toBeLessThan(6_000)
})
