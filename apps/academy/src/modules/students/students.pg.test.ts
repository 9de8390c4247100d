import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Academy, SERRA, type SignedIn, STUDENT, startAcademy } from '../../../test-support/start-academy.ts'
import { personId } from '../../demo/people.ts'
import { correctStudentAddress as correctAddress } from '../people/correct-address/correct-address.contract.ts'
import { contract as listStudents } from './list-students/list-students.contract.ts'

let academy: Academy
let staff: SignedIn
beforeAll(async () => {
  academy = await startAcademy()
  staff = await academy.signIn(SERRA.staff)
})
afterAll(() => academy?.stop())

const names = SERRA.students.map(({ name }) => name)
const studentId = personId(STUDENT.email)
const change = (over: object = {}) => ({
  studentId,
  email: 'ana.nova@alunos.example',
  reason: 'Typing error.',
  ...over,
})

test('by name, a page at a time', async () => {
  const first = await staff.call(listStudents, { limit: 4 })
  const second = await staff.call(listStudents, { limit: 4, after: first.next ?? undefined })
  expect([...first.students, ...second.students].map(({ name }) => name)).toEqual(names)
  expect([first.total, second.next]).toEqual([6, null])
})

test.each([
  ['fontes', ['Ana Clara Fontes']],
  ['BRUNO.TAVARES@', ['Bruno Tavares']],
  ['2026', names],
  ['%', []],
  ['_', []],
  ['\\', []],
  ["'; drop table academy.users; --", []],
])('searching %s', async (search, found) => {
  expect((await staff.call(listStudents, { search })).students.map(({ name }) => name)).toEqual(found)
})

test.each([
  ['email', 'not-an-address', 'invalid-email'],
  ['email', '', 'required'],
  ['email', 'a@b', 'invalid-email'],
  ['email', `${'x'.repeat(250)}@uni.example`, 'too-long'],
  ['email', SERRA.staff.email, 'email-already-used'],
  ['email', 'bruno.tavares@alunos.example', 'email-already-used'],
  ['reason', '  ', 'required'],
])('%s = %j is refused as %s', async (field, value, code) => {
  await expect(staff.call(correctAddress, change({ [field]: value }))).rejects.toMatchObject({
    status: 422,
    errors: [expect.objectContaining({ field, code })],
  })
  expect((await staff.call(listStudents, { search: STUDENT.email })).total).toBe(1)
})

test('a student who is not there, or is a teacher: 404', async () => {
  for (const id of [crypto.randomUUID(), personId(SERRA.teachers[0].email)]) {
    await expect(staff.call(correctAddress, change({ studentId: id }))).rejects.toMatchObject({
      status: 404,
      code: 'student-not-found',
    })
  }
})
