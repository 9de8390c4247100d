import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'

/** An installation's own choice, by DEMONSTRATIONS and REGISTRATION. */
export const contract = endpoint({
  path: 'GET /features',
  roles: [],
  tag: 'session',
  summary: {
    en: 'What visitors may do here besides signing in',
    pt: 'O que visitantes podem fazer aqui além de entrar',
  },
  response: z.object({ demonstrations: z.boolean(), registration: z.boolean() }),
})
