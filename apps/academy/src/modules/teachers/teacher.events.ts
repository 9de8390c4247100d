/** The facts about teachers that other modules may listen to. */
import { event } from 'cascata'
import { z } from 'zod'

export const TeacherCreated = event('teacher.created', z.object({ teacherId: z.uuid() }), {
  label: { en: 'Teacher created', pt: 'Professor cadastrado' },
})
