/** The week of a teacher or a student: days that have something, in order. */
import { route } from '../../../platform/http/route.ts'
import { DAYS } from '../class.fields.ts'
import { SCHEDULES_COLUMN, type ScheduleRow, schedulesIn } from '../classes.queries.ts'
import { contract } from './agenda.contract.ts'

export const agenda = route('GET /agenda', contract, async ({ tx, by }) => {
  const { rows } = await tx.query<{ id: string; discipline: string; schedules: ScheduleRow[] }>(
    `select c.id, d.name as discipline, ${SCHEDULES_COLUMN}
     from academy.classes c
     join academy.disciplines d on d.institution_id = c.institution_id and d.id = c.discipline_id
     where c.institution_id = $1 and case $3
       when 'teacher' then c.teacher_id = $2 and c.status = 'started'
       else exists (select from academy.class_students s where s.institution_id = c.institution_id
         and s.class_id = c.id and s.student_id = $2 and s.status = 'enrolled') end
     order by d.name, c.id`,
    [by.institutionId, by.id, by.role],
  )
  const meetings = rows.flatMap(({ id: classId, discipline, schedules }) =>
    schedulesIn(schedules).map((schedule) => ({ ...schedule, classId, discipline })),
  )
  const days = DAYS.map((day) => ({
    day,
    classes: meetings.filter((each) => each.day === day).sort((a, b) => a.startAt.localeCompare(b.startAt)),
  }))
  return { days: days.filter(({ classes }) => classes.length > 0) }
})
