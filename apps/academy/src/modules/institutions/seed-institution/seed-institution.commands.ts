/** The five steps that fill a demonstration institution. The same seed makes the same of an institution. */
import { type CommandOptions, command } from 'cascata'
import { z } from 'zod'
import { demoSize } from '../institution.fields.ts'

const first = z.object({ institutionId: z.uuid(), size: demoSize, seed: z.int().min(0).max(0xffff_ffff) })
/** Which academic period is shown is decided once, or midnight between two steps could change it. */
const later = first.extend({ periodId: z.string() })

export type SeedOrder = z.output<typeof first>
export type LaterSeedOrder = z.output<typeof later>

const options = (label: { en: string; pt: string }): CommandOptions => ({
  lane: 'interactive', // somebody watches
  retry: { attempts: 3, backoff: 'exponential', base: '500ms', jitter: 'none' },
  timeout: '5m',
  label,
})

export const SeedInstitutionBasicData = command(
  'institution-basic-data.seed',
  first,
  options({
    en: 'Seed campi, courses, subjects and curricula',
    pt: 'Realizar seed de dados básicos (campus, cursos, disciplinas e grades curriculares)',
  }),
)

export const SeedInstitutionUsers = command(
  'institution-users.seed',
  later,
  options({ en: 'Seed teachers and students', pt: 'Realizar seed de usuários (alunos e professores)' }),
)

export const SeedInstitutionClasses = command(
  'institution-classes.seed',
  later,
  options({ en: 'Seed classes and their lessons', pt: 'Realizar seed de turmas e suas aulas' }),
)

export const SeedInstitutionEnrollments = command(
  'institution-enrollments.seed',
  later,
  options({ en: 'Seed enrolments and start the classes', pt: 'Realizar seed de matrículas e iniciar as turmas' }),
)

export const SeedInstitutionLessonAttendances = command(
  'institution-lesson-attendances.seed',
  later,
  options({ en: 'Seed the attendance of past lessons', pt: 'Realizar seed de chamadas das aulas já dadas' }),
)
