import { expect, test } from 'vitest'
import { type Activities, groupByDue } from './activities-by-due.view.ts'

test('soonest first, what is over last, and a day that has begun is not over', () => {
  const activities = (
    [
      ['today', '2026-06-10', '08:00'],
      ['over', '2026-06-09', '12:00'],
      ['long over', '2026-05-01', '12:00'],
      ['in a week', '2026-06-17', '12:00'],
      ['in eight days', '2026-06-18', '12:00'],
      ['tonight', '2026-06-10', '22:00'],
    ] as const
  ).map(([title, dueDate, dueHour]) => ({ title, dueDate, dueHour })) as Activities
  const groups = groupByDue(activities, '2026-06-10')
  const titles = (group: Activities) => group.map(({ title }) => title)
  expect(titles(groups.thisWeek)).toEqual(['today', 'tonight', 'in a week'])
  expect(titles(groups.later)).toEqual(['in eight days'])
  expect(titles(groups.past)).toEqual(['over', 'long over'])
})
