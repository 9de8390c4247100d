import { afterEach, beforeEach, expect, test } from 'vitest'
import { refusedAs, refusedParts } from '../../../../test-support/refused.ts'
import { type Academy, type SignedIn, startAcademy, TEACHER } from '../../../../test-support/start-academy.ts'
import {
  AFTER_ENROLLMENT,
  BEFORE_ENROLLMENT,
  IN_ENROLLMENT,
  startTerm,
  type Term,
} from '../../../../test-support/start-term.ts'
import { withTenant } from '../../../platform/database/with-tenant.ts'
import { contract as agenda } from '../../classes/agenda/agenda.contract.ts'
import { release, start } from '../../classes/change-class-status/change-class-status.contract.ts'
import type { Schedule } from '../../classes/class.fields.ts'
import { contract as ownCurriculum } from '../../curricula/own-curriculum/own-curriculum.contract.ts'
import { edit as moveWindow } from '../../periods/manage-enrollment-periods/manage-enrollment-periods.contract.ts'
import { choose, read } from './choose-classes.contract.ts'

let academy: Academy
let term: Term
let students: SignedIn[]
let databases: string
let networks: string
let ethics: string
let clashing: string

const on = (day: Schedule['day'], startAt = '19:00', endAt = '22:00'): Schedule => ({ day, startAt, endAt })

beforeEach(async () => {
  academy = await startAcademy()
  term = await startTerm(academy)
  students = await Promise.all(term.students.map((person) => academy.signIn(person)))
  databases = await term.createClass({ vacancies: 2 })
  networks = await term.createClass({ discipline: 1, schedules: [on('tuesday')] })
  ethics = await term.createClass({ discipline: 2, schedules: [on('wednesday')] })
  clashing = await term.createClass({
    discipline: 3,
    teacherId: term.secondTeacherId,
    schedules: [on('monday', '21:45', '23:00')],
  })
  await term.clock(IN_ENROLLMENT)
  await term.staff.call(release, { classes: [databases, networks, clashing] })
})
afterEach(() => academy?.stop())

const first = () => students[0] as SignedIn
const selected = async (student = first()) =>
  (await student.call(read, {})).classes.filter(({ isSelected }) => isSelected).map(({ id }) => id)

test('on offer: released classes of the curriculum, by its periods', async () => {
  const { windows, classes, today } = await first().call(read, {})
  expect([today, windows]).toEqual(['2031-01-14', [{ periodId: '2031.1', startAt: '2031-01-13', endAt: '2031-01-17' }]])
  expect(
    classes.map((each) => [each.discipline, each.curriculumPeriod, each.teacher, each.enrolled, each.vacancies]),
  ).toEqual([
    ['Bancos de Dados II', 1, TEACHER.name, 0, 2],
    ['Redes', 1, TEACHER.name, 0, 40],
    ['Compiladores', 2, 'Lívia Carvalhal', 0, 40],
  ])
})

test('the selection replaces the one before and leaves other periods alone', async () => {
  await first().call(choose, { classes: [databases, networks] })
  expect(await selected()).toEqual([databases, networks])
  const { days } = await first().call(agenda, {})
  expect(days.map(({ day, classes }) => [day, classes.map(({ discipline }) => discipline)])).toEqual([
    ['monday', ['Bancos de Dados II']],
    ['tuesday', ['Redes']],
  ])
  await first().call(choose, { classes: [networks] })
  expect(await selected()).toEqual([networks])
  // The class of the demonstration, of another period and started, was never touched; what was given up left a trace.
  const { rows } = await withTenant(academy.pools.web, { institutionId: academy.demo.institutionId }, (tx) =>
    tx.query<{ class_id: string; status: string }>(
      'select class_id, status from academy.class_students where student_id = $1',
      [term.students[0]?.id],
    ),
  )
  const statuses = new Map(rows.map(({ class_id, status }) => [class_id, status]))
  expect([statuses.get(academy.classes.six), statuses.get(networks), statuses.get(databases)]).toEqual([
    'enrolled',
    'enrolled',
    'left',
  ])
})

