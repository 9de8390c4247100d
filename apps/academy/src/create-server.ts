/** Everything behind the one port: API, sign-in, API reference, health, the built client, and in development the mailbox. */
import { type Context, Hono } from 'hono'
import { proxy } from 'hono/proxy'
import { routes } from './app.ts'
import { CONSOLE_API, createAcademyConsole } from './console.ts'
import { paymentCallback } from './modules/payments/receive-callback/payment-callback.ts'
import { tellOfAuthenticator } from './modules/users/authenticator/authenticator.commands.ts'
import { turnedOffBy } from './modules/users/authenticator.queries.ts'
import { createAccountsService } from './platform/auth/accounts.ts'
import { createAuthenticators } from './platform/auth/authenticators.ts'
import { type AdministratorCode, createAuth } from './platform/auth/create-auth.ts'
import type { Passwords } from './platform/auth/credentials.ts'
import { createDeviceCookies } from './platform/auth/device-cookie.ts'
import type { HashQueue } from './platform/auth/hash-queue.ts'
import { mountAuth } from './platform/auth/mount-auth.ts'
import { namesOfInstitutions } from './platform/auth/names-of-institutions.ts'
import { createOwnAccount } from './platform/auth/own-account.ts'
import { createSecurityLog } from './platform/auth/security-log.ts'
import { createSessionWatch } from './platform/auth/session-watch.ts'
import { createSignInCode } from './platform/auth/sign-in-code.ts'
import { createSignInCookie } from './platform/auth/sign-in-cookie.ts'
import { createSignInGuard } from './platform/auth/sign-in-guard.ts'
import { createSignIns } from './platform/auth/sign-ins.ts'
import type { Pools } from './platform/database/pools.ts'
import { compressed } from './platform/http/compress.ts'
import { createApi } from './platform/http/create-api.ts'
import { type Check, healthRoute } from './platform/http/health.ts'
import { type Hosts, isLoopbackName } from './platform/http/hosts.ts'
import { isLocal } from './platform/http/local.ts'
import { localeOf } from './platform/http/locale.ts'
import { mountPages } from './platform/http/pages.ts'
import { type ProblemCode, problem, problemOfError } from './platform/http/problem.ts'
import { mountReference } from './platform/http/reference.ts'
import type { RouteServices } from './platform/http/route.ts'
import { sameOrigin, secured } from './platform/http/security.ts'
import { createServerLog, type Log } from './platform/http/server-log.ts'
import { NO_PROXY, type TrustedProxies } from './platform/http/trusted-proxies.ts'

const VERSION = '0.1.0'

export type ServerOptions = {
  pools: Pools
  services: RouteServices
  sessionSecret: string
  secureCookies: boolean
  /** Whose `X-Forwarded-For` is believed; by default nobody's. */
  trustedProxies?: TrustedProxies
  /** Whether administrators do nothing before they have set up a second factor; by default `asked`. */
  administratorCode?: AdministratorCode
  /** In which passwords wait to be hashed. */
  hashQueue?: HashQueue
  /** Hashing and comparing of passwords; by default the library's scrypt. */
  passwords?: Passwords
  /** Names that it answers under; every other is refused before anything else is looked at. */
  hosts: Hosts
  /** What the payment gateway signs its messages with; without it none is taken. */
  paymentCallbackSecret?: string | undefined
  mailboxUrl?: string | undefined
  /** Folder of the built client. */
  pages?: string
  log: Log
  closing?: AbortSignal
}

