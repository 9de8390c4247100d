/** Staff create teachers and students; each is invited once, and gets the notices that have no time. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refusedAs, refusedParts } from '../../../test-support/refused.ts'
import {
  type Academy,
  PORTO,
  SERRA,
  type SignedIn,
  STUDENT,
  startAcademy,
  startWork,
  TEACHER,
  type Work,
} from '../../../test-support/start-academy.ts'
import { startTerm, type Term } from '../../../test-support/start-term.ts'
import { createClient } from '../../platform/http/client.ts'
import { contract as listNotifications } from '../notifications/list-notifications/list-notifications.contract.ts'
import { readOne } from '../notifications/read-notifications/read-notifications.contract.ts'
import { listSent, send } from '../notifications/send-notification/send-notification.contract.ts'
import { choosePassword } from '../registrations/choose-password/choose-password.contract.ts'
import { contract as createTeacher } from '../teachers/create-teacher/create-teacher.contract.ts'
import { contract as listTeachers } from '../teachers/list-teachers/list-teachers.contract.ts'
import { contract as createStudent } from './create-student/create-student.contract.ts'
import { contract as listStudents } from './list-students/list-students.contract.ts'

let academy: Academy
let work: Work
let term: Term
let staff: SignedIn
/** Nobody has signed in. */
let anybody: ReturnType<typeof createClient>
beforeAll(async () => {
  academy = await startAcademy()
  work = await startWork(academy)
  term = await startTerm(academy)
  staff = term.staff
  anybody = createClient({ fetch: ((path: string, init?: RequestInit) => academy.fetch(path, init)) as typeof fetch })
})
afterAll(async () => {
  await work?.stop()
  await academy?.stop()
})

const PASSWORD = 'Uma-senha-forte-1'

/** As the person would: the link of the newest message is opened and a password chosen. */
async function accept(email: string): Promise<SignedIn> {
  await anybody.call(choosePassword, { token: await tokenFor(email), password: PASSWORD })
  return academy.signIn({ email, password: PASSWORD })
}
async function tokenFor(email: string): Promise<string> {
  const { text } = await work.mailbox.newestTo(email)
  return /choose-password\?token=([\w-]+)/.exec(text)?.[1] ?? ''
}

const one = async <R extends object>(sql: string, values: unknown[] = []) => {
  const { rows } = await work.harness.pool.query<R>(sql, values)
  return rows[0] as R
}

/** What became of the event that somebody was created. */
const countsOf = (subject: string) =>
  one(
    `select count(distinct e.id)::int as events, array_agg(c.type order by c.type) as commands,
       count(*) filter (where s.status = 'success')::int as succeeded
     from cascata.events e
     join cascata.commands c on c.root_id = e.id
     join cascata.command_statuses s on s.id = c.id
     where e.entity_id = $1`,
    [subject],
  )

test('a teacher is invited, and enters by the link, once', async () => {
  const created = await staff.call(createTeacher, { name: 'Otto Braga', email: 'Otto.Braga@Uni.Example ' })
  expect(created).toMatchObject({ name: 'Otto Braga', email: 'otto.braga@uni.example' })
  await work.harness.runUntilIdle()
  expect(await countsOf(created.id)).toEqual({
    events: 1,
    commands: ['old-notifications.link', 'teacher-invitation.send'],
    succeeded: 2,
  })
  expect(await work.mailbox.newestTo(created.email)).toMatchObject({
    subject: 'Sua conta de professor: Universidade Serra Azul',
  })
  const token = await tokenFor(created.email)
  await accept(created.email)
  expect(await refusedAs(anybody.call(choosePassword, { token, password: PASSWORD }))).toBe('409 password-token-used')
  const { teachers, total } = await staff.call(listTeachers, { search: 'braga' })
  expect([teachers, total]).toMatchObject([
    [{ id: created.id, name: 'Otto Braga', email: created.email, classes: 0 }],
    1,
  ])
})

