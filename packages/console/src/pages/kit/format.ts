/** Instants, durations, sizes and numbers as people write them, in the reader's language and the chosen zone. */
import { type Language, tagOf } from '../i18n/words.ts'

export interface Format {
  language: Language
  timeZone: string
  number: (value: number) => string
  /** At most four characters or so: 12,3 mil. */
  compact: (value: number) => string
  percent: (share: number) => string
  bytes: (bytes: number) => string
  /** Two or three digits, however small or large. */
  rate: (perSecond: number) => string
  /** To the second; today's need no date. */
  instant: (iso: string) => string
  /** Time of day to the millisecond: for steps of one workflow, which are close together. */
  moment: (iso: string) => string
  /** To the millisecond, with date and zone. */
  exact: (iso: string) => string
  day: (iso: string) => string
  /** Of ranges that begin and end at midnight UTC. */
  utcDay: (iso: string) => string
  /** What stands under a column of a chart whose columns are this wide. */
  bucket: (iso: string, bucketMs: number) => string
  ago: (iso: string, nowMs: number) => string
  ms: (ms: number) => string
  list: (items: readonly string[]) => string
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export function createFormat(language: Language, timeZone: string): Format {
  const tag = tagOf(language)
  const number = new Intl.NumberFormat(tag)
  const compact = new Intl.NumberFormat(tag, { notation: 'compact', maximumFractionDigits: 1 })
  const percent = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 1 })
  const clock = new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone })
  const minute = new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit', timeZone })
  const date = new Intl.DateTimeFormat(tag, { day: '2-digit', month: '2-digit', year: 'numeric', timeZone })
  const utcDate = new Intl.DateTimeFormat(tag, { day: '2-digit', month: '2-digit', year: 'numeric', timeZone: 'UTC' })
  const shortDate = new Intl.DateTimeFormat(tag, { day: '2-digit', month: '2-digit', timeZone })
  const exact = new Intl.DateTimeFormat(tag, {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZone,
    timeZoneName: timeZone === 'UTC' ? 'short' : 'shortOffset',
  })
  const moment = new Intl.DateTimeFormat(tag, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZone,
  })
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: 'auto', style: 'short' })
  const list = new Intl.ListFormat(tag, { type: 'conjunction' })
  const tenths = new Intl.NumberFormat(tag, { maximumFractionDigits: 1 })
  const two = new Intl.NumberFormat(tag, { maximumSignificantDigits: 2 })
  const few = new Intl.NumberFormat(tag, { maximumSignificantDigits: 3 })

  return {
    language,
    timeZone,
    number: (value) => number.format(value),
    compact: (value) => (value < 10_000 ? number.format(value) : compact.format(value)),
    rate: (perSecond) => (perSecond < 10 ? two : few).format(perSecond),
    percent: (share) => percent.format(share),
    bytes: (bytes) => {
      const units = ['B', 'kB', 'MB', 'GB', 'TB']
      const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(bytes) / Math.log(1000)))
      return `${few.format(bytes / 1000 ** step)} ${units[step]}`
    },
    instant: (iso) => {
      const at = new Date(iso)
      const time = clock.format(at)
      return date.format(at) === date.format(new Date()) ? time : `${date.format(at)} ${time}`
    },
    moment: (iso) => moment.format(new Date(iso)),
    exact: (iso) => exact.format(new Date(iso)),
    day: (iso) => date.format(new Date(iso)),
    utcDay: (iso) => utcDate.format(new Date(iso)),
    bucket: (iso, bucketMs) => {
      const at = new Date(iso)
      if (bucketMs < MINUTE) return clock.format(at)
      if (bucketMs < HOUR) return minute.format(at)
      return bucketMs < DAY ? `${shortDate.format(at)} ${minute.format(at)}` : shortDate.format(at)
    },
    ago: (iso, nowMs) => {
      const distance = new Date(iso).getTime() - nowMs
      const size = Math.abs(distance)
      if (size < MINUTE) return relative.format(Math.round(distance / SECOND), 'second')
      if (size < HOUR) return relative.format(Math.round(distance / MINUTE), 'minute')
      if (size < DAY) return relative.format(Math.round(distance / HOUR), 'hour')
      return relative.format(Math.round(distance / DAY), 'day')
    },
    ms: (ms) => {
      if (ms > 0 && ms < 0.05) return `< ${tenths.format(0.1)} ms`
      if (ms < 1) return `${tenths.format(ms)} ms`
      if (ms < SECOND) return `${number.format(Math.round(ms))} ms`
      if (ms < MINUTE) return `${few.format(ms / SECOND)} s`
      const whole = Math.round(ms / SECOND)
      const both = (large: number, unit: string, small: number, rest: string) =>
        small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${rest}`
      if (ms < HOUR) return both(Math.floor(whole / 60), 'min', whole % 60, 's')
      if (ms < DAY) return both(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min')
      return both(Math.floor(whole / 86_400), 'd', Math.floor((whole % 86_400) / 3600), 'h')
    },
    list: (items) => list.format(items),
  }
}
