import { z } from 'zod'
import { password } from '../../../platform/auth/account.fields.ts'
import { PASSWORD_LENGTH_MAX } from '../../../platform/auth/password.fields.ts'
import { endpoint, ROLES } from '../../../platform/http/endpoint.ts'
import { count, id, instant } from '../../../platform/http/fields.ts'

const common = { roles: ROLES, tag: 'own-account' } as const

const openSession = z.object({
  id,
  here: z.boolean().meta({ description: 'The one that asks' }),
  browser: z.string().nullable().meta({ description: 'As the browser calls itself; null when it says nothing known' }),
  system: z.string().nullable().meta({ description: 'Of the device, as the browser says it' }),
  signedInAt: instant,
  seenAt: instant.meta({ description: 'Last used, to some minutes' }),
  endsAt: instant.meta({
    description: 'When it ends unless it is used; at the latest 30 days after sign-in, 12 hours for administrators',
  }),
})

const signIn = z.object({
  id,
  at: instant,
  outcome: z.enum(['signed-in', 'wrong-password', 'no-code', 'wrong-code']).meta({
    description: '`no-code`: the password was right, and no code followed',
  }),
  browser: z.string().nullable().meta({ description: 'As the browser calls itself; null when it says nothing known' }),
  system: z.string().nullable().meta({ description: 'Of the device, as the browser says it' }),
})

export const readOwnAccount = endpoint({
  ...common,
  path: 'GET /api/me/account',
  summary: {
    en: 'Your account: password, second factor and sessions',
    pt: 'Sua conta: senha, verificação em duas etapas e sessões',
  },
  response: z.object({
    hasPassword: z.boolean().meta({ description: 'false: a link by e-mail makes the first one' }),
    authenticator: z
      .object({ since: instant, recoveryCodesLeft: count })
      .nullable()
      .meta({ description: 'null: no code is asked for' }),
    sessions: z.array(openSession),
    signIns: z.array(signIn).meta({ description: 'Of the last 30 days: the newest 10 of each outcome' }),
  }),
})

export const changePassword = endpoint({
  ...common,
  path: 'PUT /api/me/password',
  summary: {
    en: 'Change your password; all your other sessions end, and you are told by e-mail',
    pt: 'Trocar a sua senha; as suas outras sessões terminam, e você é avisado por e-mail',
  },
  body: z.strictObject({ currentPassword: z.string().min(1).max(PASSWORD_LENGTH_MAX), password }),
  response: z.object({ changed: z.literal(true) }),
})

export const endSession = endpoint({
  ...common,
  path: 'DELETE /api/me/sessions/:sessionId',
  summary: { en: 'End one of your sessions', pt: 'Encerrar uma das suas sessões' },
  params: z.object({ sessionId: id }),
  response: z.object({ ended: z.literal(true) }),
})

export const endOtherSessions = endpoint({
  ...common,
  path: 'DELETE /api/me/sessions',
  summary: { en: 'End all your sessions but this one', pt: 'Encerrar todas as suas sessões, menos esta' },
  response: z.object({ ended: count }),
})
