import { expect, test } from 'vitest'
import { isRefusal } from '../../platform/http/refusal.ts'
import type { ClassOutline } from '../classes/classes.queries.ts'
import { ClassActivity, type NewClassActivity } from './class-activity.ts'

const teacher = { id: '019a0000-0000-7000-8000-000000000001' }

const klass = (over: Partial<ClassOutline> = {}): ClassOutline => ({
  id: '019a0000-0000-7000-8000-000000000002',
  institutionId: '019a0000-0000-7000-8000-000000000003',
  teacherId: teacher.id,
  status: 'started',
  period: { startAt: '2026-07-01', endAt: '2026-12-31' },
  timeZone: 'America/Sao_Paulo',
  now: new Date('2026-11-24T15:00:00Z'),
  ...over,
})

const input = (over: Partial<NewClassActivity> = {}): NewClassActivity => ({
  classId: klass().id,
  note: 'N1',
  title: 'Modelagem',
  description: 'Entregar o modelo.',
  type: 'work',
  weight: 40,
  dueDate: '2026-12-01',
  dueHour: '12:00',
  ...over,
})

const none = { N1: 0, N2: 0, N3: 0 }

const outcome = (activity: ReturnType<typeof ClassActivity.create>) => (isRefusal(activity) ? activity.code : 'created')

test('publishing states one fact, with nothing but its id', () => {
  const activity = ClassActivity.create(input(), klass(), none, teacher)
  if (isRefusal(activity)) throw new Error(activity.code)
  expect(activity.emitted.map(({ name, json }) => [name, JSON.parse(json)])).toEqual([
    ['class-activity.created', { activityId: activity.id }],
  ])
  expect(activity.row().values).toMatchObject({ status: 'published', created_by: teacher.id })
})

test.each([
  [100, 0, 'created'],
  [40, 60, 'created'],
  [41, 60, 'invalid-class-activity-weight'],
  [0, 100, 'created'],
  [1, 100, 'invalid-class-activity-weight'],
  [-1, 0, 'invalid-class-activity-weight'],
  [101, 0, 'invalid-class-activity-weight'],
])('weight %d with %d taken: %s', (weight, taken, expected) => {
  const activity = ClassActivity.create(input({ weight }), klass(), { ...none, N1: taken }, teacher)
  expect(outcome(activity)).toBe(expected)
})

test('the weights of the other notes do not count', () => {
  expect(outcome(ClassActivity.create(input({ weight: 100 }), klass(), { N1: 0, N2: 100, N3: 100 }, teacher))).toBe(
    'created',
  )
})

test.each([
  // 02:59:59Z is 23:59 of the day before at UTC−3, 03:00Z is midnight.
  ['2026-11-24T02:59:59Z', '2026-11-23', '23:59', 'due-hour-past'],
  ['2026-11-24T02:58:59Z', '2026-11-23', '23:59', 'created'],
  ['2026-11-24T03:00:00Z', '2026-11-23', '23:59', 'due-date-past'],
  ['2026-11-24T03:00:00Z', '2026-11-24', '00:00', 'due-hour-past'],
  ['2026-11-24T03:00:00Z', '2026-11-24', '00:01', 'created'],
  ['2026-11-24T02:59:59Z', '2026-11-24', '00:00', 'created'],
])('at %s, due %s %s: %s', (now, dueDate, dueHour, expected) => {
  const activity = ClassActivity.create(input({ dueDate, dueHour }), klass({ now: new Date(now) }), none, teacher)
  expect(outcome(activity)).toBe(expected)
})

test.each([
  ['2026-12-31', 'created'],
  ['2027-01-01', 'due-date-outside-period'],
])('due %s in a period that ends on 2026-12-31: %s', (dueDate, expected) => {
  expect(outcome(ClassActivity.create(input({ dueDate }), klass(), none, teacher))).toBe(expected)
})

test('before the period has begun, its first day is the earliest', () => {
  const early = klass({ now: new Date('2026-06-01T12:00:00Z') })
  expect(outcome(ClassActivity.create(input({ dueDate: '2026-06-30' }), early, none, teacher))).toBe(
    'due-date-outside-period',
  )
  expect(outcome(ClassActivity.create(input({ dueDate: '2026-07-01' }), early, none, teacher))).toBe('created')
})

test.each(['pre-enrollment', 'enrollment', 'finalized'] as const)('a class that is %s takes no activity', (status) => {
  expect(outcome(ClassActivity.create(input(), klass({ status }), none, teacher))).toBe('class-not-started')
})

test('somebody else’s class, and none at all, are not there', () => {
  expect(outcome(ClassActivity.create(input(), klass(), none, { id: 'another' }))).toBe('class-not-found')
  expect(outcome(ClassActivity.create(input(), undefined, none, teacher))).toBe('class-not-found')
})

test('weight and date are refused together, each at its field', () => {
  const activity = ClassActivity.create(input({ weight: 101, dueDate: '2020-01-01' }), klass(), none, teacher)
  expect(isRefusal(activity) && activity.errors.map(({ field }) => field)).toEqual(['weight', 'dueDate'])
})
