import { expect, test } from 'vitest'
import { isRefusal } from '../../platform/http/refusal.ts'
import type { Schedule } from '../classes/class.fields.ts'
import { type OfferedClass, selectClasses } from './class-selection.ts'

const at = (day: Schedule['day'], startAt = '19:00', endAt = '22:00'): Schedule => ({ day, startAt, endAt })
const offered = (id: string, over: Partial<OfferedClass> = {}): OfferedClass => ({
  id,
  disciplineId: `discipline of ${id}`,
  vacancies: 2,
  enrolled: 0,
  selected: false,
  held: null,
  schedules: [at('monday')],
  ...over,
})
const DATABASES = offered('databases')
const NETWORKS = offered('networks', { schedules: [at('tuesday')] })
const ETHICS = offered('ethics', { schedules: [at('wednesday')], selected: true, enrolled: 2 })
const ALL = [DATABASES, NETWORKS, ETHICS]

const select = (ids: string[], all = ALL, kept: Schedule[] = [], open = true) => {
  const change = selectClasses(ids, open, all, kept)
  return isRefusal(change) ? [change.code, ...change.errors.map(({ id, code }) => `${id} ${code}`)] : change
}

test('the selection replaces the one before, among what is on offer', () => {
  expect(select(['databases', 'networks'])).toEqual({ enter: ['databases', 'networks'], leave: ['ethics'] })
  expect(select(['ethics'])).toEqual({ enter: [], leave: [] })
  expect(select([])).toEqual({ enter: [], leave: ['ethics'] })
})

test('outside of every enrollment period nothing is chosen', () => {
  expect(select(['databases'], ALL, [], false)).toEqual(['enrollment-period-not-found'])
  expect(select([], ALL, [], false)).toEqual(['enrollment-period-not-found'])
})

test('what is not on offer and what is repeated is named', () => {
  expect(select(['another', 'databases', 'databases'])).toEqual([
    'class-not-offered',
    'another class-not-offered',
    'databases invalid-classes-list',
  ])
})

test('the last seat is given, one more is not; whoever has a seat keeps it', () => {
  expect(select(['databases'], [offered('databases', { enrolled: 1 })])).toEqual({ enter: ['databases'], leave: [] })
  expect(select(['databases'], [offered('databases', { enrolled: 2 })])).toEqual(['class-full', 'databases class-full'])
  expect(select(['ethics'])).toEqual({ enter: [], leave: [] })
})

test('one class of a discipline', () => {
  const other = offered('databases at noon', { disciplineId: DATABASES.disciplineId, schedules: [at('friday')] })
  expect(select(['databases', 'databases at noon'], [DATABASES, other])).toEqual([
    'discipline-selected-twice',
    'databases discipline-selected-twice',
    'databases at noon discipline-selected-twice',
  ])
})

test('no two at the same time, those of other periods included', () => {
  const clashing = offered('law', { schedules: [at('monday', '21:45', '23:00')] })
  expect(select(['databases', 'law'], [DATABASES, clashing])).toEqual([
    'conflicting-schedules',
    'databases conflicting-schedules',
    'law conflicting-schedules',
  ])
  expect(select(['databases', 'networks'], ALL, [at('tuesday', '18:00', '19:15')])).toEqual([
    'conflicting-schedules',
    'networks conflicting-schedules',
  ])
  expect(select(['networks'], ALL, [at('tuesday', '18:00', '19:00')])).toEqual({
    enter: ['networks'],
    leave: ['ethics'],
  })
})

test('a discipline that is attended in another class, or was passed, is not taken again; a seat given before stays', () => {
  const attending = offered('attending', { held: 'attending' })
  const passed = offered('passed', { schedules: [at('tuesday')], held: 'passed' })
  expect(select(['attending', 'passed'], [attending, passed])).toEqual([
    'discipline-already-attending',
    'attending discipline-already-attending',
    'passed discipline-already-passed',
  ])
  const seated = offered('seated', { held: 'passed', selected: true, enrolled: 1 })
  expect(select(['seated'], [seated])).toEqual({ enter: [], leave: [] })
})
