/** People who never came are invited again: with a link that works, whatever became of the first. */
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
import { personId } from '../../../demo/people.ts'
import { contract as listStudents } from '../../students/list-students/list-students.contract.ts'
import { contract as createTeacher } from '../../teachers/create-teacher/create-teacher.contract.ts'
import { contract as listTeachers } from '../../teachers/list-teachers/list-teachers.contract.ts'
import { contract as inviteAgain } from './invite-again.contract.ts'

let people: People
let academy: Academy
let work: Work
let staff: SignedIn
beforeAll(async () => {
  people = await startPeople()
  ;({ academy, work, staff } = people)
})
afterAll(() => people?.stop())

const choose = (token: string) => people.choosePassword(token, 'Cascata-2026-nova')
const newStudent = () => people.newStudent('Nunca Veio')
const shown = async (email: string) => (await staff.call(listStudents, { search: email })).students[0]

test('a student whose link expired gets another, in the words of the first', async () => {
  const { id, email } = await newStudent()
  const first = await people.tokenTo(email)
  await people.rows('update academy_auth.password_tokens set expires_at = now() where user_id = $1', [id])
  const before = await shown(email)
  expect(before).toMatchObject({ hasPassword: false, invitedAt: expect.any(String) })
  expect(await staff.call(inviteAgain, { role: 'student', people: [id] })).toEqual({
    invited: 1,
    recently: 0,
    entered: 0,
  })
  await work.harness.runUntilIdle()
  expect((await work.mailbox.newestTo(email)).subject).toBe('Boas-vindas! Sua conta: Universidade Serra Azul')
  const second = await people.tokenTo(email)
  expect(second).not.toBe(first)
  expect((await choose(first)).status).toBe(409)
  expect((await choose(second)).status).toBe(200)
  const after = await shown(email)
  expect(after?.hasPassword).toBe(true)
  expect(Date.parse(after?.invitedAt ?? '')).toBeGreaterThan(Date.parse(before?.invitedAt ?? ''))
})

test('a teacher too', async () => {
  const { id, email } = await staff.call(createTeacher, { name: 'Nunca Veio', email: people.newAddress('professor') })
  await work.harness.runUntilIdle()
  expect((await staff.call(listTeachers, { search: email })).teachers[0]).toMatchObject({ hasPassword: false })
  await staff.call(inviteAgain, { role: 'teacher', people: [id] })
  await work.harness.runUntilIdle()
  expect((await work.mailbox.newestTo(email)).subject).toBe('Sua conta de professor: Universidade Serra Azul')
  expect((await choose(await people.tokenTo(email))).status).toBe(200)
})

test('nobody is invited twice within an hour, also by two at once, nor whoever has a password', async () => {
  const { id } = await newStudent()
  const ask = () => refusedAs(staff.call(inviteAgain, { role: 'student', people: [id] }))
  expect((await Promise.all([ask(), ask()])).sort()).toEqual(['409 invited-recently', 'done'])
  await people.rows(`update academy.invitations set created_at = now() - interval '61 minutes' where user_id = $1`, [
    id,
  ])
  expect(await ask()).toBe('done')
  const entered = personId((SERRA.students[0] as { email: string }).email)
  expect(await refusedAs(staff.call(inviteAgain, { role: 'student', people: [entered] }))).toBe('409 has-password')
})

test('all who never came, and only they', async () => {
  const porto = await academy.signIn(PORTO.staff)
  const teachers = await Promise.all(
    ['Um', 'Dois', 'Três'].map((name) => porto.call(createTeacher, { name, email: people.newAddress('porto') })),
  )
  await work.harness.runUntilIdle()
  await choose(await people.tokenTo(teachers[0]?.email ?? ''))
  expect((await porto.call(listTeachers, {})).neverCame).toBe(2)
  expect(await porto.call(inviteAgain, { role: 'teacher' })).toEqual({
    invited: 2,
    recently: 0,
    entered: 1 + PORTO.teachers.length,
  })
  expect(await porto.call(inviteAgain, { role: 'teacher' })).toMatchObject({ invited: 0, recently: 2 })
  expect(await porto.call(inviteAgain, { role: 'student' })).toMatchObject({ invited: 0 })
})

test('people of another institution, or in another role, are nobody', async () => {
  const { id } = await newStudent()
  const porto = await academy.signIn(PORTO.staff)
  expect(await refusedAs(porto.call(inviteAgain, { role: 'student', people: [id] }))).toBe('422 person-not-found')
  expect(await refusedAs(staff.call(inviteAgain, { role: 'teacher', people: [id] }))).toBe('422 person-not-found')
})

test('a demonstration invites a few people an hour, an institution a whole intake', async () => {
  const made = await people.post('/demo-institutions', {})
  const cookie = cookieOf(made)
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      people.post('/teachers', { name: 'T', email: `flood.${i}@uni.example` }, cookie),
    ),
  )
  const limited = answers.filter(({ status }) => status === 429)
  expect(limited).toHaveLength(10)
  expect(Number(limited[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
  const intake = await Promise.all(
    Array.from({ length: 60 }, () =>
      refusedAs(staff.call(createTeacher, { name: 'Turma nova', email: people.newAddress('intake') })),
    ),
  )
  expect(new Set(intake)).toEqual(new Set(['done']))
})
