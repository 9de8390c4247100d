/**
 * The API as one fetch handler: it mounts in a server, and tests call it without a socket.
 * What happens to a request: headers and origin → who is it → may they → is the input right → one transaction → answer.
 */
import { randomUUID } from 'node:crypto'
import { OpenAPIHono, type RouteConfig } from '@hono/zod-openapi'
import type { Tx } from 'cascata'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import type { SecurityLog } from '../auth/security-log.ts'
import type { Pools } from '../database/pools.ts'
import { withTenant } from '../database/with-tenant.ts'
import { Busy } from './busy.ts'
import { discardBody } from './discard-body.ts'
import { type Endpoint, type FieldError, IDEMPOTENCY_KEY, type Locale } from './endpoint.ts'
import { type EventStreamSettings, eventStream } from './event-stream.ts'
import {
  type Answer,
  type Answered,
  hasVersion,
  isAnswer,
  isAnswered,
  isNotDone,
  type NotDone,
  once,
  onceForVisitor,
  readKey,
} from './idempotency.ts'
import { localeOf } from './locale.ts'
import { networkOf } from './network.ts'
import {
  fieldErrors,
  type ProblemCode,
  problem,
  problemOf,
  problemOfError,
  problemSchema,
  unstorableErrors,
} from './problem.ts'
import { isRefusal, type Refusal } from './refusal.ts'
import {
  type Access,
  type Accounts,
  type Actor,
  type AnyRoute,
  isEntrance,
  isWait,
  type OwnAccount,
  type RouteServices,
  type Wait,
} from './route.ts'
import { sameOrigin } from './security.ts'
import type { Log } from './server-log.ts'
import { isStorableQuery } from './unstorable-text.ts'

export type ApiOptions = {
  routes: readonly AnyRoute[]
  pools: Pools
  services: RouteServices
  /** Who the request's cookie belongs to. */
  identify: (headers: Headers) => Promise<Actor | undefined>
  accounts: Accounts
  ownAccount: OwnAccount
  /** What happens to accounts, for the log. */
  record: SecurityLog
  /** Ends an answer that goes on when the session of whoever asked for it ends. */
  untilSessionEnds: (by: Actor, response: Response) => Response
  /** Starts a session in place of the one that these headers name; gives the `Set-Cookie` lines, or none if access has ended. */
  enter: (access: Access, headers: Headers) => Promise<string[] | undefined>
  /** Aborted when the server stops: streams end. */
  closing?: AbortSignal
  log: Log
  version: string
  streams?: EventStreamSettings
}

type Outcome = Answer | Answered | NotDone | Refusal | Wait

export type Variables = { requestId: string; locale: Locale }

/** A description of 10,000 characters fits six times over, whatever their encoding. */
const BODY_BYTES_MAX = 256 * 1024

/** Paths of what an administrator who has no second factor yet may look after. */
const OWN_ACCOUNT = /^\/api\/me(\/|$)/