test('teachers are listed as a dictionary has them: an accent does not send anybody to the end', async () => {
  await staff.call(createTeacher, { name: 'Otto Seabra', email: 'otto.seabra@uni.example' })
  await staff.call(createTeacher, { name: 'Íris Seabra', email: 'iris.seabra@uni.example' })
  const first = await staff.call(listTeachers, { search: 'seabra', limit: 1 })
  const second = await staff.call(listTeachers, { search: 'seabra', limit: 1, after: first.next ?? undefined })
  expect([...first.teachers, ...second.teachers].map(({ name }) => name)).toEqual(['Íris Seabra', 'Otto Seabra'])
})

test('a student is welcomed with the course and the enrollment code', async () => {
  const asked = { name: 'Zilda Prates', email: 'zilda@alunos.example', courseOfferingId: term.offeringId }
  const created = await staff.call(createStudent, asked)
  expect(created.enrollmentCode).toMatch(/^2031[0-9A-F]{8}$/)
  await work.harness.runUntilIdle()
  expect(await countsOf(created.id)).toEqual({
    events: 1,
    commands: ['old-notifications.link', 'student-welcome-email.send'],
    succeeded: 2,
  })
  const { text } = await work.mailbox.newestTo(created.email)
  expect(text).toContain('Sistemas')
  expect(text).toContain(created.enrollmentCode)
  const [listed] = (await staff.call(listStudents, { search: 'zilda' })).students
  expect(listed).toMatchObject({ enrollmentCode: created.enrollmentCode, course: 'Sistemas', failedEmails: 0 })
})

test('the mail service is down for a moment: the link that comes is the same, and one row keeps it', async () => {
  await work.mailbox.behave({ mode: 'down' })
  const { id, email } = await staff.call(createTeacher, { name: 'Rute Sena', email: 'rute@uni.example' })
  await work.harness.runUntilIdle()
  const stored = () =>
    one<{ tokens: number; hash: string; status: string }>(
      `select count(*)::int as tokens, min(token_hash) as hash,
         (select status from academy.email_messages where entity_id = $1) as status
       from academy_auth.password_tokens where user_id = $1`,
      [id],
    )
  const before = await stored()
  expect([before.tokens, before.status]).toEqual([1, 'retrying'])
  await work.mailbox.behave({})
  await work.harness.clock.advance('5m')
  await work.harness.runUntilIdle()
  expect(await stored()).toEqual({ ...before, status: 'sent' })
  await accept(email)
})

test('what is refused', async () => {
  const student = { name: 'x', email: 'x@alunos.example', courseOfferingId: term.offeringId }
  const elsewhere = await academy.signIn(PORTO.staff)
  expect(await refusedParts(elsewhere.call(createStudent, student))).toEqual([
    '422 course-offering-not-found',
    'courseOfferingId course-offering-not-found',
  ])
  expect(await refusedParts(staff.call(createStudent, { ...student, email: 'no address' }))).toEqual([
    '422 invalid-input',
    'email invalid-email',
  ])
  expect(await refusedParts(staff.call(createStudent, { ...student, email: STUDENT.email.toUpperCase() }))).toEqual([
    '422 email-already-used',
    'email email-already-used',
  ])
  const teacher = await academy.signIn(TEACHER)
  expect(await refusedAs(teacher.call(createStudent, student))).toBe('403 wrong-role')
  expect(await one('select count(*)::int as n from academy.users where name = $1', ['x'])).toEqual({ n: 0 })
})

test('whether an address has an account elsewhere is not told, and keeps nobody out', async () => {
  const { id, email } = await staff.call(createTeacher, { name: 'Dois Empregos', email: PORTO.teachers[0].email })
  expect(
    await one('select count(*)::int as n from academy_auth.users where email = $1', [PORTO.teachers[0].email]),
  ).toEqual({ n: 2 })
  const elsewhere = await academy.signIn(PORTO.staff)
  expect(await refusedAs(elsewhere.call(createTeacher, { name: 'x', email }))).toBe('422 email-already-used')
  expect((await staff.call(listTeachers, { search: email })).teachers.map((teacher) => teacher.id)).toEqual([id])
})

