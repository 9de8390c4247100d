import { z } from 'zod'
import { PASSWORD_LENGTH_MAX } from '../../../platform/auth/password.fields.ts'
import { endpoint, ROLES } from '../../../platform/http/endpoint.ts'

const common = { roles: ROLES, tag: 'own-account' } as const

const currentPassword = z.string().min(1).max(PASSWORD_LENGTH_MAX)
const code = z.string().min(1).max(40)
const recoveryCodes = z.array(z.string()).meta({ description: 'Each is good once. They are shown this once' })

export const beginAuthenticator = endpoint({
  ...common,
  path: 'PUT /api/me/authenticator',
  summary: {
    en: 'Make the secret for an authenticator app; a code of the app turns it on',
    pt: 'Criar o segredo para um aplicativo autenticador; um código dele liga a verificação',
  },
  body: z.strictObject({
    currentPassword: currentPassword.optional().meta({ description: 'Not needed within ten minutes of signing in' }),
  }),
  response: z.object({
    secret: z.string().meta({ description: 'In base32, for typing' }),
    uri: z.string().meta({ description: 'otpauth://…, for a QR code' }),
  }),
})

export const confirmAuthenticator = endpoint({
  ...common,
  path: 'PUT /api/me/authenticator/confirmation',
  summary: {
    en: 'Turn two-step verification on with a code of the app; all your other sessions end',
    pt: 'Ligar a verificação em duas etapas com um código do aplicativo; as suas outras sessões terminam',
  },
  body: z.strictObject({ code }),
  response: z.object({ recoveryCodes }),
})

export const turnOffAuthenticator = endpoint({
  ...common,
  path: 'PUT /api/me/authenticator/off',
  summary: { en: 'Turn two-step verification off', pt: 'Desligar a verificação em duas etapas' },
  body: z.strictObject({ currentPassword, code: code.meta({ description: 'Of the app, or a recovery code' }) }),
  response: z.object({ turnedOff: z.literal(true) }),
})

export const renewRecoveryCodes = endpoint({
  ...common,
  path: 'PUT /api/me/authenticator/recovery-codes',
  summary: {
    en: 'Make new recovery codes; those from before work no more',
    pt: 'Criar novos códigos de recuperação; os de antes não valem mais',
  },
  body: z.strictObject({ currentPassword, code: code.meta({ description: 'Of the app, or a recovery code' }) }),
  response: z.object({ recoveryCodes }),
})
