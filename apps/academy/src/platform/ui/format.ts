/** Dates, times and numbers as people write them. Instants are shown in the institution's zone, days have none. */
import type { Locale } from '../http/endpoint.ts'
import { frequencyLimitText, frequencyText, percentText } from '../percent.ts'
import { zoneInWords } from '../time-zones.ts'

export interface Format {
  number: (value: number, decimals?: number) => string
  percent: (value: number) => string
  /** Attendance, and below it the limit that it is compared with. */
  frequencyText: (value: number) => string
  limitText: (value: number) => string
  day: (date: string) => string
  dayTime: (date: string, hour: string) => string
  time: (instant: string) => string
  dateTime: (instant: string) => string
  ago: (instant: string, nowMs: number) => string
  list: (items: readonly string[]) => string
  /** Order of names as a dictionary has them: Ética before Redes, Cálculo 2 before Cálculo 10. */
  compare: (a: string, b: string) => number
  /** The zone as people call it, e.g. Brasilia Time. */
  zone: string
}

// A day is formatted as noon UTC in UTC, so that no zone can move it to its neighbour.
const noon = (date: string) => new Date(`${date}T12:00:00Z`)

export function createFormat(locale: Locale, timeZone: string): Format {
  const tag = locale === 'en' ? 'en-GB' : 'pt-BR'
  const day = new Intl.DateTimeFormat(tag, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  })
  const time = new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone })
  const dateTime = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short', timeZone })
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: 'auto', style: 'long' })
  const list = new Intl.ListFormat(tag, { type: 'conjunction' })
  return {
    number: (value, decimals) =>
      new Intl.NumberFormat(
        tag,
        decimals === undefined ? {} : { minimumFractionDigits: decimals, maximumFractionDigits: decimals },
      ).format(value),
    percent: (value) => percentText(value, locale),
    frequencyText: (value) => frequencyText(value, locale),
    limitText: (value) => frequencyLimitText(value, locale),
    day: (date) => day.format(noon(date)),
    dayTime: (date, hour) => `${day.format(noon(date))}, ${hour}`,
    time: (instant) => time.format(new Date(instant)),
    dateTime: (instant) => dateTime.format(new Date(instant)),
    ago: (instant, nowMs) => {
      const seconds = Math.round((new Date(instant).getTime() - nowMs) / 1000)
      const size = Math.abs(seconds)
      if (size < 45) return relative.format(0, 'second')
      if (size < 45 * 60) return relative.format(Math.round(seconds / 60), 'minute')
      if (size < 22 * 3600) return relative.format(Math.round(seconds / 3600), 'hour')
      if (size < 7 * 86_400) return relative.format(Math.round(seconds / 86_400), 'day')
      return dateTime.format(new Date(instant))
    },
    list: (items) => list.format(items),
    compare: new Intl.Collator(tag, { numeric: true }).compare,
    zone: capitalized(zoneInWords(timeZone, locale)),
  }
}

const capitalized = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)

/** Kept on one line: a line may otherwise end at any space and behind a dash, in the middle of `Mon 19:00–22:00`. */
export const unbroken = (text: string) => text.replaceAll(' ', '\u00a0').replaceAll('–', '\u2060–\u2060')

/** `date` (YYYY-MM-DD) so many days later, on the calendar. */
export function addDays(date: string, days: number): string {
  const moved = noon(date)
  moved.setUTCDate(moved.getUTCDate() + days)
  return moved.toISOString().slice(0, 10)
}

/** Whole days from one calendar day to another. */
export const daysBetween = (from: string, to: string) =>
  Math.round((noon(to).getTime() - noon(from).getTime()) / 86_400_000)

/** Today's date on the institution's calendar. */
export const todayIn = (timeZone: string, nowMs: number) =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(nowMs)

/** Whole seconds until an instant, never negative. */
export const secondsUntil = (instant: string, nowMs: number) =>
  Math.max(0, Math.ceil((new Date(instant).getTime() - nowMs) / 1000))
