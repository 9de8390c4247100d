/**
 * The dates of the demonstration, seen from a day. What is shown is the latest period that started at least four weeks ago,
 * so that there are lessons to look at: from January to the end of February that is last year's second.
 */

export type SeedPeriod = { id: string; startAt: string; endAt: string }
export type SeedWindow = { startAt: string; endAt: string }

const DAY_MS = 86_400_000
const STARTED_DAYS_AGO_MIN = 28
const OPEN_DAYS_AROUND = 7
const CLOSED_DAYS_BEFORE = { startAt: 21, endAt: 7 }

/** Lessons are given up to the day before the last. */
export const periodsOf = (year: number): readonly [SeedPeriod, SeedPeriod] => [
  { id: `${year}.1`, startAt: `${year}-02-01`, endAt: `${year}-06-01` },
  { id: `${year}.2`, startAt: `${year}-07-03`, endAt: `${year}-12-05` },
]

export const daysFrom = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10)

/** @param today on the institution's calendar. */
export function seededPeriodOn(today: string): SeedPeriod {
  const year = Number(today.slice(0, 4))
  const [first, second] = periodsOf(year)
  const started = [second, first].find(({ startAt }) => daysFrom(startAt, STARTED_DAYS_AGO_MIN) <= today)
  return started ?? periodsOf(year - 1)[1]
}

export const yearOf = (periodId: string): number => Number(periodId.slice(0, 4))

/** @throws Error for what is no period of `periodsOf`. */
export function periodOf(periodId: string): SeedPeriod {
  const period = periodsOf(yearOf(periodId)).find(({ id }) => id === periodId)
  if (!period) throw new Error(`${periodId} is no academic period.`)
  return period
}

/** Open on this day: classes are released, students choose. */
export const openWindowOn = (today: string): SeedWindow => ({
  startAt: daysFrom(today, -OPEN_DAYS_AROUND),
  endAt: daysFrom(today, OPEN_DAYS_AROUND),
})

/** Over before the period began: classes are started. */
export const closedWindowOf = ({ startAt }: SeedPeriod): SeedWindow => ({
  startAt: daysFrom(startAt, -CLOSED_DAYS_BEFORE.startAt),
  endAt: daysFrom(startAt, -CLOSED_DAYS_BEFORE.endAt),
})
