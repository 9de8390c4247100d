/**
 * The academy for tests: a fresh database with the demonstration data, the API as the runtime roles, and on request the
 * daemon with the development mailbox as its mail service. Nothing is replaced by something kinder; passwords are hashed for less.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Services } from 'cascata'
import { type Harness, startHarness } from 'cascata/testing'
import { onTestFinished } from 'vitest'
import { type FreshDatabase, freshDatabase, templateDatabase } from '../../../scripts/testing/fresh-database.ts'
import { app } from '../src/app.ts'
import { createServer, type ServerOptions } from '../src/create-server.ts'
import { createDemoData, type DemoData, demoData } from '../src/demo/create-demo-data.ts'
import { classId, DEMO_INSTITUTIONS, DEMO_PASSWORD, type DemoPerson } from '../src/demo/people.ts'
import { startMailbox } from '../src/mailbox/start-mailbox.ts'
import { openPools, type PoolSettings, type Pools } from '../src/platform/database/pools.ts'
import { type DatabaseUrls, databaseUrls, prepareDatabase } from '../src/platform/database/prepare-database.ts'
import { RUNTIME_ROLES, type RuntimeRole } from '../src/platform/database/roles.ts'
import type { Secrets } from '../src/platform/database/secrets.ts'
import { createClient } from '../src/platform/http/client.ts'
import { servedHosts } from '../src/platform/http/hosts.ts'
import type { RouteServices } from '../src/platform/http/route.ts'
import { createMailer } from '../src/platform/mail/create-mailer.ts'
import { mailSettings } from '../src/platform/mail/mail-settings.ts'
import { createOutbound } from '../src/platform/outbound/outbound.ts'
import { createSecretBox } from '../src/platform/secret-box/secret-box.ts'
import { QUICK_PASSWORDS } from './quick-passwords.ts'

/** Who signs in is named by these, and is the whole test server's, so every file uses the same. */
export const TEST_SECRETS: Secrets = {
  sessionSecret: 'only-for-tests-and-long-enough-to-sign-with',
  passwords: Object.fromEntries(RUNTIME_ROLES.map((role) => [role, 'only-for-tests'])) as Record<RuntimeRole, string>,
}

