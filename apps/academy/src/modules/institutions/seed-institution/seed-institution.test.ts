import { expect, test } from 'vitest'
import { DAYS } from '../../classes/class.fields.ts'
import { generateLessons } from '../../classes/lessons.ts'
import { Random } from './random.ts'
import { closedWindowOf, openWindowOn, periodsOf, seededPeriodOn } from './seed-calendar.ts'
import { CAMPI, COURSES, CURRICULA, TAUGHT } from './seed-catalogue.ts'
import { seedPeople } from './seed-people.ts'
import { seedOf } from './seed-plan.ts'

const DATES = [
  ['2026-01-01', '2025.2'],
  ['2026-01-31', '2025.2'],
  ['2026-02-28', '2025.2'],
  ['2028-02-28', '2027.2'],
  ['2028-02-29', '2028.1'], // 29 days of February, so four weeks are over a day earlier
  ['2026-03-01', '2026.1'],
  ['2026-03-07', '2026.1'],
  ['2026-04-15', '2026.1'],
  ['2026-05-31', '2026.1'],
  ['2026-06-30', '2026.1'],
  ['2026-07-30', '2026.1'],
  ['2026-07-31', '2026.2'],
  ['2026-08-20', '2026.2'],
  ['2026-09-09', '2026.2'],
  ['2026-10-10', '2026.2'],
  ['2026-11-24', '2026.2'],
  ['2026-12-31', '2026.2'],
] as const

test.each(DATES)('on %s the period %s is shown: it started four weeks ago or more', (today, id) => {
  const period = seededPeriodOn(today)
  expect(period.id).toBe(id)
  const open = openWindowOn(today)
  expect(open.startAt < today && today < open.endAt).toBe(true)
  const closed = closedWindowOf(period)
  expect(closed.startAt < closed.endAt && closed.endAt < period.startAt && period.startAt < today).toBe(true)
})

test('every day of eight years has a period that is shown', () => {
  for (let at = Date.UTC(2024, 0, 1); at < Date.UTC(2032, 0, 1); at += 86_400_000) {
    const today = new Date(at).toISOString().slice(0, 10)
    const weeks = (at - Date.parse(seededPeriodOn(today).startAt)) / (7 * 86_400_000)
    expect(weeks, today).toBeGreaterThanOrEqual(4)
    expect(weeks, today).toBeLessThan(35)
  }
})

/** One class a day, Monday to Saturday. */
const TAUGHT_ON = DAYS.filter((day) => day !== 'sunday')

const lessonsOf = (year: number) =>
  periodsOf(year).map((period) =>
    TAUGHT_ON.reduce(
      (sum, day) => sum + generateLessons(period, [{ day, startAt: '19:00', endAt: '22:00' }]).length,
      0,
    ),
  )

test.each([
  [2022, 103, 132], // 3 July 2022 was a Sunday
  [2024, 104, 133],
  [2025, 103, 133],
  [2026, 102, 133],
  [2027, 103, 133],
  [2028, 104, 133],
])('six classes of %i have %i lessons in its first period, %i in its second', (year, first, second) => {
  expect(lessonsOf(year)).toEqual([first, second])
})

test('4 campi, 9 courses, 31 and 61 disciplines with the credits and hours of their curricula', () => {
  expect([CAMPI.length, COURSES.length]).toEqual([4, 9])
  const totals = CURRICULA.map(({ periods }) => {
    const lines = periods.flat()
    const sum = (of: 1 | 2) => lines.reduce((total, line) => total + line[of], 0)
    return [periods.length, lines.length, sum(1), sum(2)]
  })
  expect(totals).toEqual([
    [5, 31, 122, 2_130],
    [10, 61, 208, 3_904],
  ])
  const names = CURRICULA.map(({ periods }) => periods.flat().map(([name]) => name))
  for (const list of names) expect(new Set(list).size).toBe(list.length)
  for (const name of names.flat()) expect(name.length).toBeLessThanOrEqual(100)
  expect(TAUGHT).toHaveLength(TAUGHT_ON.length)
})

test('chance repeats itself for a seed and a step, and is another for another', () => {
  const numbers = (seed: number, name: string) => {
    const random = new Random(seed, name)
    return Array.from({ length: 5 }, () => random.between(0, 1_000_000))
  }
  expect(numbers(7, 'users')).toEqual(numbers(7, 'users'))
  expect(numbers(7, 'users')).not.toEqual(numbers(7, 'classes'))
  expect(numbers(7, 'users')).not.toEqual(numbers(8, 'users'))
})

test('a sample has the size that was asked for, each once, in order', () => {
  const random = new Random(1, 'sample')
  const from = [1, 2, 3, 4, 5, 6]
  const seen = new Set<number>()
  for (let i = 0; i < 200; i++) {
    const count = random.between(3, 6)
    const sample = random.sample(from, count)
    expect(sample).toHaveLength(count)
    expect(sample).toEqual([...new Set(sample)].sort((a, b) => a - b))
    seen.add(count)
  }
  expect([...seen].sort()).toEqual([3, 4, 5, 6])
})

test('3,000 people have 3,000 addresses, and another institution has others', () => {
  const one = '019a0000-0000-7000-8000-000000000001'
  const two = '019a0000-0000-7000-8000-000000000002'
  const people = seedPeople(new Random(1, 'users'), 'aluno', 3_000, one)
  expect(new Set(people.map(({ email }) => email)).size).toBe(3_000)
  expect(people).toEqual(seedPeople(new Random(1, 'users'), 'aluno', 3_000, one))
  const others = new Set(seedPeople(new Random(1, 'users'), 'aluno', 3_000, two).map(({ email }) => email))
  expect(people.some(({ email }) => others.has(email))).toBe(false)
  for (const { email } of people) expect(email).toMatch(/^aluno\.\d{8}@[0-9a-f]{10}\.example$/)
})

test('an institution has a seed of its own', () => {
  expect(seedOf('019a0000-0000-7000-8000-0000000000ff')).toBe(255)
})