export function createApi(options: ApiOptions) {
  const { routes, pools, services, identify, accounts, ownAccount, untilSessionEnds, enter } = options
  const { closing, log, record, version, streams } = options
  const app = new OpenAPIHono<{ Variables: Variables }>()
  const stopped = closing ?? new AbortController().signal

  const answer = (c: Context<{ Variables: Variables }>, code: ProblemCode, errors?: FieldError[]) =>
    problem(code, { locale: c.var.locale, requestId: c.var.requestId, ...(errors ? { errors } : {}) })

  app.use(async (c, next) => {
    c.set('requestId', randomUUID())
    c.set('locale', localeOf(c.req.header('accept-language')))
    await next()
    c.header('x-request-id', c.var.requestId)
  })
  app.use(async (c, next) => (sameOrigin(c.req.raw) ? next() : answer(c, 'wrong-origin')))
  app.use(
    bodyLimit({
      maxSize: BODY_BYTES_MAX,
      onError: async (c) => {
        await discardBody(c.req.raw)
        return answer(c, 'too-large')
      },
    }),
  )

  app.notFound((c) => answer(c, 'not-found'))
  app.onError((error, c) => {
    if (error instanceof Busy) {
      const headers = { 'retry-after': String(error.retrySeconds) }
      return problem('busy', { locale: c.var.locale, requestId: c.var.requestId, headers })
    }
    log.error({ err: error, requestId: c.var.requestId, path: c.req.path }, 'request failed')
    return answer(c, problemOfError(error))
  })

  for (const route of routes) {
    const { method, pattern, openapiPath } = pathOf(route.contract)
    app.openAPIRegistry.registerPath(described(route, method, openapiPath))
    app.on(method, pattern, async (c) => {
      const { locale, requestId } = c.var
      const { contract } = route
      // Only what the contract names leaves the house.
      const answerOf = (result: unknown): Answer | Refusal | Wait => {
        if (isRefusal(result) || isWait(result)) return result
        if (!isEntrance(result)) return { kind: 'answer', body: contract.response.parse(result) }
        return { kind: 'answer', body: contract.response.parse(result.response), entrance: result.access }
      }
      const give = async (result: Outcome) => {
        if (isRefusal(result)) return problemOf(result, { locale, requestId })
        if (isNotDone(result)) return notDone(result)
        if (isWait(result)) {
          return problem('too-many-requests', {
            locale,
            requestId,
            headers: { 'retry-after': String(result.seconds) },
          })
        }
        const { body, entrance } = isAnswered(result) ? result.answer : result
        const answered = c.json(body as object, contract.status ?? 200, { 'cache-control': 'no-store' })
        if (isAnswered(result) && result.replayed) answered.headers.set('idempotency-replayed', 'true')
        if (entrance) {
          const cookies = hasVersion(entrance) && (await enter(entrance, c.req.raw.headers))
          if (!cookies) return answer(c, 'unauthenticated')
          for (const cookie of cookies) answered.headers.append('set-cookie', cookie)
        }
        return answered
      }
      const notDone = ({ problem: code }: NotDone) =>
        problem(code, {
          locale,
          requestId,
          ...(code === 'request-under-way' ? { headers: { 'retry-after': '1' } } : {}),
        })
      const sentKey = method === 'POST' ? readKey(c.req.header(IDEMPOTENCY_KEY)) : { key: undefined }
      if (isNotDone(sentKey)) return notDone(sentKey)
      const { key } = sentKey
      if (route.kind === 'public-route') {
        const read = await readInput(c, contract, locale)
        if ('problem' in read) return answer(c, read.problem, read.errors)
        const within = <T>(institutionId: string, run: (tx: Tx) => Promise<T>) =>
          withTenant(pools.web, { institutionId }, run, { commits: (given) => !isRefusal(given) })
        const input = read.input as never
        const run = async () =>
          answerOf(await route.run({ input, within, accounts, network: networkOf(c), locale, services }))
        if (key === undefined) return give(await run())
        const sent = { operation: contract.path, content: read.content, key }
        return give(await onceForVisitor(pools.web, sent, services.secretBox, run))
      }
      const by = await identify(c.req.raw.headers)
      if (!by && 'toVisitors' in route) return give(answerOf(route.toVisitors.response))
      if (!by) return answer(c, 'unauthenticated')
      if (!contract.roles.includes(by.role)) {
        record('authorization-refused', { accountIds: [by.id], network: networkOf(c), operation: contract.path })
        return answer(c, 'wrong-role')
      }
      if (by.authenticatorNeeded && !OWN_ACCOUNT.test(pattern)) return answer(c, 'authenticator-needed')
      const read = await readInput(c, contract, locale)
      if ('problem' in read) return answer(c, read.problem, read.errors)

      if (route.kind === 'stream-route') {
        const gone = new AbortController()
        const events = await route.run({
          input: read.input as never,
          read: (run) => withTenant(pools.web, by, run, { readOnly: true }),
          by,
          locale,
          signal: gone.signal,
          lastEventId: c.req.header('last-event-id'),
        })
        if (isRefusal(events)) return problemOf(events, { locale, requestId })
        const streaming = eventStream(
          (signal) => {
            signal.addEventListener('abort', () => gone.abort())
            return events
          },
          stopped,
          (error) => log.error({ err: error, requestId, path: c.req.path }, 'stream failed'),
          streams,
        )
        return untilSessionEnds(by, streaming)
      }

      const creates = contract.status === 201
      const sent = { institutionId: by.institutionId, accountId: by.id, operation: contract.path, key, creates }
      const result = await withTenant(
        route.reads === 'directory' ? pools.console : pools.web,
        by,
        async (tx): Promise<Outcome> => {
          const context = { input: read.input as never, tx, by, limit: accounts.limit, locale, services, ownAccount }
          const run = async () => answerOf(await route.run(context))
          if (method !== 'POST') return run()
          return once(tx, { ...sent, content: read.content }, services.secretBox, run)
        },
        { readOnly: method === 'GET', commits: (given) => isAnswer(given) || isAnswered(given) },
      )
      return give(result)
    })
  }

  app.openAPIRegistry.registerComponent('securitySchemes', SESSION_SCHEME, {
    type: 'apiKey',
    in: 'cookie',
    name: 'academy.session_token',
    description: 'Set by `POST /api/auth/sign-in/email`; behind TLS its name has a prefix.',
  })
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Academy',
      version,
      description:
        'Academic management of institutions. Sign in at `POST /api/auth/sign-in/email`; the session is a cookie.',
    },
  })
  return app
}

