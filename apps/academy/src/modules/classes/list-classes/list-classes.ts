/** Classes by discipline: a teacher's own, for staff all of the institution. */
import { BY_NAME } from '../../../platform/database/by-name.ts'
import { institutionClock } from '../../../platform/database/institution-clock.ts'
import { searchPatterns } from '../../../platform/database/search-patterns.ts'
import { route } from '../../../platform/http/route.ts'
import { SHOWN_CLASS_STATUSES, type ShownClassStatus } from '../class.fields.ts'
import { SCHEDULES_COLUMN, type ScheduleRow, schedulesIn, shownStatus } from '../classes.queries.ts'
import { frequency } from '../frequency.ts'
import { contract } from './list-classes.contract.ts'

type Row = {
  id: string
  discipline: string
  code: string
  teacher_id: string
  teacher: string
  period: string
  status: ShownClassStatus
  schedules: ScheduleRow[]
  students: number
  vacancies: number
  activities: number
  lessons: number
  finalized_lessons: number
  present: number
  records: number
}

/** Whatever their status: $1 institution, $2 today, $3 teacher, $4 period, $5 patterns. */
const FOUND = `
  found as materialized (
    select c.*, d.name as discipline, d.code, u.name as teacher, ${shownStatus('$2')} as shown
    from academy.classes c
    join academy.disciplines d on d.institution_id = c.institution_id and d.id = c.discipline_id
    join academy.users u on u.institution_id = c.institution_id and u.id = c.teacher_id
    left join academy.enrollment_periods e on e.institution_id = c.institution_id and e.period_id = c.period_id
    where c.institution_id = $1 and ($3::uuid is null or c.teacher_id = $3) and ($4::text is null or c.period_id = $4)
      and d.search_text || ' ' || academy.folded(u.name) like all ($5::text[])
  )`

const LESSONS_GIVEN = `not exists (select from academy.lessons l
  where l.institution_id = c.institution_id and l.class_id = c.id and l.status <> 'finalized')`

export const listClasses = route('GET /classes', contract, async ({ input, tx, by }) => {
  const { today } = await institutionClock(tx, by.institutionId)
  const teacherId = by.role === 'teacher' ? by.id : null
  const status = input.status ?? (teacherId ? 'started' : null)
  const values = [by.institutionId, today, teacherId, input.periodId ?? null, searchPatterns(input.search)]
  const counted = await tx.query<{ shown: ShownClassStatus; count: number; given: number }>(
    `with ${FOUND} select shown, count(*)::int as count, count(*) filter (where ${LESSONS_GIVEN})::int as given
     from found c group by shown`,
    values,
  )
  const counts = new Map(
    counted.rows.map(({ shown, count, given }) => [shown, input.lessonsGiven ? given : count] as const),
  )
  const { rows } = await tx.query<Row>(
    `with ${FOUND}, page as (
       select * from found c where ($6::text is null or shown = $6) and (not $9 or ${LESSONS_GIVEN})
         and ($7::uuid is null or (discipline ${BY_NAME}, id) > (select discipline, id from found where id = $7))
       order by discipline ${BY_NAME}, id limit $8
     )
     select c.id, c.discipline, c.code, c.teacher_id, c.teacher, c.period_id as period, c.shown as status,
       c.vacancies, ${SCHEDULES_COLUMN},
       (select count(*)::int from academy.class_students s
        where s.institution_id = c.institution_id and s.class_id = c.id and s.status <> 'left') as students,
       (select count(*)::int from academy.class_activities a
        where a.institution_id = c.institution_id and a.class_id = c.id) as activities,
       l.lessons, l.finalized_lessons, f.present, f.records
     from page c
     cross join lateral (
       select count(*)::int as lessons, count(*) filter (where l.status = 'finalized')::int as finalized_lessons
       from academy.lessons l where l.institution_id = c.institution_id and l.class_id = c.id
     ) l
     cross join lateral (
       select count(*) filter (where a.present)::int as present, count(*)::int as records
       from academy.lesson_attendances a where a.institution_id = c.institution_id and a.class_id = c.id
     ) f
     order by c.discipline ${BY_NAME}, c.id`,
    [...values, status, input.after ?? null, input.limit + 1, input.lessonsGiven],
  )
  const page = rows.slice(0, input.limit)
  return {
    classes: page.map(({ teacher_id, teacher, finalized_lessons, present, records, schedules, ...row }) => ({
      ...row,
      teacher: { id: teacher_id, name: teacher },
      schedules: schedulesIn(schedules),
      finalizedLessons: finalized_lessons,
      frequency: frequency(present, records),
    })),
    total: status ? (counts.get(status) ?? 0) : [...counts.values()].reduce((sum, count) => sum + count, 0),
    byStatus: Object.fromEntries(SHOWN_CLASS_STATUSES.map((each) => [each, counts.get(each) ?? 0])) as Record<
      ShownClassStatus,
      number
    >,
    finalizable: counted.rows.find(({ shown }) => shown === 'started')?.given ?? 0,
    next: rows.length > page.length ? (page.at(-1)?.id ?? null) : null,
  }
})
