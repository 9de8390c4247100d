import type { Locale } from '../../platform/http/endpoint.ts'
import { unbroken } from '../../platform/ui/format.ts'
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
