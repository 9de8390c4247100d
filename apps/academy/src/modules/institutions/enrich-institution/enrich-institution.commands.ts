/** What a term has besides classes and attendance. */
import { command } from 'cascata'
import { z } from 'zod'

const institution = z.object({ institutionId: z.uuid(), seed: z.int().min(0).max(0xffff_ffff) })
export type EnrichmentOrder = z.output<typeof institution>

export const SeedClassActivities = command('class-activities.seed', institution, {
  timeout: '2m',
  label: { en: 'Seed activities of the classes', pt: 'Realizar seed de atividades das turmas' },
})

export const SeedStudentNotes = command('student-notes.seed', institution, {
  timeout: '2m',
  label: { en: 'Seed grades', pt: 'Realizar seed de notas' },
})

export const SeedNotices = command('notices.seed', institution, {
  label: { en: 'Seed notices of the staff', pt: 'Realizar seed de avisos' },
})

export const FailForDemonstration = command('demonstration.fail', z.object({ fail: z.boolean() }), {
  lane: 'bulk',
  label: { en: 'Fail, so that there is a failure to look at', pt: 'Falhar, para haver uma falha a examinar' },
})
