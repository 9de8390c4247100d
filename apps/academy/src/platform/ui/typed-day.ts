/** The day that somebody typed, in the way of their language. A day that could be read in two ways is not guessed. */
import type { Locale } from '../http/endpoint.ts'

/** `day` is YYYY-MM-DD. */
export type TypedDay = { day: string } | { wrong: 'unreadable' | 'nonexistent' }

const YEAR_FIRST = /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})$/
/** In English the month is a word: 06/12 is in June to some of its readers, and in December to others. */
const FORMATS: Record<Locale, readonly RegExp[]> = {
  'pt-BR': [YEAR_FIRST, /^(?<day>\d{1,2})[/.-](?<month>\d{1,2})[/.-](?<year>\d{4})$/],
  en: [
    YEAR_FIRST,
    /^(?<day>\d{1,2})\s+(?<month>[a-z]{3,9})\.?,?\s+(?<year>\d{4})$/i,
    /^(?<month>[a-z]{3,9})\.?\s+(?<day>\d{1,2})(,\s*|\s+)(?<year>\d{4})$/i,
  ],
}

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]

export function readDay(typed: string, locale: Locale): TypedDay {
  const found = FORMATS[locale].map((format) => format.exec(typed.trim())?.groups).find((groups) => groups)
  if (!found) return { wrong: 'unreadable' }
  const { year = '', month = '', day = '' } = found
  const number = /^\d+$/.test(month)
    ? Number(month)
    : MONTHS.findIndex((name) => name.startsWith(month.toLowerCase())) + 1
  if (number === 0) return { wrong: 'unreadable' }
  const date = `${year}-${String(number).padStart(2, '0')}-${day.padStart(2, '0')}`
  return isDay(date) ? { day: date } : { wrong: 'nonexistent' }
}

/** Whether it is YYYY-MM-DD and a day of the calendar: the 31st of a short month would be one of the next. */
export function isDay(date: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T12:00:00Z`) : Number.NaN
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date)
}
