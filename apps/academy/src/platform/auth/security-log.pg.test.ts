/** The log says what happens to accounts, by their ids: no address, no name, no password and no network in clear. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Academy, cookieOf, SERRA, startAcademy } from '../../../test-support/start-academy.ts'
import { DEMO_PASSWORD, personId } from '../../demo/people.ts'

let academy: Academy
beforeAll(async () => {
  academy = await startAcademy()
})
afterAll(() => academy?.stop())

const [ANA, BRUNO, CAIO] = SERRA.students.map(({ email }) => email) as [string, string, string]
const send = (method: string, path: string, body: object, cookie = '') =>
  academy.fetch(path, {
    method,
    headers: { 'content-type': 'application/json', ...(cookie ? { cookie } : {}) },
    body: JSON.stringify(body),
  })
const signIn = (email: string, password: string) => send('POST', '/api/auth/sign-in/email', { email, password })
const eventsOf = (email: string) =>
  academy.recorded
    .filter(({ accountIds }) => (accountIds as string[]).includes(personId(email)))
    .map(({ security }) => security)

test('a day of an account: in the order in which it happened', async () => {
  await signIn(ANA, 'wrong-password')
  const cookie = cookieOf(await signIn(ANA, DEMO_PASSWORD))
  expect((await send('POST', '/students', {}, cookie)).status).toBe(403)
  await send('PUT', '/api/me/password', { currentPassword: 'wrong', password: 'mangue vermelho na chuva' }, cookie)
  await send(
    'PUT',
    '/api/me/password',
    { currentPassword: DEMO_PASSWORD, password: 'mangue vermelho na chuva' },
    cookie,
  )
  await send('DELETE', '/api/me/sessions', {}, cookie)
  await send('POST', '/api/auth/sign-out', {}, cookie)
  expect(eventsOf(ANA)).toEqual([
    'sign-in-failed',
    'sign-in-succeeded',
    'authorization-refused',
    'current-password-wrong',
    'password-changed',
    'other-sessions-ended',
    'signed-out',
  ])
  const refused = academy.recorded.find(({ security }) => security === 'authorization-refused')
  expect(refused).toMatchObject({ operation: 'POST /students' })
})

test('a lock is told, and an address that nobody has is nobody’s', async () => {
  for (let i = 0; i < 9; i++) await signIn(BRUNO, 'wrong-password')
  expect(eventsOf(BRUNO)).toEqual([...Array<string>(8).fill('sign-in-failed'), 'sign-in-locked'])
  await signIn('nobody@uni.example', 'wrong-password')
  expect(academy.recorded.at(-1)).toMatchObject({ security: 'sign-in-failed', accountIds: [] })
})

test('nothing personal is in it, and lines of one network are seen to belong together', async () => {
  await signIn(CAIO, 'a secret that is typed')
  await signIn('nobody@uni.example', 'a secret that is typed')
  const text = JSON.stringify(academy.recorded)
  for (const word of [CAIO, 'nobody@uni.example', 'secret', 'unknown']) expect(text).not.toContain(word)
  const networks = academy.recorded.slice(-2).map(({ network }) => network)
  expect(networks[0]).toMatch(/^[\w-]{16}$/)
  expect(networks[1]).toBe(networks[0])
})
