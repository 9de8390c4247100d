import type { Tx } from 'cascata'

export type StartedClass = {
  id: string
  teacherId: string
  discipline: string
  periodId: string
  periodEndAt: string
}

/** In the order of the week's evenings. */
export async function startedClasses(tx: Tx, institutionId: string): Promise<StartedClass[]> {
  const { rows } = await tx.query<StartedClass>(
    `select c.id, c.teacher_id as "teacherId", d.name as discipline, c.period_id as "periodId",
       to_char(p.end_at, 'YYYY-MM-DD') as "periodEndAt"
     from academy.classes c
     join academy.disciplines d on d.institution_id = c.institution_id and d.id = c.discipline_id
     join academy.academic_periods p on p.institution_id = c.institution_id and p.id = c.period_id
     where c.institution_id = $1 and c.status = 'started'
     order by (select min(s.day) from academy.class_schedules s
               where s.institution_id = c.institution_id and s.class_id = c.id), c.id`,
    [institutionId],
  )
  return rows
}
