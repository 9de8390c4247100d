/** The facts about institutions that other modules may listen to. */
import { event } from 'cascata'
import { z } from 'zod'
import { demoSize } from './institution.fields.ts'

export const InstitutionCreated = event(
  'institution.created',
  z.object({ institutionId: z.uuid(), demoData: demoSize.nullable() }),
  { label: { en: 'Institution created', pt: 'Instituição criada' } },
)

/** Somebody went through a door of a demonstration institution for the first time. */
export const DemoInstitutionOpened = event('demo-institution.opened', z.object({ institutionId: z.uuid() }), {
  label: { en: 'Demonstration opened', pt: 'Demonstração aberta' },
})
