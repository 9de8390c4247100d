import { afterAll, beforeAll, expect, test } from 'vitest'
import { QUICK_PASSWORDS } from '../../../test-support/quick-passwords.ts'
import {
  type Academy,
  cookieOf,
  PORTO,
  SERRA,
  STUDENT,
  startAcademy,
  TEACHER,
  TEST_SECRETS,
  TEST_SERVICES,
} from '../../../test-support/start-academy.ts'
import { createServer } from '../../create-server.ts'
import { DEMO_PASSWORD, institutionId as institutionIdOf, personId } from '../../demo/people.ts'
import { contract as createTeacher } from '../../modules/teachers/create-teacher/create-teacher.contract.ts'
import { readMe } from '../../modules/users/me/me.contract.ts'

let academy: Academy
beforeAll(async () => {
  academy = await startAcademy()
})
afterAll(() => academy?.stop())

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  academy.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const signIn = (email: string, password = DEMO_PASSWORD, headers: Record<string, string> = {}) =>
  post('/api/auth/sign-in/email', { email, password }, headers)
const who = async (cookie: string) => {
  const answer = await academy.fetch('/api/me', { headers: { cookie } })
  expect(answer.status).toBe(200) // a visitor may ask, too
  return ((await answer.json()) as { email: string } | null)?.email
}

test('the session is an opaque cookie that scripts cannot read, and says who it is', async () => {
  const response = await signIn(` ${TEACHER.email.toUpperCase()}`)
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ signedIn: true })
  const [line = ''] = response.headers.getSetCookie()
  expect(line).toMatch(/^academy\.session_token=[^;]{40,}; .*HttpOnly; SameSite=Lax/)
  const session = await academy.signIn(TEACHER)
  expect(await session.call(readMe, {})).toMatchObject({
    name: TEACHER.name,
    role: 'teacher',
    institution: { name: SERRA.name, noteLimit: 7, frequencyLimit: 75, timeZone: 'America/Sao_Paulo' },
  })
})

test('signing in again ends the session that the browser had before', async () => {
  const first = cookieOf(await signIn(STUDENT.email))
  const second = cookieOf(await signIn(STUDENT.email, DEMO_PASSWORD, { cookie: first }))
  expect(second).not.toBe(first)
  expect([await who(first), await who(second)]).toEqual([undefined, STUDENT.email])
})

test('signing out ends the session in the database', async () => {
  const cookie = cookieOf(await signIn(STUDENT.email))
  const out = await post('/api/auth/sign-out', {}, { cookie })
  expect(out.status).toBe(200)
  expect(await who(cookie)).toBeUndefined()
})

test('a wrong password and an unknown account are one answer', async () => {
  const answers = await Promise.all(
    [signIn(STUDENT.email, 'wrong-password'), signIn('nobody@uni.example', 'wrong-password')].map(async (response) => {
      const { status } = await response
      const { code, detail } = (await (await response).json()) as { code: string; detail: string }
      return { status, code, detail }
    }),
  )
  expect(answers[0]).toMatchObject({ status: 401, code: 'wrong-email-or-password' })
  expect(answers[1]).toEqual(answers[0])
})

test('nobody signs up, and no other door of the library is open', async () => {
  const sneak = { email: 'new@uni.example', password: 'long-enough', name: 'New', role: 'administrator' }
  for (const path of [
    '/api/auth/sign-up/email',
    '/api/auth/update-user',
    '/api/auth/change-email',
    '/api/auth/reset-password',
    '/api/auth/change-password',
    '/api/auth/list-sessions',
    '/api/auth/revoke-sessions',
    '/api/auth/enter',
    '/api/auth/two-factor/enable',
  ]) {
    expect((await post(path, sneak)).status).toBe(404)
  }
})

