/** Access ends at one moment: a session that was allowed before it and is written after it does not begin. */
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Academy,
  cookieOf,
  SERRA,
  startAcademy,
  startWork,
  type Work,
} from '../../../test-support/start-academy.ts'
import { startTerm } from '../../../test-support/start-term.ts'
import { waitFor } from '../../../test-support/wait-for.ts'
import { DEMO_PASSWORD, institutionId, personId } from '../../demo/people.ts'
import { correctStudentAddress } from '../../modules/people/correct-address/correct-address.contract.ts'
import { contract as createStudent } from '../../modules/students/create-student/create-student.contract.ts'

let academy: Academy
let work: Work
beforeAll(async () => {
  academy = await startAcademy()
  work = await startWork(academy)
  await academy.signIn(SERRA.staff) // whoever is the first deletes old sessions, which would wait as well
})
afterAll(async () => {
  await work?.stop()
  await academy?.stop()
})

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  academy.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const who = async (cookie: string) =>
  ((await (await academy.fetch('/api/me', { headers: { cookie } })).json()) as { email: string } | null)?.email

/** Runs `end` when whatever `begin` asks for has been allowed, and its session waits to be written. */
async function endAccessWhile<T>(begin: () => Promise<T>, end: (tx: pg.Client) => Promise<unknown>): Promise<T> {
  const holder = new pg.Client({ connectionString: academy.url })
  await holder.connect()
  try {
    await holder.query('begin')
    await holder.query(`select set_config('cascata.tenant', $1, true)`, [institutionId(SERRA.key)])
    await holder.query('lock table academy_auth.sessions in exclusive mode')
    const begun = begin()
    await waitFor('session that waits to be written', async () => {
      const { rows } = await holder.query(
        `select from pg_locks where relation = 'academy_auth.sessions'::regclass and not granted`,
      )
      return rows.length > 0
    })
    await end(holder)
    await holder.query('commit')
    return await begun
  } finally {
    await holder.end()
  }
}

const [ANA, BRUNO, CAIO, DORA] = SERRA.students.map(({ email }) => email) as [string, string, string, string]

test.each([
  ['the address is corrected', ANA, `select academy_auth.correct_email($1, 'ana.certa@uni.example')`],
  ['the password is changed', BRUNO, `select academy_auth.change_password($1, 'a hash', gen_random_uuid())`],
  [
    'two-step verification is turned on',
    DORA,
    `select academy_auth.begin_authenticator($1, 'sealed'),
       academy_auth.confirm_authenticator($1, 'sealed', 1, array['a hash'], gen_random_uuid())`,
  ],
])('somebody signs in at the moment in which %s: they are not in', async (_, email, ending) => {
  const answer = await endAccessWhile(
    () => post('/api/auth/sign-in/email', { email, password: DEMO_PASSWORD }),
    (tx) => tx.query(ending, [personId(email)]),
  )
  expect([answer.status, ((await answer.json()) as { code?: string }).code]).toEqual([401, 'wrong-email-or-password'])
  expect(answer.headers.getSetCookie()).toEqual([])
  const { rows } = await academy.pools.auth.query('select from academy_auth.sessions where user_id = $1', [
    personId(email),
  ])
  expect(rows).toEqual([])
})

test('a door is opened at the moment in which the password of whoever opens it is changed: nobody is behind it', async () => {
  const created = await post('/demo-institutions', { demoData: 'S' })
  const { institutionId: demo } = (await created.json()) as { institutionId: string }
  await work.harness.runUntilIdle()
  const headers = { cookie: cookieOf(created) }
  const { rows } = await academy.pools.auth.query<{ id: string }>(
    `select id from academy_auth.users where institution_id = $1 and role = 'staff'`,
    [demo],
  )
  const answer = await endAccessWhile(
    () => post('/demo-institutions/doors', { role: 'student' }, headers),
    (tx) => tx.query('update academy_auth.users set access_version = access_version + 1 where id = $1', [rows[0]?.id]),
  )
  expect([answer.status, answer.headers.getSetCookie()]).toEqual([401, []])
})

test('whoever changes a password goes on, and signs in with the new one', async () => {
  const cookie = cookieOf(await post('/api/auth/sign-in/email', { email: CAIO, password: DEMO_PASSWORD }))
  const password = 'mangue vermelho na chuva'
  const changed = await academy.fetch('/api/me/password', {
    method: 'PUT',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify({ currentPassword: DEMO_PASSWORD, password }),
  })
  expect(changed.status).toBe(200)
  expect(await who(cookie)).toBe(CAIO)
  expect((await post('/api/auth/sign-in/email', { email: CAIO, password })).status).toBe(200)
})

test('a choice of password that is sent again after the address was corrected is answered, and lets nobody in', async () => {
  const { staff, offeringId: courseOfferingId } = await startTerm(academy)
  const wrong = 'endereco.errado@uni.example'
  const { id } = await staff.call(createStudent, { name: 'Endereço Errado', email: wrong, courseOfferingId })
  await work.harness.runUntilIdle()
  const token = /choose-password\?token=([\w-]+)/.exec((await work.mailbox.newestTo(wrong)).text)?.[1]
  const choose = () =>
    post('/passwords', { token, password: 'mangue vermelho na chuva' }, { 'idempotency-key': 'the-same-choice' })
  expect(await who(cookieOf(await choose()))).toBe(wrong)
  await staff.call(correctStudentAddress, { studentId: id, email: 'endereco.certo@uni.example', reason: 'Digitação.' })
  const again = await choose()
  expect([again.status, cookieOf(again)]).toEqual([401, ''])
})
