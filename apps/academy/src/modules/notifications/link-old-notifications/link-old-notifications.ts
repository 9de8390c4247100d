/** Whoever is new gets the notices that have no time. */
import { command, handle, on } from 'cascata'
import { z } from 'zod'
import { StudentCreated } from '../../students/student.events.ts'
import { TeacherCreated } from '../../teachers/teacher.events.ts'

export const LinkOldNotifications = command('old-notifications.link', z.object({ userId: z.uuid() }), {
  label: { en: 'Show earlier notices to a new user', pt: 'Vincular avisos antigos ao novo usuário' },
})

export const onTeacherCreated = on(TeacherCreated, 'link-old-notifications', ({ teacherId }) =>
  LinkOldNotifications({ userId: teacherId }),
)
export const onStudentCreated = on(StudentCreated, 'link-old-notifications', ({ studentId }) =>
  LinkOldNotifications({ userId: studentId }),
)

// One statement; what the person was given in the meantime stays as it is.
export const linkOldNotifications = handle(LinkOldNotifications, async ({ userId }, { tx, tenant }) => {
  await tx.query(
    `insert into academy.notification_recipients (institution_id, user_id, notification_id)
     select n.institution_id, u.id, n.id
     from academy.users u
     join academy.notifications n on n.institution_id = u.institution_id and n.timeless
       and n.target in ('all', case u.role when 'student' then 'students' else 'teachers' end)
     where u.institution_id = $1 and u.id = $2
     on conflict do nothing`,
    [tenant, userId],
  )
})
