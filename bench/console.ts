/**
 * How long the console's API takes with a million commands in the database: p50 and p95 of every endpoint, without HTTP, as
 * JSON; exit 1 when a budget is exceeded. `npm run bench:console -- [--commands 1000000] [--rounds 20] [--url postgres://…]`
 *
 * Without --url it starts a PostgreSQL of its own, with fsync on, and fills it; with --url it measures a database that
 * scripts/fill-history.ts has filled.
 */
import { availableParallelism, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { createConsole } from '@cascata/console/server'
import { migrate } from 'cascata'
import pg from 'pg'
import { fillHistory } from '../scripts/testing/history.ts'
import { ownServer } from '../scripts/testing/own-server.ts'

/** Milliseconds at the 95th percentile: DESIGN's for lists and details; charts and totals are lists as well. */
const BUDGET_MS = { list: 200, detail: 100 } as const

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    commands: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '20' },
  },
})

interface Case {
  name: string
  kind: keyof typeof BUDGET_MS
  paths: string[]
}

interface Item {
  id: string
  tenant: { id: string }
}

const server = values.url ? undefined : await ownServer({ max_wal_size: '4GB' })
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void server?.stop().finally(() => process.exit(1)))
}
try {
  const url = values.url ?? (await filled(server?.url() ?? '', Number(values.commands)))
  process.exitCode = await measure(url, Number(values.rounds))
} finally {
  await server?.stop()
}

async function filled(url: string, commands: number): Promise<string> {
  await migrate({ url })
  const started = performance.now()
  const history = await fillHistory(url, { commands })
  const seconds = Math.round((performance.now() - started) / 1_000)
  console.error(
    `Filled ${history.commands} commands, ${history.events} events, ${history.batches} batches in ${seconds} s.`,
  )
  return url
}

async function measure(url: string, rounds: number): Promise<number> {
  const console_ = createConsole({
    database: url,
    authorize: async () => ({ userId: 'bench', name: 'Bench', role: 'operator' }),
    onError: (error) => console.error(error),
  })
  const ask = async (path: string) => {
    const started = performance.now()
    const response = await console_.fetch(new Request(`http://bench${path}`))
    const body = (await response.json()) as { items?: Item[]; page?: { next: string | null } }
    return {
      ms: performance.now() - started,
      status: response.status,
      items: body.items ?? [],
      next: body.page?.next ?? null,
    }
  }
  const endpoints = []
  for (const { name, kind, paths } of await casesOf(ask)) {
    const times: number[] = []
    const statuses = new Set<number>()
    for (const path of paths) await ask(path)
    for (let round = 0; round < rounds; round++) {
      const { ms, status } = await ask(paths[round % paths.length] as string)
      times.push(ms)
      statuses.add(status)
    }
    times.sort((a, b) => a - b)
    const at = (share: number) =>
      Math.round((times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0) * 10) / 10
    const budgetMs = BUDGET_MS[kind]
    const ok = at(0.95) <= budgetMs && [...statuses].every((status) => status === 200)
    endpoints.push({ name, kind, p50: at(0.5), p95: at(0.95), budgetMs, statuses: [...statuses], ok })
  }
  await console_.close()
  const { rows } = await withClient(url, (client) =>
    client.query(`select (select sum(n) from cascata.totals where kind = 'command' and status = 'created')::integer as commands,
      current_setting('server_version') as postgres`),
  )
  const [load] = loadavg()
  const result = { at: new Date().toISOString(), ...rows[0], cores: availableParallelism(), load, rounds, endpoints }
  console.log(JSON.stringify(result, null, 2))
  return endpoints.every((endpoint) => endpoint.ok) ? 0 : 1
}

