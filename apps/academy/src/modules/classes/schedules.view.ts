import type { Locale } from '../../platform/http/endpoint.ts'
import { unbroken } from '../../platform/ui/format.ts'
import { minutesOf } from '../../platform/ui/week.ts'
import { DAYS, type Schedule } from './class.fields.ts'

const A_MONDAY = Date.UTC(2024, 0, 1, 12)
const DAY_MS = 86_400_000

/** A day of the week as readers call it, `Monday` or `Mon`. */
export const dayName = (day: Schedule['day'], locale: Locale, style: 'long' | 'short') =>
  new Intl.DateTimeFormat(locale, { weekday: style, timeZone: 'UTC' }).format(A_MONDAY + DAYS.indexOf(day) * DAY_MS)

/** When a class meets, in the order of its week: `Mon 19:00–22:00, Thu 07:00–08:30`, broken between meetings only. */
export const schedulesText = (schedules: readonly Schedule[], locale: Locale) =>
  schedules
    .map(({ day, startAt, endAt }) => unbroken(`${dayName(day, locale, 'short')} ${startAt}–${endAt}`))
    .join(', ')

/** A lesson that begins later ends later: it stays as long as it was, up to the end of the day. Hours that are none change nothing else. */
export function begunAt(
  startAt: string,
  before: Pick<Schedule, 'startAt' | 'endAt'>,
): Pick<Schedule, 'startAt' | 'endAt'> {
  const end = minutesOf(startAt) + minutesOf(before.endAt) - minutesOf(before.startAt)
  if (!Number.isFinite(end)) return { startAt, endAt: before.endAt }
  const minutes = Math.min(Math.max(end, 0), 24 * 60)
  const two = (part: number) => String(part).padStart(2, '0')
  return { startAt, endAt: `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}` }
}
