/**
 * The console's API as one fetch handler: it mounts in any server, and tests call it without a socket.
 * What happens to a request: who is it → may they → is the input right → one snapshot, read-only → answer.
 */
import { OpenAPIHono, type RouteConfig } from '@hono/zod-openapi'
import type { App } from 'cascata'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import pg from 'pg'
import { z } from 'zod'
import type { Label } from '../contract/index.ts'
import {
  type Endpoint,
  eventSeries,
  type FieldError,
  getBatch,
  getCommand,
  getEvent,
  getMe,
  getOverview,
  getWorkflow,
  listBatches,
  listCommands,
  listEvents,
  listPartitions,
  listTenants,
  listTypes,
  PROBLEMS,
  type ProblemCode,
  ROLES,
  reprocessCommand,
  resolveId,
  streamChanges,
  summarizeBatches,
  summarizeCommands,
  summarizeEvents,
} from '../contract/index.ts'
import { batchSources } from './batches/batch-keys.ts'
import { batchItems } from './batches/batch-rows.ts'
import { batchDetails } from './batches/get-batch.ts'
import { batchSummary } from './batches/summarize-batches.ts'
import { commandSources } from './commands/command-keys.ts'
import { commandItems } from './commands/command-rows.ts'
import { commandDetails } from './commands/get-command.ts'
import { reprocessOf } from './commands/reprocess-command.ts'
import { commandSummary } from './commands/summarize-commands.ts'
import { eventSources } from './events/event-keys.ts'
import { eventItems } from './events/event-rows.ts'
import { eventSeriesOf } from './events/event-series.ts'
import { eventDetails } from './events/get-event.ts'
import { eventSummary } from './events/summarize-events.ts'
import { findAny } from './find.ts'
import { showId } from './ids.ts'
import { list } from './list.ts'
import { Names } from './names.ts'
import { overviewOf } from './overview.ts'
import { partitionsOf } from './partitions.ts'
import { fieldErrors, problem, problemOfError, Refused } from './problem.ts'
import { Rates } from './rates.ts'
import { gatherRoute, lookUpRoute, type Person, type Route, route } from './route.ts'
import { ChangeFeed } from './stream/change-feed.ts'
import { eventStream, STREAM_TIMING, type StreamTiming } from './stream/event-stream.ts'
import { tenantsFound, typesOf } from './types.ts'
import { workflowOf } from './workflows/get-workflow.ts'

export interface ConsoleOptions {
  /**
   * A pool, or the connection string, of a role that reads every institution's records and may execute
   * `cascata.reprocess`: the `console` role of the isolated mode, or the one that owns the schema.
   */
  database: pg.Pool | string
  /** Who asks; undefined: nobody is signed in. Called for every request. */
  authorize: (request: Request) => Promise<Person | undefined>
  /** The running application: labels, retry policies, and the schemas that edited data must match. */
  app?: App
  /** How batches are called, by type: the code gives labels to events and commands only. */
  batchLabels?: Readonly<Record<string, Label>>
  /** How entities are called, by `entityType`. */
  entityLabels?: Readonly<Record<string, Label>>
  /** Institutions and their names. */
  tenants?: () => Promise<readonly { id: string; name: string }[]>
  /** The name of a person: of who reprocessed something, by the `userId` that `authorize` gave, and of an event's actor. */
  nameOf?: (userId: string) => Promise<string | undefined>
  /** Path below which it is mounted, such as `/adm/api`. Default: the root. */
  basePath?: string
  /** Told of errors that the answer only calls `internal` or `unavailable`. */
  onError?: (error: unknown) => void
  /** Between two looks for changes, in milliseconds; at least 1,000 in production. Default 1,000. */
  lookEveryMs?: number
  /** After so long without an answer to a look the database counts as away, in milliseconds. Default 5,000. */
  lookMsMax?: number
  streams?: Partial<StreamTiming>
}

export interface Console {
  fetch: (request: Request) => Promise<Response>
  /** Ends the streams, and the pool when it was made here. */
  close(): Promise<void>
}

const BODY_BYTES_MAX = 512 * 1024

