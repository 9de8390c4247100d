/** Coming in: registration and links for passwords, as a stranger, a forgetful person and an attacker meet them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Academy,
  cookieOf,
  PORTO,
  SERRA,
  STUDENT,
  startAcademy,
  startWork,
  TEST_SERVICES,
  type Work,
} from '../../../test-support/start-academy.ts'
import { tokenHash } from '../../platform/auth/link-token.ts'
import { contract as createTeacher } from '../teachers/create-teacher/create-teacher.contract.ts'
import { makeAdministrator } from '../users/administrator/make-administrator.ts'

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

const PASSWORD = 'mangue vermelho na chuva'

const send = (method: string, path: string, body: unknown) =>
  academy.fetch(path, {
    method,
    headers: { 'content-type': 'application/json', 'accept-language': 'en' },
    body: JSON.stringify(body),
  })
const post = (path: string, body: unknown) => send('POST', path, body)
const problemOf = async (response: Response) => {
  const { code } = (await response.json()) as { code?: string }
  return [response.status, code]
}
const rows = async <R extends object>(sql: string, values: unknown[] = []) =>
  (await work.harness.pool.query<R>(sql, values)).rows

async function register(email: string, more: object = {}): Promise<string> {
  expect((await post('/registrations', { email, ...more })).status).toBe(200)
  await work.harness.runUntilIdle(30_000)
  return linkTo(email, '/app/register')
}

async function linkTo(email: string, page: string): Promise<string> {
  const { text } = await work.mailbox.newestTo(email)
  const found = new RegExp(`http://academy\\.test${page}\\?token=([\\w-]+)`).exec(text)?.[1]
  if (!found) throw new Error(`No link to ${page} in: ${text}`)
  return found
}

const finish = (token: string, over: object = {}) =>
  send('PUT', '/registrations', { token, password: PASSWORD, institutionName: 'Escola do Mangue', ...over })

test('a registration becomes an institution once; the second use of the link is refused', async () => {
  const email = 'diretora@uni.example'
  const token = await register(email)
  expect(await (await post('/registrations/read', { token })).json()).toEqual({ email, demoData: null })
  const answers = await Promise.all([finish(token), finish(token)])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  expect(await problemOf(await finish(token))).toEqual([409, 'user-already-registered'])
  expect(await problemOf(await post('/registrations/read', { token }))).toEqual([409, 'user-already-registered'])
  expect(
    await rows(
      `select i.name, i.note_limit::float8 as note, i.frequency_limit::float8 as frequency, i.demo_data, u.role, u.email
       from academy.institutions i join academy.users u on u.institution_id = i.id where u.email = $1`,
      [email],
    ),
  ).toEqual([{ name: 'Escola do Mangue', note: 7, frequency: 75, demo_data: null, role: 'staff', email }])
  const good = answers.find(({ status }) => status === 200) as Response
  expect(await (await academy.fetch('/api/me', { headers: { cookie: cookieOf(good) } })).json()).toMatchObject({
    email,
  })
  expect((await post('/api/auth/sign-in/email', { email, password: PASSWORD })).status).toBe(200)
})

test('the secret of a link is kept nowhere: the database has its hash, the queue has ids', async () => {
  const token = await register('segredo@uni.example')
  const [registration] = await rows<{ token_hash: string }>(
    `select token_hash from academy_auth.registrations where email = 'segredo@uni.example'`,
  )
  expect(registration?.token_hash).toBe(tokenHash(token))
  const payloads = await rows<{ data: object }>(
    `select data from cascata.events union all select data from cascata.commands`,
  )
  const said = JSON.stringify(payloads)
  expect(said).not.toContain(token)
  expect(said).not.toContain('segredo@uni.example')
})

test('asked twice it is one registration and the same link; expired, it says so and another is sent', async () => {
  const email = 'atrasada@uni.example'
  const token = await register(email, { demoData: 'S' })
  expect(await register(email)).toBe(token)
  await rows(`update academy_auth.registrations set expires_at = now() where email = $1`, [email])
  expect(await problemOf(await finish(token))).toEqual([409, 'registration-expired'])
  expect(await problemOf(await post('/registrations/read', { token }))).toEqual([409, 'registration-expired'])
  const other = await register(email)
  expect(other).not.toBe(token)
  expect(await problemOf(await finish(token))).toEqual([404, 'invalid-registration-token'])
  expect((await finish(other, { institutionName: 'Escola Tardia' })).status).toBe(200)
})

test('known or unknown, the answer is one; whoever has an account hears it by e-mail, and may begin another', async () => {
  const answers = await Promise.all(
    [STUDENT.email, 'ninguem@uni.example'].map(async (email) => {
      const response = await post('/registrations', { email })
      const headers = [...response.headers.keys()].filter((name) => name !== 'x-request-id')
      return { status: response.status, body: await response.json(), headers }
    }),
  )
  expect(answers[0]).toEqual(answers[1])
  await work.harness.runUntilIdle(30_000)
  const { subject, text } = await work.mailbox.newestTo(STUDENT.email)
  expect(subject).toBe('Finish your registration')
  expect(text).toContain('You have an account already.')
  expect((await work.mailbox.newestTo('ninguem@uni.example')).text).not.toContain('You have an account already.')
  expect((await finish(await linkTo(STUDENT.email, '/app/register'))).status).toBe(200)
  await post('/registrations', { email: STUDENT.email })
  await work.harness.runUntilIdle(30_000)
  expect((await work.mailbox.newestTo(STUDENT.email)).subject).toBe('You have an account already')
})

test.each([
  [{ password: 'cascata' }, 422, 'weak-password'],
  [{ password: 'Password1!' }, 422, 'common-password'],
  [{ password: 'escola do mangue' }, 422, 'personal-password'],
  [{ institutionName: '  ' }, 422, 'invalid-input'],
  [{ token: 'x'.repeat(43) }, 404, 'invalid-registration-token'],
  [{ role: 'administrator' }, 422, 'invalid-input'],
])('finished with %j: %i %s, and the link stays good', async (over, status, code) => {
  const token = await register(`quase${status}${code.length}@uni.example`)
  expect(await problemOf(await finish(token, over))).toEqual([status, code])
  expect((await post('/registrations/read', { token })).status).toBe(200)
})

test('a link that opens nothing costs no hash: it is looked at before the password is', async () => {
  const token = 'x'.repeat(43)
  expect(await problemOf(await post('/passwords', { token, password: 'short' }))).toEqual([
    404,
    'invalid-password-token',
  ])
  const used = await register('gasta@uni.example')
  expect((await finish(used)).status).toBe(200)
  expect(await problemOf(await finish(used, { password: 'short' }))).toEqual([409, 'user-already-registered'])
})

test('an address that others made accounts for, in a demonstration and elsewhere, registers like any other', async () => {
  const email = 'corrida@uni.example'
  const token = await register(email)
  const porto = await academy.signIn(PORTO.staff)
  await porto.call(createTeacher, { name: 'Corrida', email })
  expect((await finish(token)).status).toBe(200)
})

test('an address with accounts at two institutions: one message with a link for each', async () => {
  const person = PORTO.students[2] as { name: string; email: string }
  const serra = await academy.signIn(SERRA.staff)
  await serra.call(createTeacher, person)
  await work.harness.runUntilIdle(30_000)
  const before = await work.mailbox.counts()
  await post('/password-resets', { email: person.email })
  await work.harness.runUntilIdle(30_000)
  expect((await work.mailbox.counts()).messages).toBe(before.messages + 1)
  const { text } = await work.mailbox.newestTo(person.email)
  const linkOf = (institution: string) =>
    new RegExp(`${institution}:\\n\\S+/app/choose-password\\?token=([\\w-]+)`).exec(text)?.[1] ?? ''
  for (const { name } of [SERRA, PORTO]) {
    const chosen = await post('/passwords', { token: linkOf(name), password: PASSWORD })
    expect(await (await academy.fetch('/api/me', { headers: { cookie: cookieOf(chosen) } })).json()).toMatchObject({
      email: person.email,
      institution: { name },
    })
  }
})

test('one address is asked for five times an hour; a campus behind one network goes on', async () => {
  const email = 'insistente@uni.example'
  for (let i = 0; i < 5; i++) expect((await post('/registrations', { email })).status).toBe(200)
  const refused = await post('/registrations', { email })
  expect(await problemOf(refused)).toEqual([429, 'too-many-requests'])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_000)
  const neighbours = Array.from({ length: 40 }, (_, i) => `vizinho${i}@uni.example`)
  for (const neighbour of neighbours) expect((await post('/registrations', { email: neighbour })).status).toBe(200)
  await work.harness.runUntilIdle(60_000)
  expect(await rows(`select count(*)::int as n from academy_auth.registrations where email like 'vizinho%'`)).toEqual([
    { n: 40 },
  ])
})

test('a forgotten password: one link, good once, and everybody who was signed in as them is out', async () => {
  const person = PORTO.students[0] as { email: string }
  await academy.signIn(person)
  expect(await (await post('/password-resets', { email: person.email })).json()).toEqual({ accepted: true })
  await work.harness.runUntilIdle(30_000)
  const token = await linkTo(person.email, '/app/choose-password')
  expect(await (await post('/passwords/read', { token })).json()).toMatchObject({
    email: person.email,
    purpose: 'reset',
  })
  expect(await problemOf(await post('/passwords', { token, password: 'fraca' }))).toEqual([422, 'weak-password'])
  const answers = await Promise.all([1, 2].map(() => post('/passwords', { token, password: PASSWORD })))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  expect(await problemOf(await post('/passwords', { token, password: PASSWORD }))).toEqual([409, 'password-token-used'])
  const old = await academy.signIn(person)
  expect(await (await old.fetch('/api/me')).json()).toBeNull()
  expect((await post('/api/auth/sign-in/email', { email: person.email, password: PASSWORD })).status).toBe(200)
  expect(await rows('select from academy_auth.password_requests')).toEqual([])
})

test.each([
  [
    'of an invitation',
    'Porto Claro 2026',
    async () => {
      const porto = await academy.signIn(PORTO.staff)
      const { email } = await porto.call(createTeacher, { name: 'Iracema Tupinambá', email: 'iracema@uni.example' })
      await work.harness.runUntilIdle(30_000)
      return linkTo(email, '/app/choose-password')
    },
  ],
  [
    'of a forgotten password',
    'Serra Azul 2026',
    async () => {
      const { email } = SERRA.students[4] as { email: string }
      await post('/password-resets', { email })
      await work.harness.runUntilIdle(30_000)
      return linkTo(email, '/app/choose-password')
    },
  ],
  [
    'of the first administrator',
    'system administration',
    () => makeAdministrator({ pools: academy.pools, secretBox: TEST_SERVICES.secretBox }, 'primeira@adm.example'),
  ],
])('a password by a link %s: not the name of the institution (%j)', async (_, password, issue) => {
  const token = await issue()
  expect(await problemOf(await post('/passwords', { token, password }))).toEqual([422, 'personal-password'])
  expect((await post('/passwords', { token, password: PASSWORD })).status).toBe(200)
})

test('a link for a password ends after an hour', async () => {
  const person = PORTO.students[1] as { email: string }
  await post('/password-resets', { email: person.email })
  await work.harness.runUntilIdle(30_000)
  const token = await linkTo(person.email, '/app/choose-password')
  const [life] = await rows<{ minutes: number }>(
    `select round(extract(epoch from expires_at - now()) / 60)::int as minutes from academy_auth.password_tokens
     where token_hash = $1`,
    [tokenHash(token)],
  )
  expect(life?.minutes).toBe(60)
  await rows('update academy_auth.password_tokens set expires_at = now() where token_hash = $1', [tokenHash(token)])
  expect(await problemOf(await post('/passwords', { token, password: PASSWORD }))).toEqual([
    409,
    'password-token-expired',
  ])
})

test('nobody’s address is asked for like anybody’s, and no mail goes out', async () => {
  const before = await work.mailbox.counts()
  expect(await (await post('/password-resets', { email: 'ninguem.mesmo@uni.example' })).json()).toEqual({
    accepted: true,
  })
  await work.harness.runUntilIdle(30_000)
  expect((await work.mailbox.counts()).messages).toBe(before.messages)
  expect(await rows('select from academy_auth.password_requests')).toEqual([])
  expect(await problemOf(await post('/passwords/read', { token: 'y'.repeat(43) }))).toEqual([
    404,
    'invalid-password-token',
  ])
})

test('a mail service that fails at first: the second try carries the same link', async () => {
  await work.mailbox.behave({ failNext: 1 })
  const email = 'teimosa@uni.example'
  await post('/registrations', { email })
  await work.harness.runUntilIdle(30_000)
  await work.mailbox.behave({})
  await work.harness.clock.advance('5m')
  await work.harness.runUntilIdle(30_000)
  const token = await linkTo(email, '/app/register')
  expect((await post('/registrations/read', { token })).status).toBe(200)
  await work.stop()
  work = await startWork(academy) // by the real time again
})

test('nothing that a stranger sends is an error of ours', () => {
  expect(academy.logged).toEqual([])
})
