/** Everybody's own account: the password is changed by who knows it, sessions are seen and ended, and what they had open ends. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Academy,
  cookieOf,
  PORTO,
  SERRA,
  startAcademy,
  startWork,
  type Work,
} from '../../../../test-support/start-academy.ts'
import { DEMO_PASSWORD } from '../../../demo/people.ts'
import { forgetOldCounts } from '../../../platform/auth/count-upkeep.ts'

let academy: Academy
let work: Work
beforeAll(async () => {
  academy = await startAcademy()
  work = await startWork(academy)
})
afterAll(async () => {
  await work?.stop()
  await academy?.stop()
})

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'
const NEW_PASSWORD = 'mangue vermelho na chuva'

const send = (method: string, path: string, cookie: string, body?: object) =>
  academy.fetch(path, {
    method,
    headers: { cookie, 'accept-language': 'en', ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
async function signIn(email: string, password = DEMO_PASSWORD, userAgent = CHROME): Promise<string> {
  const answer = await academy.fetch('/api/auth/sign-in/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': userAgent },
    body: JSON.stringify({ email, password }),
  })
  expect(answer.status).toBe(200)
  return cookieOf(answer)
}
type Session = {
  id: string
  here: boolean
  browser: string | null
  system: string | null
  seenAt: string
  endsAt: string
}
const account = async (cookie: string) =>
  (await (await send('GET', '/api/me/account', cookie)).json()) as {
    hasPassword: boolean
    sessions: Session[]
    signIns: { outcome: string; browser: string | null; system: string | null }[]
  }
const isIn = async (cookie: string) => (await (await send('GET', '/api/me', cookie)).json()) !== null
const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { code?: string }).code]
const change = (cookie: string, password: string, currentPassword = DEMO_PASSWORD) =>
  send('PUT', '/api/me/password', cookie, { currentPassword, password })
const [ANA, BRUNO, CAIO, DORA, EVA] = SERRA.students.map(({ email }) => email) as [
  string,
  string,
  string,
  string,
  string,
]

test('a changed password signs every other device out, and its owner is told by e-mail', async () => {
  const [here, elsewhere] = [await signIn(ANA), await signIn(ANA)]
  expect(await codeOf(await change(here, NEW_PASSWORD, 'not the password'))).toEqual([422, 'wrong-current-password'])
  expect(await codeOf(await change(here, 'Password1!'))).toEqual([422, 'common-password'])
  const changed = await change(here, NEW_PASSWORD)
  expect(await changed.json()).toEqual({ changed: true })
  expect([await isIn(here), await isIn(elsewhere)]).toEqual([true, false])
  await signIn(ANA, NEW_PASSWORD)
  await work.harness.runUntilIdle()
  expect((await work.mailbox.newestTo(ANA)).subject).toMatch(/^(Sua senha foi trocada|Your password was changed)$/)
})

test('whoever came by a session may not guess the password in it', async () => {
  const cookie = await signIn(BRUNO)
  const statuses: number[] = []
  for (let i = 0; i < 9; i++) statuses.push((await change(cookie, NEW_PASSWORD, `guess ${i}`)).status)
  expect(statuses).toEqual([...Array<number>(8).fill(422), 429])
  await signIn(BRUNO) // the owner signs in meanwhile
})

test('sessions are listed with their devices, and ended one by one or all others at once', async () => {
  const here = await signIn(CAIO)
  const [second, third, fourth] = [await signIn(CAIO), await signIn(CAIO, DEMO_PASSWORD, ''), await signIn(CAIO)]
  const { sessions, hasPassword } = await account(here)
  expect(hasPassword).toBe(true)
  expect(sessions.filter(({ here }) => here)).toHaveLength(1)
  expect(sessions.map(({ browser, system }) => `${browser} ${system}`).sort()).toEqual([
    'Chrome Windows',
    'Chrome Windows',
    'Chrome Windows',
    'null null',
  ])
  const ofSecond = (await account(second)).sessions.find((each) => each.here)?.id
  expect((await send('DELETE', `/api/me/sessions/${ofSecond}`, here)).status).toBe(200)
  expect([await isIn(here), await isIn(second), await isIn(third)]).toEqual([true, false, true])
  expect(await codeOf(await send('DELETE', `/api/me/sessions/${ofSecond}`, here))).toEqual([404, 'session-not-found'])
  expect(await (await send('DELETE', '/api/me/sessions', here)).json()).toEqual({ ended: 2 })
  expect([await isIn(here), await isIn(third), await isIn(fourth)]).toEqual([true, false, false])
})

test('who came in lately and who tried is shown to the owner of the account, for thirty days', async () => {
  const { email } = PORTO.students[1] as { email: string }
  const refused = await academy.fetch('/api/auth/sign-in/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': '' },
    body: JSON.stringify({ email, password: 'not the password' }),
  })
  expect(refused.status).toBe(401)
  const cookie = await signIn(email)
  expect((await account(cookie)).signIns).toMatchObject([
    { outcome: 'signed-in', browser: 'Chrome', system: 'Windows' },
    { outcome: 'wrong-password', browser: null, system: null },
  ])
  await work.harness.pool.query(
    `update academy_auth.sign_ins s set at = now() - interval '31 days'
     from academy_auth.users u where u.id = s.user_id and u.email = $1 and s.outcome = 'signed-in'`,
    [email],
  )
  expect((await account(cookie)).signIns.map(({ outcome }) => outcome)).toEqual(['wrong-password'])
  const onError = (error: unknown) => expect.unreachable(String(error))
  await forgetOldCounts(academy.pools.auth, { closing: new AbortController().signal, onError })
  const { rows } = await academy.pools.auth.query(
    `select from academy_auth.sign_ins where at < now() - interval '30 days'`,
  )
  expect(rows).toEqual([])
  const other = await signIn(SERRA.teachers[0].email)
  expect((await account(other)).signIns.map(({ outcome }) => outcome)).toEqual(['signed-in'])
})

test('however many tries of one kind there were, those of every other and who came in are shown', async () => {
  const { email } = PORTO.students[2] as { email: string }
  const cookie = await signIn(email)
  await academy.pools.auth.query(
    `insert into academy_auth.sign_ins (user_id, at, outcome, user_agent)
     select id, now() + n * interval '1 second', case when n > 2 then 'wrong-password' when n = 2 then 'wrong-code' else 'no-code' end, ''
     from academy_auth.users, generate_series(1, 30) n where email = $1`,
    [email],
  )
  const outcomes = (await account(cookie)).signIns.map(({ outcome }) => outcome)
  expect(outcomes).toEqual([...Array<string>(10).fill('wrong-password'), 'wrong-code', 'no-code', 'signed-in'])
})

test('nobody ends the session of somebody else', async () => {
  const [mine, theirs] = [await signIn(DORA), await signIn(PORTO.staff.email)]
  const ofThem = (await account(theirs)).sessions.find((each) => each.here)?.id
  expect((await send('DELETE', `/api/me/sessions/${ofThem}`, mine)).status).toBe(404)
  expect(await isIn(theirs)).toBe(true)
})

test('a session ends thirty days after sign-in however it is used, an administrator’s after twelve hours', async () => {
  const ages = { [EVA]: '30 days', [PORTO.teachers[0].email]: '29 days', 'helena.prado@adm.example': '12 hours' }
  const signedIn: boolean[] = []
  for (const [email, age] of Object.entries(ages)) {
    const cookie = await signIn(email)
    await academy.pools.auth.query(
      `update academy_auth.sessions s set created_at = now() - $2::interval
       from academy_auth.users u where u.id = s.user_id and u.email = $1`,
      [email, age],
    )
    signedIn.push(await isIn(cookie))
  }
  expect(signedIn).toEqual([false, true, false])
})

test('what the database has of a session opens nothing', async () => {
  const cookie = await signIn(PORTO.teachers[0].email)
  const token = decodeURIComponent(/session_token=([^;.]+)/.exec(cookie)?.[1] ?? '')
  expect(token).toHaveLength(32)
  const { rows } = await academy.pools.auth.query<{ token: string }>('select token from academy_auth.sessions')
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.map((row) => row.token)).not.toContain(token)
})

test.each([
  ['they sign out', (cookie: string) => send('POST', '/api/auth/sign-out', cookie, {})],
  ['it is ended elsewhere', async () => send('DELETE', '/api/me/sessions', await signIn(PORTO.staff.email))],
])('a stream ends with its session: %s', async (_, endIt) => {
  const cookie = await signIn(PORTO.staff.email)
  const streaming = await send('GET', '/notifications/stream', cookie)
  expect(streaming.headers.get('content-type')).toContain('text/event-stream')
  const reading = streaming.text() // until it ends
  expect((await endIt(cookie)).status).toBe(200)
  expect(await reading).toContain('event: snapshot')
})

test('a stream whose session goes on stays open', async () => {
  const [staying, ending] = [await signIn(SERRA.staff.email), await signIn(SERRA.staff.email)]
  const stays = await send('GET', '/notifications/stream', staying)
  const ends = await send('GET', '/notifications/stream', ending)
  let hasEnded = false
  const reading = stays.text().then(() => {
    hasEnded = true
  })
  await send('POST', '/api/auth/sign-out', ending, {})
  await ends.text() // both were looked at together
  expect(hasEnded).toBe(false)
  await send('POST', '/api/auth/sign-out', staying, {})
  await reading
})