export function createServer(options: ServerOptions) {
  const { pools, services, sessionSecret, secureCookies, hosts, passwords, trustedProxies = NO_PROXY } = options
  const { paymentCallbackSecret, mailboxUrl, pages, closing, hashQueue, administratorCode = 'asked' } = options
  const log = createServerLog(options.log, pools)
  const devices = createDeviceCookies({ secret: sessionSecret, secure: secureCookies })
  const signIns = createSignIns(pools.auth, createSignInCookie({ secure: secureCookies }), (error) =>
    log.error({ err: error }, 'a sign-in was not kept'),
  )
  const auth = createAuth({
    signIns,
    pool: pools.auth,
    secret: sessionSecret,
    secureCookies,
    devices,
    administratorCode,
    ...(hashQueue ? { hashQueue } : {}),
    ...(passwords ? { passwords } : {}),
  })
  const guard = createSignInGuard(pools.auth)
  const record = createSecurityLog(log, sessionSecret)
  const { hashPassword, verifyPassword } = auth
  const watch = createSessionWatch(pools.auth, (error) => log.error({ err: error }, 'sessions could not be looked at'))
  const api = createApi({
    routes,
    pools,
    services,
    identify: auth.identify,
    accounts: createAccountsService(pools.auth, auth.hashPassword, record),
    ownAccount: createOwnAccount({ pool: pools.auth, guard, hashPassword, verifyPassword, record, signIns }),
    untilSessionEnds: watch.untilEnd,
    record,
    enter: auth.enter,
    log,
    version: VERSION,
    ...(closing ? { closing } : {}),
  })
  const signInCode = createSignInCode({
    ...{ pool: pools.web, guard, record, hasAuthenticator: auth.hasAuthenticator },
    authenticators: createAuthenticators(services.secretBox),
    turnedOffBy,
    onRecoveryCodeUsed: (tx, account) => tellOfAuthenticator(tx, account, 'recovery-code-used'),
  })
  mountAuth(api, {
    auth,
    guard,
    devices,
    signInCode,
    signIns,
    record,
    operatorContact: services.operatorContact,
    namesOf: (ids) => namesOfInstitutions(pools.console, ids),
  })
  mountReference(api)
  if (pages) mountPages(api, pages)

  const server = new Hono()
  server.use(compressed)
  server.use(secured(secureCookies))
  server.use(async (c, next) => {
    const asked = [c.req.header('host'), new URL(c.req.url).host]
    if (asked.every((host) => host === undefined || hosts(host)) || isLocalHealthCheck(c)) return next()
    return answer(c, 'wrong-host')
  })
  server.onError((error, c) => {
    log.error({ err: error, path: c.req.path }, 'request failed')
    return answer(c, problemOfError(error))
  })
  const maySeeParts = async (c: Context) => {
    if (isLocal(c)) return true
    const by = await auth.identify(c.req.raw.headers).catch(() => undefined)
    return by?.role === 'administrator' && !by.authenticatorNeeded
  }
  server.get('/health', healthRoute(checksOf(pools, mailboxUrl), maySeeParts))
  if (paymentCallbackSecret) {
    server.post('/payments/callback', paymentCallback({ pool: pools.web, secret: paymentCallbackSecret, log }))
  }
  if (mailboxUrl) {
    const forward = (path: string, request: Request) => {
      const headers = new Headers(request.headers)
      headers.delete('cookie') // sessions are none of the mailbox's business
      return proxy(`${mailboxUrl}${path}`, {
        raw: request,
        headers: Object.fromEntries(headers),
      })
    }
    const mailbox = (c: Context) => {
      if (!isLocal(c)) return answer(c, 'local-only')
      if (!sameOrigin(c.req.raw)) return answer(c, 'wrong-origin')
      const { pathname, search } = new URL(c.req.url)
      return forward(pathname + search, c.req.raw)
    }
    server.all('/mailbox', mailbox)
    server.all('/mailbox/*', mailbox)
  }
  const console = createAcademyConsole({
    pools,
    identify: auth.identify,
    untilSessionEnds: watch.untilEnd,
    record,
    log,
    ...(closing ? { closing } : {}),
  })
  server.all(`${CONSOLE_API}/*`, (c) => console(c.req.raw))
  // Not `server.route('/', api)`: that would leave the API's answer to unknown paths behind.
  server.notFound((c) => api.fetch(c.req.raw, c.env))
  const fetch = (request: Request, bindings?: object) => server.fetch(request, { ...bindings, trustedProxies })
  return { fetch, auth, log }
}

const answer = (c: Context, code: ProblemCode) =>
  problem(code, { locale: localeOf(c.req.header('accept-language')), requestId: crypto.randomUUID() })

/** Programs at this machine ask how it is without knowing what people call it. */
const isLocalHealthCheck = (c: Context) =>
  c.req.path === '/health' && isLocal(c) && isLoopbackName(new URL(c.req.url).hostname)

function checksOf(pools: Pools, mailboxUrl: string | undefined): Record<string, Check> {
  return {
    api: async () => {},
    database: async () => {
      await Promise.all([pools.web.query('select 1'), pools.auth.query('select 1')])
    },
    daemon: async () => {
      const { rows } = await pools.console.query<{ alive: number }>(
        `select count(*)::int as alive from cascata.daemons
         where state = 'running' and heartbeat_at > now() - lease_ms * interval '1 millisecond'`,
      )
      if (!rows[0]?.alive) throw new Error('no daemon is running')
    },
    ...(mailboxUrl
      ? {
          mailbox: async () => {
            const response = await fetch(`${mailboxUrl}/health`)
            if (!response.ok) throw new Error(`the mailbox answers ${response.status}`)
          },
        }
      : {}),
  }
}
