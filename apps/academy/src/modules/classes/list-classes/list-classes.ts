/** A teacher's own started classes, by discipline. */
import { route } from '../../../platform/http/route.ts'
import { contract } from './list-classes.contract.ts'

export const listClasses = route('GET /classes', contract, async ({ tx, by }) => {
  const { rows } = await tx.query<{
    id: string
    discipline: string
    code: string
    period: string
    students: number
    vacancies: number
    activities: number
  }>(
    `select c.id, d.name as discipline, d.code, c.period_id as period, c.vacancies,
       (select count(*)::int from academy.class_students s
        where s.institution_id = c.institution_id and s.class_id = c.id and s.status = 'enrolled') as students,
       (select count(*)::int from academy.class_activities a
        where a.institution_id = c.institution_id and a.class_id = c.id) as activities
     from academy.classes c
     join academy.disciplines d on d.institution_id = c.institution_id and d.id = c.discipline_id
     where c.institution_id = $1 and c.teacher_id = $2 and c.status = 'started'
     order by d.name, c.period_id desc, c.id`,
    [by.institutionId, by.id],
  )
  return { classes: rows }
})