test('both ends of the window are days of it, by the institution’s clock', async () => {
  const answers: string[] = []
  for (const now of [
    '2031-01-12T23:59-03:00',
    '2031-01-13T00:00-03:00',
    '2031-01-17T23:59-03:00',
    '2031-01-18T00:00-03:00',
  ]) {
    await term.clock(now)
    answers.push(await refusedAs(first().call(choose, { classes: [networks] })))
  }
  expect(answers).toEqual(['404 enrollment-period-not-found', 'done', 'done', '404 enrollment-period-not-found'])
  await term.clock(BEFORE_ENROLLMENT)
  const next = { periodId: '2031.1', startAt: '2031-01-13', endAt: '2031-01-17' }
  expect(await first().call(read, {})).toMatchObject({ windows: [], classes: [], nextWindow: next })
  await term.clock(AFTER_ENROLLMENT)
  expect(await first().call(read, {})).toMatchObject({ windows: [], classes: [], nextWindow: null })
})

test('what is not on offer, repeated or clashing is named, and nothing is saved', async () => {
  expect(
    await refusedParts(first().call(choose, { classes: [networks, ethics, academy.classes.ofOtherInstitution] })),
  ).toEqual(['409 class-not-offered', 'classes.1 class-not-offered', 'classes.2 class-not-offered'])
  expect(await refusedParts(first().call(choose, { classes: [networks, networks] }))).toEqual([
    '422 invalid-classes-list',
    'classes.1 invalid-classes-list',
  ])
  expect(await refusedParts(first().call(choose, { classes: [networks, databases, clashing] }))).toEqual([
    '409 conflicting-schedules',
    'classes.1 conflicting-schedules',
    'classes.2 conflicting-schedules',
  ])
  expect(await selected()).toEqual([])
})

test('six students at once for two seats: two get one, and no one more', async () => {
  const answers = await Promise.all(
    students.map((student) => refusedAs(student.call(choose, { classes: [networks, databases] }))),
  )
  expect(answers.sort()).toEqual([
    '409 class-full',
    '409 class-full',
    '409 class-full',
    '409 class-full',
    'done',
    'done',
  ])
  const [listed] = (await first().call(read, {})).classes
  expect(listed).toMatchObject({ enrolled: 2, vacancies: 2 })
  // Whoever has a seat keeps it when saving again.
  const holders = await Promise.all(students.map(selected))
  const holder = students[holders.findIndex((ids) => ids.includes(databases))] as SignedIn
  expect(await refusedAs(holder.call(choose, { classes: [databases] }))).toBe('done')
})

test('one student twice at once: one of the two selections, whole', async () => {
  await Promise.all([
    first().call(choose, { classes: [databases] }),
    first().call(choose, { classes: [networks, clashing] }),
  ])
  const now = await selected()
  expect([[databases], [networks, clashing]]).toContainEqual(now)
})

test('the curriculum says how each discipline stands', async () => {
  await first().call(choose, { classes: [networks] })
  const { course, curriculum, disciplines } = await first().call(ownCurriculum, {})
  expect([course, curriculum]).toEqual(['Sistemas', 'Grade 1.0'])
  expect(disciplines.map(({ name, period, status }) => [name, period, status])).toEqual([
    ['Bancos de Dados II', 1, 'pending'],
    ['Redes', 1, 'enrolled'],
    ['Compiladores', 2, 'pending'],
    ['Ética', 2, 'pending'],
  ])
})

test('an id is the same in upper case', async () => {
  expect(await refusedAs(first().call(choose, { classes: [networks.toUpperCase()] }))).toBe('done')
  expect(await selected()).toEqual([networks])
})

test('teachers and staff do not choose', async () => {
  expect(await refusedAs(term.teacher.call(read, {}))).toBe('403 wrong-role')
  expect(await refusedAs(term.staff.call(choose, { classes: [] }))).toBe('403 wrong-role')
})

