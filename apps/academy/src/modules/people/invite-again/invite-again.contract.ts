import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, id } from '../../../platform/http/fields.ts'

const invitedRole = z.enum(['student', 'teacher'])
export type InvitedRole = z.output<typeof invitedRole>

export const contract = endpoint({
  path: 'POST /invitations',
  roles: ['staff'],
  tag: 'people',
  summary: {
    en: 'Invite again those who have no password yet, with a new link',
    pt: 'Convidar de novo quem ainda não tem senha, com um novo link',
  },
  body: z.strictObject({
    role: invitedRole,
    people: z
      .array(id)
      .min(1)
      .max(1_000)
      .optional()
      .meta({ description: 'Left out: everybody of the role who has no password' }),
  }),
  response: z.object({
    invited: count,
    recently: count.meta({ description: 'Left out, since they were invited again within the last hour' }),
    entered: count.meta({ description: 'Left out, since they have a password' }),
  }),
})
