/** Classes by discipline: a teacher's own, for staff all of the institution. */
import { institutionClock } from '../../../platform/database/institution-clock.ts'
import { route } from '../../../platform/http/route.ts'
import type { ShownClassStatus } from '../class.fields.ts'
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

export const listClasses = route('GET /classes', contract, async ({ input, tx, by }) => {
  const { today } = await institutionClock(tx, by.institutionId)
  const teacherId = by.role === 'teacher' ? by.id : null
  const status = input.status ?? (teacherId ? 'started' : null)
  const { rows } = await tx.query<Row>(
    `with found as materialized (
       select c.*, d.name as discipline, d.code, ${shownStatus('$2')} as shown
       from academy.classes c
       join academy.disciplines d on d.institution_id = c.institution_id and d.id = c.discipline_id
       left join academy.enrollment_periods e on e.institution_id = c.institution_id and e.period_id = c.period_id
       where c.institution_id = $1 and ($3::uuid is null or c.teacher_id = $3) and ($5::text is null or c.period_id = $5)
     ), page as (
       select * from found c where ($4::text is null or shown = $4)
         and ($6::uuid is null or (discipline, id) > (select discipline, id from found where id = $6))
       order by discipline, id limit $7
     )
     select c.id, c.discipline, c.code, c.teacher_id, u.name as teacher, c.period_id as period, c.shown as status,
       c.vacancies, ${SCHEDULES_COLUMN},
       (select count(*)::int from academy.class_students s
        where s.institution_id = c.institution_id and s.class_id = c.id and s.status <> 'left') as students,
       (select count(*)::int from academy.class_activities a
        where a.institution_id = c.institution_id and a.class_id = c.id) as activities,
       l.lessons, l.finalized_lessons, f.present, f.records
     from page c
     join academy.users u on u.institution_id = c.institution_id and u.id = c.teacher_id
     cross join lateral (
       select count(*)::int as lessons, count(*) filter (where l.status = 'finalized')::int as finalized_lessons
       from academy.lessons l where l.institution_id = c.institution_id and l.class_id = c.id
     ) l
     cross join lateral (
       select count(*) filter (where a.present)::int as present, count(*)::int as records
       from academy.lesson_attendances a where a.institution_id = c.institution_id and a.class_id = c.id
     ) f
     order by c.discipline, c.id`,
    [by.institutionId, today, teacherId, status, input.periodId ?? null, input.after ?? null, input.limit + 1],
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
    next: rows.length > page.length ? (page.at(-1)?.id ?? null) : null,
  }
})
