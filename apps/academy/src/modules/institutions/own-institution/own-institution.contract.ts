import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { version, versionRead } from '../../../platform/http/fields.ts'
import { institutionName, timeZone } from '../institution.fields.ts'

const institution = z.object({ name: z.string(), timeZone: z.string(), version })

export const read = endpoint({
  path: 'GET /institutions/own',
  roles: ['staff'],
  tag: 'institutions',
  summary: { en: 'The institution that I work for', pt: 'A instituição em que trabalho' },
  response: institution,
})

/** Lessons and due dates are days and hours on the wall: they stay what they are, in the new zone. */
export const change = endpoint({
  path: 'PUT /institutions/own',
  roles: ['staff'],
  tag: 'institutions',
  summary: {
    en: 'Change the name or the time zone of my institution; what is left out stays',
    pt: 'Mudar o nome ou o fuso horário da minha instituição; o que não é enviado fica como está',
  },
  body: z.strictObject({
    name: institutionName.optional(),
    timeZone: timeZone.optional(),
    version: versionRead,
  }),
  response: institution,
})