test('two requests with one address: one person', async () => {
  const asked = { name: 'Gêmea', email: 'gemea@uni.example' }
  const answers = await Promise.all([1, 2].map(() => refusedAs(staff.call(createTeacher, asked))))
  expect(answers.sort()).toEqual(['422 email-already-used', 'done'])
})

test('notices reach those they are for; those without time also whoever comes later', async () => {
  const notice = (title: string, target: 'all' | 'students' | 'teachers', timeless: boolean) =>
    staff.call(send, { title, description: 'd', target, timeless })
  const people = await one<{ students: number; teachers: number }>(
    `select count(*) filter (where role = 'student')::int as students, count(*) filter (where role = 'teacher')::int as teachers
     from academy.users where institution_id = $1`,
    [academy.demo.institutionId],
  )
  expect((await notice('To all, for ever', 'all', true)).recipients).toBe(people.students + people.teachers)
  expect((await notice('To students, for ever', 'students', true)).recipients).toBe(people.students)
  expect((await notice('To teachers, for ever', 'teachers', true)).recipients).toBe(people.teachers)
  expect((await notice('To students, now', 'students', false)).recipients).toBe(people.students)

  const titles = async (session: SignedIn) =>
    (await session.call(listNotifications, {})).notifications
      .filter(({ category }) => category === 'notice')
      .map(({ title }) => title)
  expect(await titles(await academy.signIn(STUDENT))).toEqual([
    'To students, now',
    'To students, for ever',
    'To all, for ever',
  ])
  expect(await titles(await academy.signIn(TEACHER))).toEqual(['To teachers, for ever', 'To all, for ever'])

  const teacher = await staff.call(createTeacher, { name: 'Nova Professora', email: 'nova@uni.example' })
  const student = await staff.call(createStudent, {
    name: 'Novo Aluno',
    email: 'novo@uni.example',
    courseOfferingId: term.offeringId,
  })
  await work.harness.runUntilIdle()
  expect(await titles(await accept(student.email))).toEqual(['To students, for ever', 'To all, for ever'])
  const session = await accept(teacher.email)
  expect(await titles(session)).toEqual(['To teachers, for ever', 'To all, for ever'])

  const [newest] = (await session.call(listNotifications, {})).notifications
  await session.call(readOne, { notificationId: newest?.id ?? '' })
  const { notifications, next } = await staff.call(listSent, { limit: 3 })
  expect(notifications.map(({ title, viewed, recipients, timeless }) => [title, viewed, recipients, timeless])).toEqual(
    [
      ['To students, now', 0, people.students, false],
      ['To teachers, for ever', 1, people.teachers + 1, true],
      ['To students, for ever', 0, people.students + 1, true],
    ],
  )
  expect((await staff.call(listSent, { before: next ?? undefined })).notifications.map(({ title }) => title)).toEqual([
    'To all, for ever',
  ])
  expect((await (await academy.signIn(PORTO.staff)).call(listSent, {})).notifications).toEqual([])
})

test('staff of one institution see no one of another', async () => {
  const elsewhere = await academy.signIn(PORTO.staff)
  expect((await elsewhere.call(listTeachers, { search: 'braga' })).total).toBe(0)
  const names = (await elsewhere.call(listTeachers, {})).teachers.map(({ name }) => name)
  expect(names).toEqual([...PORTO.teachers.map(({ name }) => name)].sort())
  const first = await staff.call(listTeachers, { limit: 1 })
  const second = await staff.call(listTeachers, { limit: 1, after: first.next ?? undefined })
  expect(new Set([first.teachers[0]?.name, second.teachers[0]?.name]).size).toBe(2)
  expect(SERRA.teachers.length).toBeLessThan(first.total)
})
