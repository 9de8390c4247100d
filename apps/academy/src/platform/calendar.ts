/** Days and hours as people at the institution read them: wall-clock values in its time zone, compared as text. */

export type WallClock = { date: string; hour: string }

/** What the clock on the wall shows at an instant, e.g. `{ date: '2026-12-01', hour: '23:59' }`. */
export function wallClock(instant: Date, timeZone: string): WallClock {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(instant)
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((p) => p.type === type)?.value ?? ''
  return { date: `${part('year')}-${part('month')}-${part('day')}`, hour: `${part('hour')}:${part('minute')}` }
}

/** `01/12/2026`, or `1 Dec 2026` in English. */
export function dateInWords(date: string, locale: 'pt-BR' | 'en'): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  const options: Intl.DateTimeFormatOptions =
    locale === 'en'
      ? { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }
      : { day: '2-digit', month: '2-digit', year: 'numeric', timeZone: 'UTC' }
  return new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : 'pt-BR', options).format(Date.UTC(year, month - 1, day))
}
