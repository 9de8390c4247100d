/**
 * The lessons of a class: one for each of its schedules on each day of its period, the first day included, the last
 * excluded, numbered in the order in which they are given.
 */
import { DAYS, type Schedule } from './class.fields.ts'
import { byTime } from './schedules.ts'

export type NewLesson = { number: number; date: string; startAt: string; endAt: string }

const DAY_MS = 86_400_000

export function generateLessons(
  period: { startAt: string; endAt: string },
  schedules: readonly Schedule[],
): NewLesson[] {
  const ordered = [...schedules].sort(byTime)
  const lessons: NewLesson[] = []
  const end = Date.parse(period.endAt)
  for (let at = Date.parse(period.startAt); at < end; at += DAY_MS) {
    const day = new Date(at)
    const weekday = DAYS[(day.getUTCDay() + 6) % 7] // JavaScript's week begins on Sunday
    for (const schedule of ordered) {
      if (schedule.day !== weekday) continue
      const { startAt, endAt } = schedule
      lessons.push({ number: lessons.length + 1, date: day.toISOString().slice(0, 10), startAt, endAt })
    }
  }
  return lessons
}

export const workloadMinutes = (lessons: readonly { startAt: string; endAt: string }[]): number =>
  lessons.reduce((sum, { startAt, endAt }) => sum + minutes(endAt) - minutes(startAt), 0)

const minutes = (hour: string) => Number(hour.slice(0, 2)) * 60 + Number(hour.slice(3, 5))
