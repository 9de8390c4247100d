import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'

export const DOOR_ROLES = ['staff', 'teacher', 'student'] as const
const door = z.enum(DOOR_ROLES)
const common = { roles: DOOR_ROLES, tag: 'demo-institutions' } as const

export const listDoors = endpoint({
  ...common,
  path: 'GET /demo-institutions/doors',
  summary: {
    en: 'As whom this demonstration institution can be entered',
    pt: 'Como quem se pode entrar nesta instituição de demonstração',
  },
  response: z.object({
    doors: z.array(z.object({ role: door, name: z.string(), here: z.boolean() })).meta({
      description: 'Empty for an institution that is no demonstration, and for people who came in by themselves',
    }),
  }),
})

/** The answer sets the cookie of a new session; the one before is over. */
export const openDoor = endpoint({
  ...common,
  path: 'POST /demo-institutions/doors',
  summary: {
    en: 'Enter this demonstration institution as somebody else of it',
    pt: 'Entrar nesta instituição de demonstração como outra pessoa dela',
  },
  body: z.strictObject({ role: door }),
  response: z.object({ role: door, name: z.string() }),
})
