import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Academy, SERRA, type SignedIn, startAcademy, TEACHER } from '../../../test-support/start-academy.ts'
import { contract as createClassActivity } from '../activities/create-class-activity/create-class-activity.contract.ts'
import { contract as listActivities } from '../activities/list-activities/list-activities.contract.ts'
import { contract as listClasses } from './list-classes/list-classes.contract.ts'
import { contract as readClass } from './read-class/read-class.contract.ts'

let academy: Academy
let teacher: SignedIn
beforeAll(async () => {
  academy = await startAcademy({ students: 1_000 })
  teacher = await academy.signIn(TEACHER)
})
afterAll(() => academy?.stop())
/** Each test has the activities that it makes. */
beforeEach(async () => {
  const owner = new pg.Client(academy.url)
  await owner.connect()
  await owner.query('truncate academy.class_activities cascade')
  await owner.end()
})

const activity = (over: object = {}) => ({
  classId: academy.classes.six,
  note: 'N1' as const,
  title: 'Lista 1',
  description: 'Exercícios.',
  type: 'work' as const,
  weight: 30,
  dueDate: academy.demo.period.endAt,
  dueHour: '23:59',
  ...over,
})

test('one’s own started classes, by discipline', async () => {
  const { classes } = await teacher.call(listClasses, {})
  expect(classes.map(({ discipline, students, activities }) => [discipline, students, activities])).toEqual([
    ['Banco de Dados', 6, 0],
    ['Sistemas Distribuídos', 0, 0],
  ])
})

async function createTwo(): Promise<void> {
  await teacher.call(createClassActivity, activity())
  await teacher.call(createClassActivity, activity({ title: 'Lista 2', note: 'N2', weight: 100, dueHour: '10:00' }))
}

test('a class: its students, its activities, and what weight remains', async () => {
  await createTwo()
  const klass = await teacher.call(readClass, { classId: academy.classes.six })
  expect(klass).toMatchObject({
    discipline: 'Banco de Dados',
    status: 'started',
    timeZone: 'America/Sao_Paulo',
    remainingWeights: { N1: 70, N2: 0, N3: 100 },
  })
  expect(klass.activities.map(({ title, dueHour }) => [title, dueHour])).toEqual([
    ['Lista 1', '23:59'],
    ['Lista 2', '10:00'],
  ])
  expect(klass.students.map(({ name }) => name)).toEqual(SERRA.students.map(({ name }) => name))
  expect(klass.students[0]).toMatchObject({
    notes: [
      { type: 'N1', note: null },
      { type: 'N2', note: null },
      { type: 'N3', note: null },
    ],
    averageNote: null,
  })
})

test('students see the activities of their classes', async () => {
  await createTwo()
  const student = await academy.signIn(SERRA.students[5] as { email: string })
  const { activities, timeZone } = await student.call(listActivities, {})
  expect([activities.map(({ title }) => title), timeZone]).toEqual([['Lista 1', 'Lista 2'], 'America/Sao_Paulo'])
})

test('publishing to a class of 1,000 does no more than publishing to one of six', async () => {
  // What the request writes does not depend on the class: one row, one event and its place in the queue.
  const ofLarge = await academy.signIn(academy.demo.teacher)
  await ofLarge.call(createClassActivity, activity({ classId: academy.demo.classId, weight: 1 }))
  const { rows } = await academy.pools.console.query(
    'select count(*)::int as commands from cascata.commands where tenant = $1',
    [academy.demo.institutionId],
  )
  expect(rows).toEqual([{ commands: 0 }])
})
