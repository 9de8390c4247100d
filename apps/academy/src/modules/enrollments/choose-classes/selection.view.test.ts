import { expect, test } from 'vitest'
import { type OfferedClass, obstacleOf, sumUp } from './selection.view.ts'

const offered = (id: string, over: Partial<OfferedClass> = {}): OfferedClass => ({
  id,
  disciplineId: `discipline of ${id}`,
  discipline: id,
  curriculumPeriod: 1,
  credits: 4,
  workloadHours: 72,
  teacher: 'Rafael Antunes',
  periodId: '2031.1',
  schedules: [{ day: 'monday', startAt: '19:00', endAt: '22:00' }],
  vacancies: 40,
  enrolled: 0,
  isSelected: false,
  held: null,
  ...over,
})
const onTuesday = { schedules: [{ day: 'tuesday' as const, startAt: '19:00', endAt: '22:00' }] }
const databases = offered('Databases')
const networks = offered('Networks', { ...onTuesday, vacancies: 1, enrolled: 1 })
const evening = offered('Compilers', { schedules: [{ day: 'monday', startAt: '22:00', endAt: '23:00' }] })

const obstacle = (
  each: OfferedClass,
  chosen: string[],
  classes = [databases, networks, evening],
  kept = [] as never[],
) => obstacleOf(each, { classes, kept }, new Set(chosen))

test('a full class is in nobody’s way who has a seat in it', () => {
  expect(obstacle(networks, [])).toEqual({ why: 'full' })
  expect(obstacle({ ...networks, isSelected: true }, ['Networks'])).toBeUndefined()
})

test('hours clash with what is chosen, and not where one begins when the other ends', () => {
  const clashing = offered('Ethics', { schedules: [{ day: 'monday', startAt: '21:45', endAt: '23:00' }] })
  expect(obstacle(clashing, [])).toBeUndefined()
  expect(obstacle(clashing, ['Databases'])).toEqual({ why: 'clash', other: 'Databases' })
  expect(obstacle(evening, ['Databases'])).toBeUndefined()
})

test('hours of classes that the choice does not touch are taken', () => {
  const kept = [{ id: 'kept', discipline: 'Calculus', schedules: databases.schedules }]
  expect(obstacleOf(databases, { classes: [databases], kept }, new Set())).toEqual({
    why: 'clash-kept',
    other: 'Calculus',
  })
})

test('a discipline is chosen once', () => {
  const second = offered('Databases again', { ...onTuesday, disciplineId: databases.disciplineId })
  expect(obstacle(second, ['Databases'], [databases, second])).toEqual({ why: 'same-discipline' })
})

test('what is added and what is given up', () => {
  const held = offered('Held', { isSelected: true })
  const { count, credits, hours, entered, left } = sumUp(
    [held, databases, evening],
    new Set(['Databases', 'Compilers']),
  )
  expect([count, credits, hours]).toEqual([2, 8, 144])
  expect([entered, left].map((classes) => classes.map(({ id }) => id))).toEqual([['Databases', 'Compilers'], ['Held']])
})

test('a discipline that is held is not taken again, but a seat in it can be seen', () => {
  expect(obstacle({ ...databases, held: 'attending' }, [])).toEqual({ why: 'attending' })
  expect(obstacle({ ...databases, held: 'passed' }, [])).toEqual({ why: 'passed' })
  expect(obstacle({ ...databases, held: 'attending', isSelected: true }, ['Databases'])).toBeUndefined()
})