export function createConsole(options: ConsoleOptions): Console {
  const { authorize, basePath = '', onError = () => {}, lookEveryMs = 1_000, lookMsMax = 5_000 } = options
  const pool = typeof options.database === 'string' ? ownPool(options.database, onError) : options.database
  const names = new Names(options)
  const rates = new Rates()
  const feed = new ChangeFeed({ pool, rates, everyMs: lookEveryMs, lookMsMax, onError })
  const closing = new AbortController()
  const app = new OpenAPIHono().basePath(basePath)

  app.use(async (c, next) => (sameOrigin(c.req.raw) ? next() : problem('wrong-origin')))
  app.use(bodyLimit({ maxSize: BODY_BYTES_MAX, onError: () => problem('too-large') }))
  app.notFound(() => problem('not-found'))
  app.onError((error) => {
    if (error instanceof Refused) return problem(error.code, error.errors)
    const code = problemOfError(error)
    if (code !== 'took-too-long') onError(error)
    return problem(code)
  })

  /** @returns who asks, or the problem with that. */
  const admitted = async (c: Context, endpoint: Endpoint): Promise<Person | ProblemCode> => {
    const by = await authorize(c.req.raw)
    if (!by) return 'unauthenticated'
    return ROLES.indexOf(by.role) >= ROLES.indexOf(endpoint.role) ? by : 'wrong-role'
  }

  for (const { endpoint, answer } of routesOf(pool, names, rates)) {
    const { method, pattern, openapiPath } = pathOf(endpoint)
    app.openAPIRegistry.registerPath(described(endpoint, method, openapiPath, 'application/json'))
    app.on(method, pattern, async (c) => {
      const by = await admitted(c, endpoint)
      if (typeof by === 'string') return problem(by)
      const read = await readInput(c, endpoint)
      if ('problem' in read) return problem(read.problem, read.errors)
      const result = await answer({ input: read.input as never, by })
      // Only what the contract names leaves the house.
      return c.json(endpoint.response.parse(result) as object, 200, { 'cache-control': 'no-store' })
    })
  }

  app.openAPIRegistry.registerPath(described(streamChanges, 'GET', '/stream', 'text/event-stream'))
  app.get('/stream', async (c) => {
    const by = await admitted(c, streamChanges)
    if (typeof by === 'string') return problem(by)
    await feed.ready()
    const timing = { ...STREAM_TIMING, ...options.streams }
    return eventStream(feed, c.req.header('last-event-id'), timing, closing.signal)
  })

  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Cascata console',
      version: '0.1.0',
      description:
        'Read and operate events, commands, batches and workflows. Problems are RFC 9457 with a stable `code`.',
    },
  })

  return {
    fetch: async (request) => await app.fetch(request),
    close: async () => {
      closing.abort()
      feed.close()
      if (pool !== options.database) await pool.end()
    },
  }
}

function routesOf(pool: pg.Pool, names: Names, rates: Rates): Route[] {
  return [
    route(getMe, async ({ by }) => by),
    gatherRoute(pool, listTypes, (db) => typesOf(db, names)),
    gatherRoute(pool, listTenants, (db, { input }) => tenantsFound(db, names, input.search)),
    lookUpRoute(pool, resolveId, async (db, { input }) => {
      const { kind, id, tenant } = await findAny(db, input.id)
      return { kind, id: showId(kind, id), tenant: await names.tenant(tenant) }
    }),
    gatherRoute(pool, getOverview, (db) => overviewOf(db, rates, names)),
    gatherRoute(pool, listPartitions, (db, { input }) => partitionsOf(db, input.keepDays)),

    lookUpRoute(pool, listEvents, (db, { input }) =>
      list(db, input, 'event', eventSources(input), (keys) => eventItems(db, names, keys)),
    ),
    gatherRoute(pool, summarizeEvents, (db, { input }) => eventSummary(db, names, input)),
    gatherRoute(pool, eventSeries, (db, { input }) => eventSeriesOf(db, names, input)),
    lookUpRoute(pool, getEvent, (db, { input }) => eventDetails(db, names, input.eventId)),

    lookUpRoute(pool, listCommands, (db, { input }) =>
      list(db, input, 'command', commandSources(input), (keys) => commandItems(db, names, keys)),
    ),
    gatherRoute(pool, summarizeCommands, (db, { input }) => commandSummary(db, names, input)),
    lookUpRoute(pool, getCommand, (db, { input, by }) => commandDetails(db, names, input.commandId, by)),
    route(reprocessCommand, ({ input, by }) => reprocessOf(pool, names, input, by)),

    lookUpRoute(pool, listBatches, (db, { input }) =>
      list(db, input, 'batch', batchSources(input), (keys) => batchItems(db, names, keys)),
    ),
    gatherRoute(pool, summarizeBatches, (db, { input }) => batchSummary(db, names, input)),
    lookUpRoute(pool, getBatch, (db, { input }) => batchDetails(db, names, input.batchId)),

    gatherRoute(pool, getWorkflow, (db, { input }) => workflowOf(db, names, input)),
  ]
}

