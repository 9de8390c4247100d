/** When a class meets: weekday and hours. Two schedules clash when their half-open intervals on one weekday intersect. */
import { type Refusal, refuse, refuseItems } from '../../platform/http/refusal.ts'
import { DAYS, type Schedule } from './class.fields.ts'

export const clash = (a: Schedule, b: Schedule) => a.day === b.day && a.startAt < b.endAt && b.startAt < a.endAt

/** In the order of the week. */
export const byTime = (a: Schedule, b: Schedule) =>
  DAYS.indexOf(a.day) - DAYS.indexOf(b.day) || a.startAt.localeCompare(b.startAt)

/** Hours that end by then and begin later went on over midnight; other hours were swapped. */
const NIGHT_ENDS = '06:00'

export function schedulesRefusal(schedules: readonly Schedule[]): Refusal | undefined {
  const overMidnight = schedules.flatMap(({ startAt, endAt }, index) =>
    endAt < startAt && endAt <= NIGHT_ENDS ? [index] : [],
  )
  if (overMidnight.length > 0) {
    return at(
      overMidnight,
      'schedule-over-midnight',
      'A lesson ends on its day. Split it: until 24:00, and from 00:00 of the next day on.',
      'Uma aula termina no mesmo dia. Divida em duas: até 24:00 e, no dia seguinte, a partir de 00:00.',
    )
  }
  const backwards = schedules.flatMap(({ startAt, endAt }, index) => (startAt < endAt ? [] : [index]))
  if (backwards.length > 0)
    return at(backwards, 'invalid-schedule', 'It ends after it starts.', 'O fim vem depois do início.')
  const clashing = schedules.flatMap((schedule, index) =>
    schedules.some((other, i) => i !== index && clash(schedule, other)) ? [index] : [],
  )
  return at(
    clashing,
    'conflicting-schedules',
    'It overlaps another schedule of the class.',
    'Há conflito com outro horário da turma.',
  )
}

function at(places: readonly number[], code: string, en: string, pt: string): Refusal | undefined {
  const refused = places.map((index) => ({ index, id: String(index), refusal: refuse(code, { message: { en, pt } }) }))
  const refusal = refuseItems('schedules', refused)
  return refusal && { ...refusal, errors: refusal.errors.map(({ id: _, ...error }) => error) }
}
