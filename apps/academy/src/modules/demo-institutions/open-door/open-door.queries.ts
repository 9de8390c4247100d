import type { Tx } from 'cascata'
import type { Actor } from '../../../platform/http/route.ts'

export type Door = { id: string; role: 'staff' | 'teacher' | 'student'; name: string }

/** Back to whoever opened the doors, or to somebody invented who has classes: the same person each time. */
export async function doorsOf(tx: Tx, by: Actor): Promise<Door[]> {
  const { rows } = await tx.query<Door>(
    `(select id, role, name from academy.users where institution_id = $1 and id = $2 and role = 'staff')
     union all
     (select u.id, u.role, u.name from academy.users u
      where u.institution_id = $1 and u.role = 'teacher' and u.invented
      order by (select count(*) from academy.classes c where c.institution_id = $1 and c.teacher_id = u.id) desc, u.id limit 1)
     union all
     (select u.id, u.role, u.name from academy.users u
      where u.institution_id = $1 and u.role = 'student' and u.invented and exists (
        select from academy.class_students s where s.institution_id = $1 and s.student_id = u.id)
      order by u.id limit 1)`,
    [by.institutionId, by.openedBy ?? by.id],
  )
  return rows
}