/** As in development: webhooks may call this machine. */
export const TEST_SERVICES: RouteServices = {
  secretBox: createSecretBox(Buffer.alloc(32, 7)),
  outbound: createOutbound({ allow: { loopback: true } }),
  features: { demonstrations: true, registration: true },
  mailReachesPeople: false,
}
/** What the tests' payment gateway signs its messages with. */
export const CALLBACK_SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`

export const [SERRA, PORTO] = DEMO_INSTITUTIONS
export const [TEACHER, SECOND_TEACHER] = SERRA.teachers
export const [STUDENT] = SERRA.students as readonly [DemoPerson, ...DemoPerson[]]
const PUBLIC_URL = 'http://academy.test'

export type SignedIn = ReturnType<typeof createClient> & {
  /** As the browser would send it, with the session's cookie. */
  fetch: (path: string, init?: RequestInit) => Promise<Response>
}

export type Academy = {
  pools: Pools
  urls: DatabaseUrls
  /** The superuser's, for looking only. */
  url: string
  demo: DemoData
  classes: { six: string; nobody: string; ofSecondTeacher: string; ofOtherInstitution: string }
  fetch: (path: string, init?: RequestInit) => Promise<Response>
  /** For a real port in front of it. */
  fetchRequest: (request: Request, bindings?: object) => Promise<Response>
  /** With the password of the demonstration unless another is given. */
  signIn: (person: { email: string; password?: string }) => Promise<SignedIn>
  /** Errors that the API logged. */
  logged: ({ message: string } & Record<string, unknown>)[]
  /** What the API told of accounts. */
  recorded: Record<string, unknown>[]
  /** Leaves the database as it is. */
  close(): Promise<void>
  stop(): Promise<void>
}

async function academyTemplate(): Promise<string> {
  return templateDatabase('academy', async (url) => {
    const pools = openPools(await prepareDatabase(url, TEST_SECRETS))
    await createDemoData(pools, { hashPassword: QUICK_PASSWORDS.hash })
    await pools.close()
  })
}

export type AcademyOptions = Partial<
  Pick<ServerOptions, 'trustedProxies' | 'administratorCode' | 'hashQueue' | 'services'>
> & {
  students?: number
  /** The address at which the academy finds the database, when it is not to be the server itself. */
  through?: (url: string) => Promise<string>
} & Pick<PoolSettings, 'answerMs'>

export async function startAcademy(options: AcademyOptions = {}): Promise<Academy> {
  return openAcademy(await freshDatabase({ template: await academyTemplate() }), options)
}

/**
 * An academy in which `prepare` has done once what takes long, and of which each test starts a copy: with the same rows, and
 * with everybody signed in who was.
 */
export async function academyToCopy<T>(prepare: (academy: Academy) => Promise<T>) {
  const original = await freshDatabase({ template: await academyTemplate() })
  const cookies = new Map<string, Promise<string>>()
  const academy = await openAcademy(original, {}, cookies)
  const prepared = await prepare(academy)
  await academy.close()
  const template = new URL(original.url).pathname.slice(1)
  return {
    prepared,
    start: async () => openAcademy(await freshDatabase({ template }), {}, new Map(cookies)),
    drop: original.drop,
  }
}

async function openAcademy(
  database: FreshDatabase,
  { students, through, answerMs, ...options }: AcademyOptions,
  cookies = new Map<string, Promise<string>>(),
): Promise<Academy> {
  const urls = databaseUrls((await through?.(database.url)) ?? database.url, TEST_SECRETS)
  const pools = openPools(urls, answerMs === undefined ? {} : { answerMs })
  const demo = students ? await createDemoData(pools, { hashPassword: QUICK_PASSWORDS.hash, students }) : demoData()
  const logged: Academy['logged'] = []
  const recorded: Record<string, unknown>[] = []
  const closing = new AbortController()
  const server = createServer({
    pools,
    services: TEST_SERVICES,
    paymentCallbackSecret: CALLBACK_SECRET,
    sessionSecret: TEST_SECRETS.sessionSecret,
    secureCookies: false,
    administratorCode: 'optional',
    passwords: QUICK_PASSWORDS,
    hosts: servedHosts({ publicUrl: PUBLIC_URL, loopbackPorts: 'any' }),
    log: {
      info: (fields) => 'security' in fields && recorded.push(fields as Record<string, unknown>),
      error: (fields, message) => logged.push({ ...fields, message }),
    },
    closing: closing.signal,
    ...options,
  })
  const fetch = async (path: string, init?: RequestInit) => server.fetch(new Request(new URL(path, PUBLIC_URL), init))

  const close = async () => {
    closing.abort()
    await pools.close()
  }

  return {
    pools,
    urls,
    url: database.url,
    demo,
    classes: {
      six: classId(SERRA.key, 'six', demo.period.id),
      nobody: classId(SERRA.key, 'nobody', demo.period.id),
      ofSecondTeacher: classId(SERRA.key, 'second-teacher', demo.period.id),
      ofOtherInstitution: classId(PORTO.key, 'six', demo.period.id),
    },
    fetch,
    fetchRequest: async (request, bindings) => server.fetch(request, bindings),
    logged,
    recorded,
    signIn: async ({ email, password }: { email: string; password?: string }) => {
      const cookie = cookies.get(email) ?? signIn(fetch, email, password)
      cookies.set(email, cookie)
      return signedIn(fetch, await cookie)
    },
    close,
    stop: async () => {
      await close()
      await database.drop()
    },
  }
}

async function signIn(fetch: Academy['fetch'], email: string, password = DEMO_PASSWORD): Promise<string> {
  const response = await fetch('/api/auth/sign-in/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  const cookie = cookieOf(response)
  if (!response.ok || !cookie) throw new Error(`${email} cannot sign in: ${await response.text()}`)
  return cookie
}

function signedIn(fetch: Academy['fetch'], cookie: string): SignedIn {
  const withCookie = (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    headers.set('cookie', cookie)
    return fetch(path, { ...init, headers })
  }
  const send = (input: unknown, init?: RequestInit) => withCookie(String(input), init)
  return { ...createClient({ fetch: send as typeof globalThis.fetch, locale: () => 'en' }), fetch: withCookie }
}

/** What the browser would send back. */
export const cookieOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')

export type Work = {
  harness: Harness
  mailbox: {
    /** How the mail service behaves from now on, until the test ends: the next one finds it well again, whatever happened. */
    behave: (settings: object) => Promise<void>
    counts: () => Promise<{ messages: number; keys: number; attempts: number }>
    messages: () => Promise<MailboxMessage[]>
    read: (id: string) => Promise<{ subject: string; text: string }>
    /** What the newest message to somebody says. */
    newestTo: (email: string) => Promise<{ subject: string; text: string }>
  }
  stop(): Promise<void>
}

export type MailboxMessage = { id: string; to: unknown; subject: string; key: string | null }

export type WorkOptions = {
  transport?: 'http' | 'smtp'
  /** In `real` time what is tried again is so by itself, as a page's user meets it. */
  time?: 'manual' | 'real'
  /** Addresses that the mail service refuses until a test says how it is to behave. */
  rejectAddresses?: string[]
}

/** The daemon, and the mailbox that it sends to. `services` are what the test brings instead. */
export async function startWork(
  { url, urls }: Academy,
  services: Partial<Services> = {},
  { transport = 'http', time = 'manual', rejectAddresses = [] }: WorkOptions = {},
): Promise<Work> {
  const data = await mkdtemp(join(tmpdir(), 'academy-mailbox-'))
  const mailbox = await startMailbox({ data, port: 0, smtpPort: 0, rejectAddresses })
  const mail = createMailer(
    mailSettings({
      MAIL_URL: transport === 'http' ? `mail+${mailbox.url}` : `smtp://127.0.0.1:${mailbox.smtpPort}`,
      MAIL_FROM: 'Academy <no-reply@cascata.example>',
      MAIL_API_KEY: 'any',
    }),
  )
  const harness = await startHarness({
    app,
    url,
    time,
    pollMs: 1_000, // as in production: ten times as often, an idle daemon takes a fifth of a core
    database: { control: urls.daemon, exec: urls.exec },
    services: {
      ...TEST_SERVICES,
      mail,
      demonstrationMail: true,
      publicUrl: PUBLIC_URL,
      eventPublisher: undefined,
      paymentGateway: undefined,
      ...services,
    },
  })
  const ask = async <T>(path: string): Promise<T> => {
    const response = await globalThis.fetch(`${mailbox.url}/api${path}`)
    if (!response.ok) throw new Error(`The mailbox answers ${response.status} to ${path}.`)
    return response.json() as Promise<T>
  }
  let open = true
  // On a connection of its own: one that was kept is gone after a test that let nothing else in this process run for seconds.
  const simulate = (settings: object) =>
    new Promise<void>((resolve, reject) => {
      const headers = { 'content-type': 'application/json' }
      const asked = request(`${mailbox.url}/api/simulator`, { method: 'PUT', agent: false, headers }, (response) => {
        response.resume()
        if (response.statusCode === 200) resolve()
        else reject(new Error(`The mailbox answers ${response.statusCode} to ${JSON.stringify(settings)}.`))
      })
      asked.on('error', reject).end(JSON.stringify(settings))
    })
  return {
    harness: { ...harness, runUntilIdle: (timeoutMs = 60_000) => harness.runUntilIdle(timeoutMs) },
    mailbox: {
      behave: async (settings) => {
        onTestFinished(() => (open ? simulate({}) : undefined))
        await simulate(settings)
      },
      counts: () => ask('/counts'),
      messages: async () => (await ask<{ items: MailboxMessage[] }>('/messages?limit=250')).items,
      read: (id) => ask(`/messages/${id}`),
      newestTo: async (email) => {
        const { items } = await ask<{ items: MailboxMessage[] }>(`/messages?limit=1&to=${encodeURIComponent(email)}`)
        const [newest] = items
        if (!newest) throw new Error(`There is no message to ${email}.`)
        return ask(`/messages/${newest.id}`)
      },
    },
    stop: async () => {
      open = false
      await harness.stop()
      await mail.close()
      await mailbox.close()
      await rm(data, { recursive: true, force: true })
    },
  }
}
