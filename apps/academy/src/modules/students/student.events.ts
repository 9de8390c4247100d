/** The facts about students that other modules may listen to. */
import { event } from 'cascata'
import { z } from 'zod'

export const StudentCreated = event('student.created', z.object({ studentId: z.uuid() }), {
  label: { en: 'Student created', pt: 'Aluno cadastrado' },
})
