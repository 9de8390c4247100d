/** Where the meetings of a week lie on a timetable. */

/** In the order of the week. */
export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Weekday = (typeof WEEKDAYS)[number]

export interface Hours {
  startAt: string
  endAt: string
}

export const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))

/** The full hours from the first beginning to the last end; an evening when there is nothing. */
export function hoursOf(meetings: readonly Hours[]): { first: number; last: number } {
  if (meetings.length === 0) return { first: 19, last: 22 }
  return {
    first: Math.floor(Math.min(...meetings.map(({ startAt }) => minutesOf(startAt))) / 60),
    last: Math.ceil(Math.max(...meetings.map(({ endAt }) => minutesOf(endAt))) / 60),
  }
}

/** Meetings of one day by their beginning; those at the same time side by side, each in a lane of its own. */
export function lanesOf<M extends Hours>(meetings: readonly M[]): (M & { lane: number; lanes: number })[] {
  const sorted = [...meetings].sort((a, b) => a.startAt.localeCompare(b.startAt) || a.endAt.localeCompare(b.endAt))
  const placed: (M & { lane: number; group: number })[] = []
  const lanes = new Map<number, string[]>()
  let group = -1
  let groupEnds = ''
  for (const meeting of sorted) {
    if (meeting.startAt >= groupEnds) group += 1
    const ends = lanes.get(group) ?? []
    const free = ends.findIndex((end) => end <= meeting.startAt)
    const lane = free === -1 ? ends.length : free
    ends[lane] = meeting.endAt
    lanes.set(group, ends)
    groupEnds = meeting.endAt > groupEnds ? meeting.endAt : groupEnds
    placed.push({ ...meeting, lane, group })
  }
  return placed.map(({ group: of, ...meeting }) => ({
    ...(meeting as unknown as M & { lane: number }),
    lanes: lanes.get(of)?.length ?? 1,
  }))
}

/** The weekday of a calendar day. */
export const weekdayOf = (date: string) => WEEKDAYS[(new Date(`${date}T12:00:00Z`).getUTCDay() + 6) % 7] as Weekday

/** The days that a timetable shows: Sunday only when something meets then. */
export const daysShown = (meetings: readonly { day: Weekday }[]): readonly Weekday[] =>
  WEEKDAYS.filter((day) => day !== 'sunday' || meetings.some((each) => each.day === day))
