/** Guessing over HTTP, from real addresses: what guessers, their victims and the neighbours of both are answered. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Answered, type ListeningServer, listen } from '../../../test-support/listening-server.ts'
import { type Academy, PORTO, SERRA, startAcademy, TEACHER } from '../../../test-support/start-academy.ts'
import { DEMO_PASSWORD } from '../../demo/people.ts'
import { FAILURES_MAX } from './sign-in-guard.ts'

let academy: Academy
let server: ListeningServer
beforeAll(async () => {
  academy = await startAcademy()
  server = await listen(academy.fetchRequest)
})
beforeEach(() => academy.pools.auth.query('delete from academy_auth.sign_in_failures'))
afterAll(async () => {
  await server?.close()
  await academy?.stop()
})

const HERE = '127.0.0.1'
const ELSEWHERE = '127.0.0.77'
const signIn = (email: string, password: string, { from = HERE, cookie = '' } = {}) =>
  server.ask({
    method: 'POST',
    path: '/api/auth/sign-in/email',
    from,
    headers: cookie ? { cookie } : {},
    body: { email, password },
  })
const deviceOf = ({ headers }: Answered) =>
  headers['set-cookie']?.map((line) => line.split(';')[0] ?? '').find((pair) => pair.startsWith('academy.device=')) ??
  ''
const codeOf = (answer: Answered) => (answer.json() as { code?: string }).code
const countFailures = async (subject: string, failures: number) => {
  await academy.pools.auth.query(
    `insert into academy_auth.sign_in_failures (subject, failures)
     values (split_part($1, ':', 1) || ':' || translate(encode(sha256(split_part($1, ':', 2)::bytea), 'base64'), '+/=', '-_'), $2)
     on conflict (subject) do update set failures = excluded.failures`,
    [subject, failures],
  )
}

test('eight wrong passwords, then nobody signs in from there; from elsewhere the owner does', async () => {
  const statuses: number[] = []
  for (let i = 0; i < FAILURES_MAX.pair + 2; i++) statuses.push((await signIn(TEACHER.email, `wrong ${i}`)).status)
  expect(statuses).toEqual([...Array<number>(FAILURES_MAX.pair).fill(401), 429, 429])
  const refused = await signIn(TEACHER.email, DEMO_PASSWORD)
  expect([refused.status, codeOf(refused)]).toEqual([429, 'too-many-attempts'])
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect((await signIn(TEACHER.email, DEMO_PASSWORD, { from: ELSEWHERE })).status).toBe(200)
  expect((await signIn(SERRA.teachers[1].email, DEMO_PASSWORD)).status).toBe(200)
})

test('of forty guesses at once no more are verified than of forty in a row', async () => {
  const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => signIn(TEACHER.email, `wrong ${i}`)))
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(FAILURES_MAX.pair)
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(40 - FAILURES_MAX.pair)
})

test('an account that many places guess at: its owner comes in on a known device, or by a link; nobody by a password alone', async () => {
  const email = PORTO.staff.email
  const device = deviceOf(await signIn(email, DEMO_PASSWORD))
  await countFailures(`account:${email}`, FAILURES_MAX.account)
  const stranger = await signIn(email, DEMO_PASSWORD, { from: ELSEWHERE })
  expect([stranger.status, codeOf(stranger)]).toEqual([403, 'proof-needed'])
  expect((await signIn(email, DEMO_PASSWORD, { from: ELSEWHERE, cookie: device })).status).toBe(200)
  // A device that somebody else is known on is none of theirs.
  const neighbour = deviceOf(await signIn(TEACHER.email, DEMO_PASSWORD))
  expect((await signIn(email, DEMO_PASSWORD, { from: ELSEWHERE, cookie: neighbour })).status).toBe(403)

  const token = 'a-link-that-was-sent'
  await academy.pools.auth.query(
    `insert into academy_auth.password_tokens (id, user_id, purpose, token_hash, expires_at)
     select gen_random_uuid(), id, 'reset', translate(encode(sha256($2::bytea), 'base64'), '+/=', '-_'), now() + interval '1 hour'
     from academy_auth.users where email = $1`,
    [email, token],
  )
  const password = 'mangue vermelho na chuva'
  const chosen = await server.ask({ method: 'POST', path: '/passwords', from: ELSEWHERE, body: { token, password } })
  expect(chosen.status).toBe(200)
  expect((await signIn(email, password, { from: ELSEWHERE, cookie: deviceOf(chosen) })).status).toBe(200)
})

test('wrong passwords of one guesser leave the neighbours behind the same address in', async () => {
  await countFailures(`address:${HERE}`, 399)
  expect((await signIn('nobody@uni.example', 'wrong')).status).toBe(401)
  expect((await signIn(TEACHER.email, DEMO_PASSWORD)).status).toBe(200)
})

test('an unknown account is answered as a known one, however often', async () => {
  await countFailures('account:nobody@uni.example', FAILURES_MAX.account)
  expect(codeOf(await signIn('nobody@uni.example', 'wrong'))).toBe('proof-needed')
})