function ownPool(url: string, onError: (error: unknown) => void): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: 6,
    application_name: 'cascata-console',
    connectionTimeoutMillis: 5_000,
    // The server would have ended the statement: it is the server that does not answer.
    query_timeout: 6_000,
    idle_in_transaction_session_timeout: 15_000,
  })
  // An idle connection broke, or one in use, whose queries say so; unheard, either would end the process.
  pool.on('error', onError)
  pool.on('connect', (client) => void client.on('error', () => {}))
  return pool
}

/** false for a change that another site's page asks for. */
function sameOrigin(request: Request): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return true
  const site = request.headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin' && site !== 'none') return false
  const origin = request.headers.get('origin')
  if (origin === null) return true
  return URL.canParse(origin) && new URL(origin).host === (request.headers.get('host') ?? new URL(request.url).host)
}

type Input = { input: Record<string, unknown> } | { problem: ProblemCode; errors?: FieldError[] }

async function readInput(c: Context, endpoint: Endpoint): Promise<Input> {
  const params = c.req.param() as Record<string, string>
  const query = c.req.query()
  // PostgreSQL stores no U+0000; in an address it is nobody's honest input. Nor are halves of surrogate pairs.
  if (
    [...Object.values(params), ...Object.values(query)].some((value) => value.includes('\0') || !value.isWellFormed())
  ) {
    return { problem: 'malformed-request' }
  }
  const input: Record<string, unknown> = {}
  if (endpoint.params) {
    const parsed = endpoint.params.safeParse(params)
    if (!parsed.success) return { problem: 'not-found' } // no such id can exist
    Object.assign(input, parsed.data)
  }
  const errors: FieldError[] = []
  if (endpoint.query) {
    // A filter without a value is no filter.
    const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''))
    const parsed = endpoint.query.safeParse(given)
    if (parsed.success) Object.assign(input, parsed.data)
    else errors.push(...fieldErrors(parsed.error.issues))
  }
  if (endpoint.body) {
    if (c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
      return { problem: 'unsupported-media-type' }
    }
    let body: unknown
    try {
      body = JSON.parse(await c.req.text())
    } catch {
      return { problem: 'malformed-request' }
    }
    const parsed = endpoint.body.safeParse(body)
    if (parsed.success) Object.assign(input, parsed.data)
    else errors.push(...fieldErrors(parsed.error.issues))
  }
  return errors.length > 0 ? { problem: 'invalid-input', errors } : { input }
}

function pathOf(endpoint: Endpoint) {
  const [method = 'GET', pattern = '/'] = endpoint.path.split(' ')
  return { method, pattern, openapiPath: pattern.replace(/:(\w+)/g, '{$1}') }
}

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
    errors: z.array(z.object({ field: z.string(), code: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'ConsoleProblem' })

function described(endpoint: Endpoint, method: string, path: string, good: string): RouteConfig {
  const codes: ProblemCode[] = [
    ...(['unauthenticated', 'wrong-role', 'unavailable', 'took-too-long'] as const),
    ...(endpoint.params ? (['not-found'] as const) : []),
    ...(endpoint.query || endpoint.body ? (['invalid-input'] as const) : []),
    ...(endpoint.refusals ?? []),
  ]
  const problems = Map.groupBy(codes, (code) => PROBLEMS[code])
  return {
    method: method.toLowerCase() as RouteConfig['method'],
    path,
    summary: endpoint.summary,
    description: `At least the role ${endpoint.role}.`,
    tags: [endpoint.tag],
    request: {
      ...(endpoint.params ? { params: endpoint.params } : {}),
      ...(endpoint.query ? { query: endpoint.query } : {}),
      ...(endpoint.body
        ? { body: { required: true, content: { 'application/json': { schema: endpoint.body } } } }
        : {}),
    },
    responses: {
      200: { description: 'Success', content: { [good]: { schema: endpoint.response } } },
      ...Object.fromEntries(
        [...problems].map(([status, of]) => [
          status,
          { description: of.join(', '), content: { 'application/problem+json': { schema: problemSchema } } },
        ]),
      ),
    },
  }
}