test('a class that has started is not on offer any more, nor given up', async () => {
  await first().call(choose, { classes: [networks] })
  await term.clock(AFTER_ENROLLMENT)
  await term.staff.call(start, { classes: [networks] })
  await term.clock(IN_ENROLLMENT)
  const { kept } = await first().call(choose, { classes: [] })
  expect(kept).toEqual([{ id: networks, discipline: 'Redes', schedules: [on('tuesday')] }])
  expect(await selected()).toEqual([])
  expect((await first().call(agenda, {})).days.map(({ day }) => day)).toContain('tuesday')
})

/** Outside of the API: how a result is decided is another module's test. */
const setStatus = (classId: string, status: string) =>
  withTenant(academy.pools.web, { institutionId: academy.demo.institutionId }, (tx) =>
    tx.query(
      `update academy.class_students set status = $3, result_rule = case when $3 = 'exempt' then null else '{}'::jsonb end
       where class_id = $1 and student_id = $2`,
      [classId, term.students[0]?.id, status],
    ),
  )

test('who attends a discipline takes no second class of it in the window that was opened again', async () => {
  await first().call(choose, { classes: [networks] })
  await term.clock(AFTER_ENROLLMENT)
  await term.staff.call(start, { classes: [networks] })
  await term.staff.call(moveWindow, { periodId: '2031.1', startAt: '2031-01-13', endAt: '2031-01-31' })
  const again = await term.createClass({ discipline: 1, schedules: [on('saturday', '08:00', '12:00')] })
  await term.staff.call(release, { classes: [again] })
  const listed = (await first().call(read, {})).classes.find(({ id }) => id === again)
  expect(listed).toMatchObject({ held: 'attending', isSelected: false })
  expect(await refusedParts(first().call(choose, { classes: [again] }))).toEqual([
    '409 discipline-already-attending',
    'classes.0 discipline-already-attending',
  ])
  // A student who is in no class of it has it free.
  expect(await refusedAs((students[1] as SignedIn).call(choose, { classes: [again] }))).toBe('done')
})

test.each(['approved', 'exempt'])(
  'a discipline that was passed (%s) is not taken again; one that was failed is',
  async (passed) => {
    await first().call(choose, { classes: [networks] })
    await term.clock(AFTER_ENROLLMENT)
    await term.staff.call(start, { classes: [networks] })
    await term.staff.call(moveWindow, { periodId: '2031.1', startAt: '2031-01-13', endAt: '2031-01-31' })
    const again = await term.createClass({ discipline: 1, schedules: [on('saturday', '08:00', '12:00')] })
    await term.staff.call(release, { classes: [again] })
    await setStatus(networks, passed)
    const listed = (await first().call(read, {})).classes.find(({ id }) => id === again)
    expect(listed).toMatchObject({ held: 'passed' })
    expect(await refusedAs(first().call(choose, { classes: [again] }))).toBe('409 discipline-already-passed')
    await setStatus(networks, 'failed-by-note')
    expect(await refusedAs(first().call(choose, { classes: [again] }))).toBe('done')
  },
)

test('a class on offer may be given up for one of the same discipline', async () => {
  const other = await term.createClass({ discipline: 1, schedules: [on('saturday', '08:00', '12:00')] })
  await term.staff.call(release, { classes: [other] })
  await first().call(choose, { classes: [networks] })
  expect(await refusedAs(first().call(choose, { classes: [other] }))).toBe('done')
  expect(await selected()).toEqual([other])
})

test('the database holds one seat a discipline, whoever gives it', async () => {
  const other = await term.createClass({ discipline: 1, schedules: [on('saturday', '08:00', '12:00')] })
  await first().call(choose, { classes: [networks] })
  const insert = withTenant(academy.pools.web, { institutionId: academy.demo.institutionId }, (tx) =>
    tx.query(
      `insert into academy.class_students (institution_id, class_id, student_id)
       values (current_setting('cascata.tenant')::uuid, $1, $2)`,
      [other, term.students[0]?.id],
    ),
  )
  await expect(insert).rejects.toMatchObject({ code: '23505', constraint: 'class_students_discipline' })
})
