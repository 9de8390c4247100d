import { z } from 'zod'
import { endpoint, LOCALES, ROLES } from '../../../platform/http/endpoint.ts'
import { id } from '../../../platform/http/fields.ts'

const me = z.object({
  id,
  name: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  locale: z.enum(LOCALES),
  authenticatorNeeded: z
    .boolean()
    .meta({ description: 'Nothing but the own account is open before an authenticator app is set up' }),
  institution: z.object({
    id,
    name: z.string(),
    timeZone: z.string(),
    noteLimit: z.number(),
    frequencyLimit: z.number(),
  }),
})

/** `null` without a session, so that a page may ask on behalf of a visitor. Sign in: `POST /api/auth/sign-in/email` { email, password }. */
export const readMe = endpoint({
  path: 'GET /api/me',
  roles: ROLES,
  tag: 'session',
  summary: { en: 'Who is signed in, if anybody is', pt: 'Quem está conectado, se alguém estiver' },
  response: me.nullable(),
})

export const changeLocale = endpoint({
  path: 'PUT /api/me/locale',
  roles: ROLES,
  tag: 'session',
  summary: {
    en: 'Choose the language of pages, messages and e-mails',
    pt: 'Escolher o idioma das páginas, mensagens e e-mails',
  },
  body: z.strictObject({ locale: z.enum(LOCALES) }),
  response: me,
})
