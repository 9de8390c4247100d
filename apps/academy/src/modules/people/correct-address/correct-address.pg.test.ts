/** An address turns out to be wrong: what it opened ends, the right one gets a way in, and who did it and why is kept. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refusedAs } from '../../../../test-support/refused.ts'
import {
  type Academy,
  cookieOf,
  PORTO,
  SERRA,
  type SignedIn,
  type Work,
} from '../../../../test-support/start-academy.ts'
import { type People, startPeople } from '../../../../test-support/start-people.ts'
import { DEMO_PASSWORD, personId } from '../../../demo/people.ts'
import { contract as listStudents } from '../../students/list-students/list-students.contract.ts'
import { contract as createTeacher } from '../../teachers/create-teacher/create-teacher.contract.ts'
import { correctStudentAddress, correctTeacherAddress, listCorrections } from './correct-address.contract.ts'

let people: People
let academy: Academy
let work: Work
let staff: SignedIn
beforeAll(async () => {
  people = await startPeople()
  ;({ academy, work, staff } = people)
})
afterAll(() => people?.stop())

const PASSWORD = 'Cascata-2026-correta'
const REASON = 'Erro de digitação no formulário.'

const choose = (token: string) => people.choosePassword(token, PASSWORD)
const newStudent = (email?: string) => people.newStudent('Erro de Digitação', email)
const codeOf = async (response: Response) => ((await response.json()) as { code?: string }).code
const signIn = async (email: string, password = PASSWORD) =>
  (await people.post('/api/auth/sign-in/email', { email, password })).status
const who = async (cookie: string) => {
  const answer = await academy.fetch('/api/me', { headers: { cookie } })
  return ((await answer.json()) as { email: string } | null)?.email
}
const messagesTo = async (email: string) =>
  (await work.mailbox.messages()).filter(({ to }) => JSON.stringify(to).includes(email)).map(({ subject }) => subject)

test('the link that went to the wrong address is dead, and the right one gets one that works', async () => {
  const { id, email: wrong } = await newStudent()
  const strangers = await people.tokenTo(wrong)
  const email = people.newAddress('certa')
  expect(
    await staff.call(correctStudentAddress, { studentId: id, email: email.toUpperCase(), reason: REASON }),
  ).toEqual({ id, email, corrected: true, sentAgain: 0 })
  for (const path of ['/passwords/read', '/passwords']) {
    const dead = await people.post(path, { token: strangers, ...(path === '/passwords' ? { password: PASSWORD } : {}) })
    expect([dead.status, await codeOf(dead)]).toEqual([404, 'invalid-password-token'])
  }
  await work.harness.runUntilIdle()
  const chosen = await choose(await people.tokenTo(email))
  expect(await who(cookieOf(chosen))).toBe(email)
  expect((await staff.call(listStudents, { search: email })).total).toBe(1)
})

test('whoever had come in by the wrong address is out, and the password they chose opens nothing', async () => {
  const { id, email: wrong } = await newStudent()
  const stranger = cookieOf(await choose(await people.tokenTo(wrong)))
  const another = cookieOf(await people.post('/api/auth/sign-in/email', { email: wrong, password: PASSWORD }))
  await people.post('/password-resets', { email: wrong })
  await work.harness.runUntilIdle()
  const reset = await people.tokenTo(wrong)
  const email = people.newAddress('certa')
  await staff.call(correctStudentAddress, { studentId: id, email, reason: REASON })
  expect([await who(stranger), await who(another)]).toEqual([undefined, undefined])
  expect([await signIn(wrong), await signIn(email)]).toEqual([401, 401])
  expect((await choose(reset)).status).toBe(404)

  await work.harness.runUntilIdle()
  expect((await work.mailbox.newestTo(email)).text).toContain('a senha que a conta tinha não vale mais')
  expect((await choose(await people.tokenTo(email))).status).toBe(200)
  expect([await signIn(wrong), await signIn(email)]).toEqual([401, 200])
})

test('what was open by the wrong address, a stream of events, ends', async () => {
  const { id, email: wrong } = await newStudent()
  const stranger = cookieOf(await choose(await people.tokenTo(wrong)))
  const streaming = await academy.fetch('/notifications/stream', { headers: { cookie: stranger } })
  expect(streaming.headers.get('content-type')).toContain('text/event-stream')
  const reading = streaming.text() // until it ends
  await staff.call(correctStudentAddress, { studentId: id, email: people.newAddress('certa'), reason: REASON })
  expect(await reading).toContain('event: snapshot')
})

test('a password that no link to the wrong address has chosen stays; sessions end all the same', async () => {
  const [, teacher] = SERRA.teachers
  const before = await academy.signIn(teacher)
  const email = people.newAddress('livia')
  await staff.call(correctTeacherAddress, { teacherId: personId(teacher.email), email, reason: REASON })
  expect(await (await before.fetch('/api/me')).json()).toBeNull()
  expect([await signIn(teacher.email, DEMO_PASSWORD), await signIn(email, DEMO_PASSWORD)]).toEqual([401, 200])
  await work.harness.runUntilIdle()
  const { text } = await work.mailbox.newestTo(email)
  expect(text).toContain('A sua senha continua a mesma.')
  expect(text).not.toContain('token=')
})

test('the old address is told, without a name, another address or a link; then it is forgotten', async () => {
  const { id, email: wrong, name } = await newStudent()
  const email = people.newAddress('certa')
  await staff.call(correctStudentAddress, { studentId: id, email, reason: REASON })
  await work.harness.runUntilIdle()
  const { subject, text } = await work.mailbox.newestTo(wrong)
  expect(subject).toBe('Este e-mail foi trocado em Universidade Serra Azul')
  for (const told of [name, email, REASON, 'http']) expect(text).not.toContain(told)
  expect(await people.rows('select from academy.former_addresses where user_id = $1', [id])).toEqual([])
})

test('an address that was refused is not told, and the welcome that it never got goes to the right one', async () => {
  const wrong = people.newAddress('recusada')
  await work.mailbox.behave({ rejectAddresses: [wrong] })
  const { id } = await newStudent(wrong)
  await people.rows('update academy_auth.password_tokens set expires_at = now() where user_id = $1', [id])
  const email = people.newAddress('aceita')
  expect(await staff.call(correctStudentAddress, { studentId: id, email, reason: REASON })).toMatchObject({
    corrected: true,
    sentAgain: 1,
  })
  await work.harness.runUntilIdle()
  expect(await messagesTo(email)).toEqual(['Boas-vindas! Sua conta: Universidade Serra Azul'])
  expect(await messagesTo(wrong)).toEqual([])
  expect(await people.rows('select from academy.former_addresses where user_id = $1', [id])).toEqual([])
  expect((await choose(await people.tokenTo(email))).status).toBe(200)
})

test('a message that was being tried again when the address was corrected carries no link to anybody', async () => {
  await work.mailbox.behave({ mode: 'down' })
  const { id, email: wrong } = await newStudent()
  const email = people.newAddress('certa')
  await staff.call(correctStudentAddress, { studentId: id, email, reason: REASON })
  await work.mailbox.behave({})
  await work.harness.clock.advance('10m')
  await work.harness.runUntilIdle()
  expect(await messagesTo(email)).toEqual(['Seu e-mail em Universidade Serra Azul foi corrigido'])
  expect(await messagesTo(wrong)).toEqual(['Este e-mail foi trocado em Universidade Serra Azul'])
  expect(
    await people.rows(
      `select status, reason from academy.email_messages where recipient_id = $1 and purpose = 'student-welcome'`,
      [id],
    ),
  ).toEqual([{ status: 'cancelled', reason: 'link-ended' }])
  expect((await choose(await people.tokenTo(email))).status).toBe(200)
})

test('who corrected it, when and why is kept and shown; the addresses are not', async () => {
  const { id, email: wrong } = await newStudent()
  const email = people.newAddress('certa')
  await staff.call(correctStudentAddress, { studentId: id, email, reason: REASON })
  const { corrections } = await staff.call(listCorrections, { userId: id })
  expect(corrections).toMatchObject([{ by: SERRA.staff.name, reason: REASON }])
  const [kept] = await people.rows<{ all: string }>(
    'select to_jsonb(a)::text as all from academy.audit_entries a where id = $1',
    [corrections[0]?.id],
  )
  expect(kept?.all).not.toContain(wrong)
  expect(kept?.all).not.toContain(email)
  const facts = await people.rows<{ all: string }>(
    `select data::text as all from cascata.events where entity_id = $1
     union all select data::text from cascata.commands where data::text like '%' || $1 || '%'`,
    [corrections[0]?.id],
  )
  expect(facts.length).toBeGreaterThan(0)
  expect(JSON.stringify(facts)).not.toContain('@')
  const elsewhere = await academy.signIn(PORTO.staff)
  expect(await refusedAs(elsewhere.call(listCorrections, { userId: id }))).toBe('404 person-not-found')
})

test('the same address once more ends nothing', async () => {
  const { id, email } = await newStudent()
  const cookie = cookieOf(await choose(await people.tokenTo(email)))
  expect(await staff.call(correctStudentAddress, { studentId: id, email, reason: REASON })).toEqual({
    id,
    email,
    corrected: false,
    sentAgain: 0,
  })
  expect(await who(cookie)).toBe(email)
  expect((await staff.call(listCorrections, { userId: id })).corrections).toEqual([])
})

test('a teacher’s address is corrected in the same way', async () => {
  const wrong = people.newAddress('professora')
  const { id } = await staff.call(createTeacher, { name: 'Professora', email: wrong })
  await work.harness.runUntilIdle()
  const strangers = await people.tokenTo(wrong)
  const email = people.newAddress('professora')
  await staff.call(correctTeacherAddress, { teacherId: id, email, reason: REASON })
  expect((await choose(strangers)).status).toBe(404)
  await work.harness.runUntilIdle()
  expect((await choose(await people.tokenTo(email))).status).toBe(200)
})

test('only people of the institution, in their role, to an address that nobody of it has', async () => {
  const { id } = await newStudent()
  const correction = { email: people.newAddress('x'), reason: REASON }
  const elsewhere = await academy.signIn(PORTO.staff)
  expect(await refusedAs(elsewhere.call(correctStudentAddress, { studentId: id, ...correction }))).toBe(
    '404 student-not-found',
  )
  expect(await refusedAs(staff.call(correctTeacherAddress, { teacherId: id, ...correction }))).toBe(
    '404 teacher-not-found',
  )
  expect(
    await refusedAs(staff.call(correctStudentAddress, { studentId: id, ...correction, email: SERRA.staff.email })),
  ).toBe('422 email-already-used')
  // The address of somebody at another institution is as good as any.
  await staff.call(correctStudentAddress, { studentId: id, ...correction, email: PORTO.staff.email })
  expect(await signIn(PORTO.staff.email, DEMO_PASSWORD)).toBe(200)
})
