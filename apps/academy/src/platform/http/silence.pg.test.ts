/** When the network falls silent a request waits once for an answer, at whatever statement it is, and then says 503; so it does when the database takes too long. */
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startTcpProxy, type TcpProxy } from '../../../../../scripts/testing/tcp-proxy.ts'
import { type Academy, SERRA, type SignedIn, startAcademy, TEACHER } from '../../../test-support/start-academy.ts'
import { DEMO_ADMINISTRATOR, DEMO_PASSWORD } from '../../demo/people.ts'

/** Half of what two waits would take is left for a busy machine. */
const ANSWER_MS = 4_000
const MS_MAX = ANSWER_MS * 1.8

let proxy: TcpProxy
let academy: Academy
let staff: SignedIn
let administrator: SignedIn
beforeAll(async () => {
  academy = await startAcademy({
    answerMs: ANSWER_MS,
    through: async (url) => {
      proxy = await startTcpProxy(url)
      return proxy.url
    },
  })
  staff = await academy.signIn(SERRA.staff)
  administrator = await academy.signIn(DEMO_ADMINISTRATOR)
})
afterEach(async () => {
  proxy.thaw()
  // Requests under way end, and their connections with them.
  await expect.poll(() => staff.fetch('/api/me').then(({ status }) => status), { timeout: 30_000 }).toBe(200)
})
afterAll(async () => {
  await academy?.stop()
  await proxy?.close()
})

const json = { 'content-type': 'application/json' }
const post = (body: object, headers: object = {}): RequestInit => ({
  method: 'POST',
  headers: { ...json, ...headers },
  body: JSON.stringify(body),
})
const campus = { name: 'Norte', city: 'Itabira' }
const signIn = { email: TEACHER.email, password: DEMO_PASSWORD }
const unknownId = '019a0000-0000-7000-8000-000000000000'

const CASES: [string, string, () => Promise<Response>][] = [
  ['the look for the session', 'academy_auth', () => staff.fetch('/api/me')],
  ['the beginning of a read', 'begin read only', () => staff.fetch('/campi')],
  ['a statement of a read', 'academy.campi', () => staff.fetch('/campi')],
  ['the end of a change', 'commit\0', () => staff.fetch('/campi', post(campus))],
  [
    "a statement of a visitor's request with a key",
    'academy_auth.request_counts',
    () => academy.fetch('/password-resets', post({ email: TEACHER.email }, { 'idempotency-key': 'once' })),
  ],
  ['the look for a password', 'academy_auth.accounts', () => academy.fetch('/api/auth/sign-in/email', post(signIn))],
  ['the beginning of what the console reads', 'begin isolation', () => administrator.fetch('/adm/api/overview')],
  ['a statement of the console', 'cascata.command_queue', () => administrator.fetch('/adm/api/overview')],
  ['the names of institutions', 'academy.institutions', () => administrator.fetch('/adm/api/tenants')],
  [
    'a change by the console',
    'cascata.console_role',
    () => administrator.fetch(`/adm/api/commands/${unknownId}/reprocess`, post({ reason: 'again' })),
  ],
]

test.each(CASES)('at %s', { timeout: 60_000 }, async (_, words, ask) => {
  proxy.freezeAt(words)
  const began = performance.now()
  const response = await ask()
  const tookMs = performance.now() - began
  expect([response.status, await response.json()]).toMatchObject([503, { code: 'unavailable' }])
  expect(tookMs).toBeGreaterThan(ANSWER_MS / 2)
  expect(tookMs).toBeLessThan(MS_MAX)
})

test.each([
  ['the count of people of all institutions', 'academy.institutions', () => administrator.fetch('/institutions')],
  ['a list of one institution', 'academy.campi', () => staff.fetch('/campi')],
] as const)('%s that takes too long: said as that, with what to do', { timeout: 60_000 }, async (_, table, ask) => {
  const other = new pg.Client(academy.url)
  await other.connect()
  await other.query(`begin; lock table ${table}`)
  try {
    const response = await ask()
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { code: 'took-too-long', detail: expect.stringContaining('Tente de novo em instantes') },
    ])
    expect(academy.logged.at(-1)).toMatchObject({ message: 'request failed', err: { code: '57014' } })
  } finally {
    await other.end()
  }
})
