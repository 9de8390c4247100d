/** The facts about people of an institution, whatever they are there. */
import { event } from 'cascata'
import { z } from 'zod'

export const AddressCorrected = event('address.corrected', z.object({ userId: z.uuid(), correctionId: z.uuid() }), {
  label: { en: 'E-mail address corrected', pt: 'E-mail corrigido' },
})

export const InvitedAgain = event(
  'people.invited-again',
  z.object({ roundId: z.uuid(), role: z.enum(['student', 'teacher']) }),
  { label: { en: 'People invited again', pt: 'Pessoas convidadas de novo' } },
)