async function casesOf(ask: (path: string) => Promise<{ items: Item[]; next: string | null }>): Promise<Case[]> {
  const some = async (path: string) => (await ask(path)).items
  const events = await some('/events?limit=50')
  const commands = [...(await some('/commands?limit=50')), ...(await some('/commands?status=error&limit=50'))]
  const batches = [...(await some('/batches?limit=25')), ...(await some('/batches?status=error&limit=25'))]
  const reprocessed = await some('/commands?origin=reprocess&limit=25')
  const tenant = events[0]?.tenant.id ?? ''
  const list = (name: string, ...paths: string[]): Case => ({ name, kind: 'list', paths })
  const details = (name: string, of: Item[], path: (item: Item) => string): Case => ({
    name,
    kind: 'detail',
    paths: of.map(path),
  })
  const far = async (path: string) => {
    // The page that a person reaches after ten times "next".
    let cursor = ''
    for (let i = 0; i < 10; i++) {
      const { next } = await ask(`${path}${cursor}`)
      if (next === null) break
      cursor = `&cursor=${next}`
    }
    return `${path}${cursor}`
  }
  return [
    list('events', '/events', '/events?limit=10', '/events?limit=100'),
    list('events, next pages', await far('/events?limit=25')),
    list('events of an institution', `/events?tenant=${tenant}`),
    ...['pending', 'processing', 'success', 'error'].map((status) =>
      list(`events ${status}`, `/events?status=${status}`),
    ),
    list('events by type', '/events?type=grade.published', '/events?type=class-activity.created,payment.settled'),
    list('events by type and status', '/events?type=grade.published&status=error'),
    ...['pending', 'success', 'error', 'cancelled', 'unknown'].map((status) =>
      list(`events with commands ${status}`, `/events?commands=${status}`),
    ),
    list('events of an entity', '/events?entityType=Student&entityId=77'),
    list('events of a day', '/events?from=-24h', '/events?from=-7d&to=-6d'),
    list('events summary', '/events/summary', `/events/summary?tenant=${tenant}`),
    ...['15m', '1h', '6h', '24h', '7d', '30d'].map((window) =>
      list(`events series ${window}`, `/events/series?window=${window}`, `/events/series?by=type&window=${window}`),
    ),
    list('commands', '/commands', '/commands?limit=10', '/commands?limit=100'),
    list('commands, next pages', await far('/commands?limit=25')),
    list('commands of an institution', `/commands?tenant=${tenant}`),
    ...['pending', 'scheduled', 'awaiting', 'processing', 'success', 'error', 'cancelled', 'unknown'].map((status) =>
      list(`commands ${status}`, `/commands?status=${status}`),
    ),
    list('commands by type', '/commands?type=grade.send-email', '/commands?type=no.such'),
    list('commands by type and status', '/commands?type=payment.confirm&status=error'),
    list('commands by origin', '/commands?origin=reprocess', '/commands?origin=batch', '/commands?origin=event'),
    list('commands by error', '/commands?error=421', '/commands?error=nothing%20like%20it'),
    list('commands of a batch', ...batches.slice(0, 5).map(({ id }) => `/commands?batch=${id}`)),
    list('failed commands of a batch', ...batches.slice(-5).map(({ id }) => `/commands?status=error&batch=${id}`)),
    list('commands summary', '/commands/summary', `/commands/summary?tenant=${tenant}`),
    list('batches', '/batches'),
    ...['pending', 'processing', 'success', 'error'].map((status) =>
      list(`batches ${status}`, `/batches?status=${status}`),
    ),
    list('batches summary', '/batches/summary'),
    list('overview', '/overview'),
    list('types', '/types'),
    list('institutions', '/tenants'),
    list('partitions', '/partitions?keepDays=30'),
    details('event', events, ({ id }) => `/events/${id}`),
    details('command', commands, ({ id }) => `/commands/${id}`),
    details('reprocessed command', reprocessed, ({ id }) => `/commands/${id}`),
    details('batch', batches, ({ id }) => `/batches/${id}`),
    details('workflow', [...events.slice(0, 10), ...batches.slice(0, 20)], ({ id }) => `/workflows/${id}`),
    details('id to record', commands, ({ id }) => `/go/${id.slice(4)}`),
  ]
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
