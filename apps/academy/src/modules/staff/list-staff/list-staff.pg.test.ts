/** Staff of an institution, for their colleagues alone. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newColleague } from '../../../../test-support/new-colleague.ts'
import { refusedAs } from '../../../../test-support/refused.ts'
import {
  type Academy,
  PORTO,
  SERRA,
  type SignedIn,
  STUDENT,
  startAcademy,
  TEACHER,
} from '../../../../test-support/start-academy.ts'
import { DEMO_ADMINISTRATOR } from '../../../demo/people.ts'
import { contract as listStaff } from './list-staff.contract.ts'

let academy: Academy
let staff: SignedIn
beforeAll(async () => {
  academy = await startAcademy()
  await newColleague(academy, { name: 'álvaro Pinto', email: 'alvaro@uni.example' })
  await newColleague(academy, { name: 'Zilda Rocha', email: 'zilda@uni.example' })
  staff = await academy.signIn(SERRA.staff)
})
afterAll(() => academy?.stop())

const NAMES = ['álvaro Pinto', SERRA.staff.name, 'Zilda Rocha']

test('by name, a page at a time; nobody of another role or institution', async () => {
  const first = await staff.call(listStaff, { limit: 2 })
  const second = await staff.call(listStaff, { limit: 2, after: first.next ?? undefined })
  expect([...first.staff, ...second.staff].map(({ name }) => name)).toEqual(NAMES)
  expect([first.total, second.next]).toEqual([3, null])
  const elsewhere = await academy.signIn(PORTO.staff)
  expect((await elsewhere.call(listStaff, {})).staff.map(({ name }) => name)).toEqual([PORTO.staff.name])
})

test.each([
  ['alvaro', ['álvaro Pinto']],
  ['ZILDA@uni', ['Zilda Rocha']],
  [TEACHER.name, []],
  ['%', []],
])('searching %s', async (search, found) => {
  expect((await staff.call(listStaff, { search })).staff.map(({ name }) => name)).toEqual(found)
})

test('nobody else reads it, and a page of no size is refused', async () => {
  for (const person of [TEACHER, STUDENT, DEMO_ADMINISTRATOR]) {
    expect(await refusedAs((await academy.signIn(person)).call(listStaff, {}))).toBe('403 wrong-role')
  }
  expect(await refusedAs(staff.call(listStaff, { limit: 0 }))).toBe('422 invalid-input')
  expect(await refusedAs(staff.call(listStaff, { after: 'somebody' as never }))).toBe('422 invalid-input')
})