/** `content`: what came, as it was written. */
type Input = { input: Record<string, unknown>; content: string } | { problem: ProblemCode; errors?: FieldError[] }

async function readInput(c: Context, contract: Endpoint, locale: Locale): Promise<Input> {
  const params = c.req.param() as Record<string, string>
  const query = c.req.query()
  if (!isStorableQuery(params) || !isStorableQuery(query)) return { problem: 'malformed-request' }
  const input: Record<string, unknown> = {}
  if (contract.params) {
    const parsed = contract.params.safeParse(params)
    if (!parsed.success) return { problem: 'not-found' } // no such id can exist
    Object.assign(input, parsed.data)
  }
  const errors: FieldError[] = []
  let text = ''
  const check = (schema: z.ZodType, value: unknown) => {
    const parsed = schema.safeParse(value)
    if (parsed.success) Object.assign(input, parsed.data)
    else errors.push(...fieldErrors(parsed.error.issues, locale))
  }
  if (contract.query) check(contract.query, query)
  if (contract.body) {
    const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
    if (type !== 'application/json') return { problem: 'unsupported-media-type' }
    let body: unknown
    try {
      text = await c.req.text()
      body = JSON.parse(text)
    } catch {
      return { problem: 'malformed-json' }
    }
    check(contract.body, body)
    // For every field of every contract, whatever its schema lets through; each is named once.
    const refused = unstorableErrors(body, locale)
    errors.push(...refused.filter(({ field }) => !errors.some((error) => error.field === field)))
  }
  if (errors.length > 0) return { problem: 'invalid-input', errors }
  return { input, content: JSON.stringify([params, query, text]) }
}

function pathOf(contract: Endpoint) {
  const [method = 'GET', pattern = '/'] = contract.path.split(' ')
  return { method, pattern, openapiPath: pattern.replace(/:(\w+)/g, '{$1}') }
}

const keyHeader = z
  .string()
  .optional()
  .meta({
    description:
      'Names what you want once: sent again with the same key within 24 hours, it is not done again, and its answer is given ' +
      'again with `Idempotency-Replayed: true`. The same key with other values is 422. Without a key, something equal within ' +
      'seconds is taken for a second click: 409.',
  })

/** How the document calls the session's cookie. */
const SESSION_SCHEME = 'session'

function described(route: AnyRoute, method: string, path: string): RouteConfig {
  const { contract } = route
  const isPublic = route.kind === 'public-route'
  const changes = method !== 'GET'
  const problems = [
    ...(contract.params || contract.query || contract.body || method === 'POST' ? ['400'] : []),
    ...(isPublic || 'toVisitors' in route ? [] : ['401']),
    ...(isPublic && !changes ? [] : ['403']), // of another role, or from another site
    ...(contract.params ? ['404'] : []),
    ...(changes ? ['409', '413'] : []),
    ...(contract.body ? ['415'] : []),
    ...(contract.body || contract.query || method === 'POST' ? ['422'] : []),
    ...(isPublic || ('limited' in route && route.limited) ? ['429'] : []),
    ...['500', '503'],
  ]
  const good = route.kind === 'stream-route' ? 'text/event-stream' : 'application/json'
  return {
    method: method.toLowerCase() as RouteConfig['method'],
    path,
    summary: contract.summary.en,
    description: `${contract.summary.pt}\n\n${isPublic ? 'Without sign-in.' : `Roles: ${contract.roles.join(', ')}.`}`,
    tags: [contract.tag],
    ...(isPublic ? {} : { security: [{ [SESSION_SCHEME]: [] }] }),
    request: {
      ...(contract.params ? { params: contract.params } : {}),
      ...(contract.query ? { query: contract.query } : {}),
      ...(method === 'POST' ? { headers: z.object({ 'Idempotency-Key': keyHeader }) } : {}),
      ...(contract.body
        ? { body: { required: true, content: { 'application/json': { schema: contract.body } } } }
        : {}),
    },
    responses: {
      [contract.status ?? 200]: { description: 'Success', content: { [good]: { schema: contract.response } } },
      ...Object.fromEntries(
        problems.map((status) => [
          status,
          { description: 'Problem', content: { 'application/problem+json': { schema: problemSchema } } },
        ]),
      ),
    },
  }
}
