/**
 * Accounts and sessions (better-auth), on their own schema through their own role. They have no institution of their own
 * rules: the account says which institution and role it has, and nothing that a client sends can change that.
 */
import { kyselyAdapter } from '@better-auth/kysely-adapter'
import { betterAuth } from 'better-auth'
import { createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { uuidv7 } from 'cascata'
import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import { z } from 'zod'
import type { Role } from '../http/endpoint.ts'
import type { Access, Actor } from '../http/route.ts'
import { authConnections } from './auth-connections.ts'
import { createCredentials, type Passwords } from './credentials.ts'
import type { DeviceCookies } from './device-cookie.ts'
import { createHashQueue, type HashQueue } from './hash-queue.ts'
import { withHashedSessionTokens } from './hashed-session-tokens.ts'
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from './password.fields.ts'
import { endOfSession, IDLE_HOURS, LIFE_SECONDS_MAX } from './session-life.ts'
import { codesOf } from './sign-in-code.ts'
import type { SignIns } from './sign-ins.ts'

/** Whether a second factor is asked of administrators, or only offered to them as to everybody. */
export type AdministratorCode = 'asked' | 'optional'

export type AuthSettings = {
  pool: pg.Pool
  /** Signs session cookies. */
  secret: string
  /** true behind TLS: the cookie is then sent over TLS only. */
  secureCookies: boolean
  /** Those on which somebody has signed in; without it none is known. */
  devices?: DeviceCookies
  /** By default `asked`: they do nothing else until they have set it up. */
  administratorCode?: AdministratorCode
  /** The store of sign-ins. */
  signIns?: SignIns
  /** In which passwords wait to be hashed. */
  hashQueue?: HashQueue
  /** Hashing and comparing of passwords; by default the library's scrypt. */
  passwords?: Passwords
}

const HOUR_S = 3600
/** How exact the time is at which a session was last used. */
const SEEN_EVERY_MS = 2 * 60_000
/** The database takes no session for it: access to the account has ended since it was allowed (migration 0080). */
const ACCESS_ENDED = 'AC001'

/**
 * Starts a session for an account: of whoever has just shown a password or a link that was sent to them,
 * or opened a door of a demonstration institution. Not reachable over HTTP; the academy's own routes decide who may.
 */
const enter = {
  id: 'enter',
  endpoints: {
    enter: createAuthEndpoint(
      '/enter',
      {
        method: 'POST',
        body: z.object({ userId: z.string(), accessVersion: z.int(), openedBy: z.string().nullable() }),
        metadata: { SERVER_ONLY: true },
      },
      async (ctx) => {
        const { userId, accessVersion, openedBy } = ctx.body
        const { internalAdapter } = ctx.context
        const user = await internalAdapter.findUserById(userId)
        if (!user) throw new Error(`There is no account ${userId}.`)
        const behindDoor = openedBy !== null
        // Behind a door it lasts a day, and goes with the browser.
        const session = await internalAdapter.createSession(userId, behindDoor, { openedBy, accessVersion })
        // The browser keeps it as long as a session can live; the database decides whether it does.
        await setSessionCookie(ctx, { session, user }, behindDoor, behindDoor ? {} : { maxAge: LIFE_SECONDS_MAX })
        return ctx.json({ email: user.email })
      },
    ),
  },
}

export function createAuth(settings: AuthSettings) {
  const {
    pool,
    secret,
    secureCookies,
    devices,
    administratorCode = 'asked',
    signIns,
    hashQueue = createHashQueue(),
    passwords,
  } = settings
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: authConnections(pool) }) }).withSchema(
    'academy_auth',
  )
  const auth = betterAuth({
    secret,
    basePath: '/api/auth',
    database: withHashedSessionTokens(kyselyAdapter(db, { type: 'postgres', transaction: false })),
    // Accounts are made by the academy, together with the person; nobody signs up here. The library's own sign-in takes an
    // address for one account, and is mounted nowhere: credentials.ts is asked instead.
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH_MIN,
      maxPasswordLength: PASSWORD_LENGTH_MAX,
      ...(passwords ? { password: passwords } : {}),
    },
    user: {
      modelName: 'users',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
      additionalFields: {
        institutionId: { type: 'string', required: true, input: false, fieldName: 'institution_id' },
        role: { type: 'string', required: true, input: false },
      },
    },
    session: {
      modelName: 'sessions',
      expiresIn: IDLE_HOURS * HOUR_S,
      updateAge: 24 * HOUR_S,
      additionalFields: {
        openedBy: { type: 'string', required: false, input: false, fieldName: 'opened_by' },
        accessVersion: { type: 'number', required: true, input: false, fieldName: 'access_version' },
        seenAt: { type: 'date', required: false, input: false, fieldName: 'seen_at' },
      },
      fields: {
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    account: {
      modelName: 'accounts',
      fields: {
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    plugins: [enter],
    verification: {
      modelName: 'verifications',
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    // Counted per account in sign-in-guard.ts: one address may be a whole campus.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
    advanced: {
      // The prefix makes browsers refuse the cookie from any other host, and without TLS. The library's own is a weaker one.
      cookiePrefix: secureCookies ? '__Host-academy' : 'academy',
      useSecureCookies: false,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/', secure: secureCookies },
      // It would be taken from a header that anybody can send, and is nothing that has to be kept.
      ipAddress: { disableIpTracking: true },
      database: { generateId: () => uuidv7() },
      // Checked for every change, of accounts or not, in http/security.ts.
      disableCSRFCheck: true,
      disableOriginCheck: true,
    },
  })

  const credentials = createCredentials(pool, async () => (await auth.$context).password)

  const hasAuthenticator = async (userId: string) => {
    const { rows } = await pool.query(
      'select from academy_auth.authenticators where user_id = $1 and confirmed_at is not null',
      [userId],
    )
    return rows.length > 0
  }
  const addressOf = async (userId: string) => {
    const { rows } = await pool.query<{ email: string }>('select email from academy_auth.users where id = $1', [userId])
    if (!rows[0]) throw new Error(`There is no account ${userId}.`)
    return rows[0].email
  }

  return {
    hasAuthenticator,
    handler: (request: Request) => auth.handler(request),
    /** The accounts that this address and password open, of one institution where it is named. */
    opened: (...given: Parameters<typeof credentials.opened>) => hashQueue(() => credentials.opened(...given)),
    /** Those that have this address, whatever their password: for the log. */
    accountsOf: async (email: string): Promise<string[]> => {
      const { rows } = await pool.query<{ id: string }>(
        'select id from academy_auth.users where email = $1 order by id limit 10',
        [email],
      )
      return rows.map(({ id }) => id)
    },
    hashPassword: (password: string) => hashQueue(async () => (await auth.$context).password.hash(password)),
    verifyPassword: (given: { hash: string; password: string }) =>
      hashQueue(async () => (await auth.$context).password.verify(given)),
    identify: async (headers: Headers): Promise<Actor | undefined> => {
      if (!headers.has('cookie')) return undefined
      const session = await auth.api.getSession({ headers })
      if (!session) return undefined
      const { id, name, email, institutionId, role } = session.user
      const { openedBy, seenAt, accessVersion } = session.session as unknown as {
        openedBy?: string | null
        seenAt?: Date | null
        accessVersion: number
      }
      const { id: sessionId, token, createdAt } = session.session
      const sessionEndsAt = endOfSession(createdAt, role as Role)
      if (sessionEndsAt <= new Date()) {
        await (await auth.$context).internalAdapter.deleteSession(token)
        return undefined
      }
      const authenticatorNeeded =
        administratorCode === 'asked' && role === 'administrator' && !(await hasAuthenticator(id))
      if (!seenAt || Date.now() - seenAt.getTime() > SEEN_EVERY_MS) {
        await pool.query('update academy_auth.sessions set seen_at = now() where id = $1', [sessionId])
      }
      const behindDoor = openedBy ? { openedBy } : {}
      return {
        ...{ id, name, email, institutionId, role: role as Role, authenticatorNeeded, accessVersion },
        ...{ sessionId, sessionEndsAt, signedInAt: createdAt, ...behindDoor },
      }
    },
    /**
     * @returns the `Set-Cookie` lines of a new session; the one that these headers name is over. None where access to the
     * account has ended since it was allowed.
     */
    enter: async (
      { userId, accessVersion, openedBy, codeNeeded, codeRight }: Access,
      headers: Headers,
    ): Promise<string[] | undefined> => {
      if (codeNeeded) return devices ? [await devices.remember(headers.get('cookie'), [await addressOf(userId)])] : []
      const entered = await auth.api
        .enter({ body: { userId, accessVersion, openedBy: openedBy ?? null }, headers, returnHeaders: true })
        .catch((error: unknown) => {
          if ((error as { code?: unknown }).code === ACCESS_ENDED) return undefined
          throw error
        })
      if (!entered) return undefined
      const before = headers.has('cookie') ? await auth.api.getSession({ headers }) : null
      if (before) await (await auth.$context).internalAdapter.deleteSession(before.session.token)
      const cookies = entered.headers.getSetCookie()
      // Behind a door somebody is not themselves.
      if (openedBy !== undefined) return cookies
      await signIns?.signedIn(userId, headers)
      if (!devices) return cookies
      const names = [entered.response.email, ...(codeRight ? [codesOf({ id: userId })] : [])]
      return [...cookies, await devices.remember(headers.get('cookie'), names)]
    },
  }
}

export type Auth = ReturnType<typeof createAuth>
