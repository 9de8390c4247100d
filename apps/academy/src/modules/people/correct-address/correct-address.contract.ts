import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, email, id, instant, text } from '../../../platform/http/fields.ts'

const common = { roles: ['staff'], tag: 'people' } as const

const body = z.strictObject({
  email,
  reason: text(500).meta({ description: 'Kept with the change and with each message that is sent again' }),
})

const response = z.object({
  id,
  email: z.string(),
  corrected: z.boolean().meta({
    description:
      'The address is another one: links and sessions ended, and a password that the old one may have chosen; the new one is written to',
  }),
  sentAgain: count,
})

export const correctStudentAddress = endpoint({
  ...common,
  path: 'PUT /students/:studentId/email',
  summary: {
    en: 'Correct the e-mail address; what the old one opened ends, and what failed is sent again',
    pt: 'Corrigir o e-mail; o que o antigo abria termina, e o que falhou é enviado de novo',
  },
  params: z.object({ studentId: id }),
  body,
  response,
})

export const correctTeacherAddress = endpoint({
  ...common,
  path: 'PUT /teachers/:teacherId/email',
  summary: {
    en: 'Correct the e-mail address; what the old one opened ends, and what failed is sent again',
    pt: 'Corrigir o e-mail; o que o antigo abria termina, e o que falhou é enviado de novo',
  },
  params: z.object({ teacherId: id }),
  body,
  response,
})

export const listCorrections = endpoint({
  ...common,
  path: 'GET /people/:userId/corrections',
  summary: {
    en: 'When the e-mail address of somebody was corrected, by whom and why; the newest first',
    pt: 'Quando o e-mail de alguém foi corrigido, por quem e por quê; o mais novo primeiro',
  },
  params: z.object({ userId: id }),
  response: z.object({
    corrections: z.array(z.object({ id, at: instant, by: z.string(), reason: z.string() })),
  }),
})
