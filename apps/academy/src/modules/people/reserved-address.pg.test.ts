/** An address that is kept for examples is nobody's where e-mail reaches people. */
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refusedParts } from '../../../test-support/refused.ts'
import {
  type Academy,
  cookieOf,
  SERRA,
  type SignedIn,
  STUDENT,
  startAcademy,
  TEACHER,
  TEST_SERVICES,
} from '../../../test-support/start-academy.ts'
import { startTerm, type Term } from '../../../test-support/start-term.ts'
import { personId } from '../../demo/people.ts'
import { createClient } from '../../platform/http/client.ts'
import { contract as registerUser } from '../registrations/register-user/register-user.contract.ts'
import { contract as createStudent } from '../students/create-student/create-student.contract.ts'
import { contract as createTeacher } from '../teachers/create-teacher/create-teacher.contract.ts'
import { correctStudentAddress, correctTeacherAddress } from './correct-address/correct-address.contract.ts'

let academy: Academy
let term: Term
let staff: SignedIn
beforeAll(async () => {
  academy = await startAcademy({ services: { ...TEST_SERVICES, mailReachesPeople: true } })
  term = await startTerm(academy)
  staff = await academy.signIn(SERRA.staff)
})
afterAll(() => academy?.stop())

const REFUSED = ['422 reserved-address', 'email reserved-address']
const client = (cookie = '') =>
  createClient({
    locale: () => 'en',
    fetch: (input: unknown, init?: RequestInit) => {
      const headers = new Headers(init?.headers)
      if (cookie) headers.set('cookie', cookie)
      return academy.fetch(String(input), { ...init, headers })
    },
  } as Parameters<typeof createClient>[0])

test('it is refused when somebody is created, corrected or registers', async () => {
  const email = 'ana@uni.example'
  const student = { name: 'Ana', email, courseOfferingId: term.offeringId }
  expect(await refusedParts(staff.call(createStudent, student))).toEqual(REFUSED)
  expect(await refusedParts(staff.call(createTeacher, { name: 'Ana', email }))).toEqual(REFUSED)
  const why = { email, reason: 'Erro de digitação' }
  const studentId = personId(STUDENT.email)
  expect(await refusedParts(staff.call(correctStudentAddress, { ...why, studentId }))).toEqual(REFUSED)
  const teacherId = personId(TEACHER.email)
  expect(await refusedParts(staff.call(correctTeacherAddress, { ...why, teacherId }))).toEqual(REFUSED)
  expect(await refusedParts(client().call(registerUser, { email }))).toEqual(REFUSED)
})

test('an invented one is corrected to somebody’s, and nobody is told at the one that was invented', async () => {
  const studentId = personId(STUDENT.email)
  const corrected = { email: 'ana.clara@uni.example.edu', reason: 'É este.', studentId }
  expect(await staff.call(correctStudentAddress, corrected)).toMatchObject({ corrected: true })
  const owner = new pg.Client(academy.url)
  await owner.connect()
  const { rows } = await owner.query('select 1 from academy.former_addresses where user_id = $1', [studentId])
  await owner.end()
  expect(rows).toEqual([])
})

test('the people of a demonstration are invented as before', async () => {
  const made = await academy.fetch('/demo-institutions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  const stranger = client(cookieOf(made))
  expect(await stranger.call(createTeacher, { name: 'Ana', email: 'ana.demo@uni.example' })).toMatchObject({
    name: 'Ana',
  })
})