test.each([
  [{ origin: 'https://elsewhere.example' }, 403],
  [{ origin: 'null' }, 403],
  [{ 'sec-fetch-site': 'cross-site' }, 403],
  [{ 'sec-fetch-site': 'same-site' }, 403],
  [{ 'sec-fetch-site': 'same-origin', origin: 'http://academy.test', host: 'academy.test' }, 200],
])('a change asked for with %j: %d', async (headers, status) => {
  expect((await signIn(STUDENT.email, DEMO_PASSWORD, headers as Record<string, string>)).status).toBe(status)
})

test('a forged cookie is nobody', async () => {
  expect(await who('academy.session_token=forged.signature')).toBeUndefined()
})

test('an address has an account at two institutions: the password decides, and where it is one, the person', async () => {
  const [teacher] = PORTO.teachers
  const staff = await academy.signIn(SERRA.staff)
  const { id } = await staff.call(createTeacher, { name: teacher.name, email: teacher.email.toUpperCase() })
  const choose = async (password: string) =>
    academy.pools.auth.query(
      `insert into academy_auth.accounts (id, user_id, account_id, provider_id, password)
       values ($1::uuid, $1::uuid, $1::uuid::text, 'credential', $2)
       on conflict (provider_id, account_id) do update set password = excluded.password`,
      [id, await QUICK_PASSWORDS.hash(password)],
    )
  const institutionOf = async (response: Response) => {
    const me = await academy.fetch('/api/me', { headers: { cookie: cookieOf(response) } })
    return ((await me.json()) as { institution: { name: string } }).institution.name
  }
  expect(await institutionOf(await signIn(teacher.email))).toBe(PORTO.name)

  await choose('Another-Password-2026')
  expect(await institutionOf(await signIn(teacher.email, 'Another-Password-2026'))).toBe(SERRA.name)
  expect(await institutionOf(await signIn(teacher.email))).toBe(PORTO.name)

  await choose(DEMO_PASSWORD)
  const several = await signIn(teacher.email)
  expect(cookieOf(several)).toBe('')
  const { institutions, ...rest } = (await several.json()) as { institutions: { id: string; name: string }[] }
  expect(rest).toEqual({ signedIn: false })
  expect(institutions.map(({ name }) => name)).toEqual([PORTO.name, SERRA.name])
  for (const { id: institutionId, name } of institutions) {
    const chosen = await post('/api/auth/sign-in/email', { ...teacher, password: DEMO_PASSWORD, institutionId })
    expect(await institutionOf(chosen)).toBe(name)
  }
  for (const institutionId of [institutionIdOf(PORTO.key), crypto.randomUUID()]) {
    const wrong = await post('/api/auth/sign-in/email', {
      ...teacher,
      password: 'Another-Password-2026',
      institutionId,
    })
    expect(wrong.status).toBe(401)
  }
  // The password was compared with that of one of them alone, and only its owner is told of it.
  const { rows } = await academy.pools.auth.query(
    `select user_id as "userId" from academy_auth.sign_ins where outcome = 'wrong-password' and user_id = any($1)`,
    [[id, personId(teacher.email)]],
  )
  expect(rows).toEqual([{ userId: personId(teacher.email) }])
})

test('behind TLS the cookies are sent to this host only, and through TLS only', async () => {
  const { pools } = academy
  const log = { info: () => {}, error: () => {} }
  const { sessionSecret } = TEST_SECRETS
  const { fetch } = createServer({
    pools,
    services: TEST_SERVICES,
    sessionSecret,
    secureCookies: true,
    passwords: QUICK_PASSWORDS,
    hosts: () => true,
    log,
  })
  const request = new Request('http://academy.test/api/auth/sign-in/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: STUDENT.email, password: DEMO_PASSWORD }),
  })
  const cookies = (await fetch(request)).headers.getSetCookie()
  expect(cookies.map((line) => line.split('=')[0])).toEqual(['__Host-academy.session_token', '__Host-academy.device'])
  for (const line of cookies) {
    expect(line).toMatch(/; Secure/)
    expect(line).toMatch(/Path=\//)
    expect(line).not.toMatch(/Domain/i)
  }
})
