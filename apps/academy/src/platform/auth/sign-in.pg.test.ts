import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Academy,
  cookieOf,
  PORTO,
  SERRA,
  STUDENT,
  startAcademy,
  TEACHER,
} from '../../../test-support/start-academy.ts'
import { DEMO_PASSWORD } from '../../demo/people.ts'
import { readMe } from '../../modules/users/me/me.contract.ts'
import { createSignInGuard, FAILURES_MAX } from './sign-in-guard.ts'

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
    [signIn(STUDENT.email, 'wrong-password'), signIn('nobody@exemplo.dev', 'wrong-password')].map(async (response) => {
      const { status } = await response
      const { code, detail } = (await (await response).json()) as { code: string; detail: string }
      return { status, code, detail }
    }),
  )
  expect(answers[0]).toMatchObject({ status: 401, code: 'wrong-email-or-password' })
  expect(answers[1]).toEqual(answers[0])
})

test('guessing at one account is slowed down, and a campus behind one address goes on signing in', async () => {
  const [victim, neighbour] = PORTO.students as readonly { email: string }[]
  if (!victim || !neighbour) throw new Error('two students are needed')
  const guard = createSignInGuard(academy.pools.auth)
  for (let i = 0; i < FAILURES_MAX.accountFromAddress; i++) await guard.failed(victim.email, 'unknown')

  const refused = await signIn(victim.email)
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await refused.json()).toMatchObject({ code: 'too-many-attempts' })
  expect((await signIn(neighbour.email)).status).toBe(200)
  // Failures from another address do not lock the owner out.
  expect(await guard.waitSeconds(victim.email, 'another address')).toBeUndefined()
})

test('nobody signs up, and no other door of the library is open', async () => {
  const sneak = { email: 'new@exemplo.dev', password: 'long-enough', name: 'New', role: 'administrator' }
  for (const path of [
    '/api/auth/sign-up/email',
    '/api/auth/update-user',
    '/api/auth/change-email',
    '/api/auth/reset-password',
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
