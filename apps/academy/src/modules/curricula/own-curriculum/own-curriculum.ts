/** A student's disciplines by period, and how each stands. */
import { route } from '../../../platform/http/route.ts'
import type { StudentClassStatus } from '../../classes/class.fields.ts'
import { contract } from './own-curriculum.contract.ts'

export const ownCurriculum = route('GET /curriculum', contract, async ({ tx, by }) => {
  const entered = await tx.query<{ course: string; curriculum: string; curriculum_id: string }>(
    `select c.name as course, u.name as curriculum, u.id as curriculum_id
     from academy.students s
     join academy.course_offerings o on o.institution_id = s.institution_id and o.id = s.course_offering_id
     join academy.courses c on c.institution_id = o.institution_id and c.id = o.course_id
     join academy.course_curricula u on u.institution_id = o.institution_id and u.id = o.curriculum_id
     where s.institution_id = $1 and s.id = $2`,
    [by.institutionId, by.id],
  )
  const [own] = entered.rows
  if (!own) return { course: null, curriculum: null, disciplines: [] }
  const { rows } = await tx.query<{
    id: string
    name: string
    period: number
    credits: number
    workloadHours: number
    status: StudentClassStatus | 'pending'
  }>(
    // A result that passed stays, whatever came after; otherwise the class that was chosen last says how it stands.
    `select d.id, d.name, l.period, l.credits, l.workload_hours as "workloadHours", coalesce((
         select s.status from academy.class_students s
         join academy.classes c on c.institution_id = s.institution_id and c.id = s.class_id
         where s.institution_id = l.institution_id and s.student_id = $2 and c.discipline_id = l.discipline_id
           and s.status <> 'left'
         order by s.status in ('approved', 'exempt') desc, s.enrolled_at desc, c.id desc limit 1
       ), 'pending') as status
     from academy.curriculum_disciplines l
     join academy.disciplines d on d.institution_id = l.institution_id and d.id = l.discipline_id
     where l.institution_id = $1 and l.curriculum_id = $3
     order by l.period, d.name, d.id`,
    [by.institutionId, by.id, own.curriculum_id],
  )
  return { course: own.course, curriculum: own.curriculum, disciplines: rows }
})
