import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { id, instant, text } from '../../../platform/http/fields.ts'

const common = { roles: ['staff'], tag: 'people', params: z.object({ userId: id }) } as const

export const turnOffAuthenticatorOf = endpoint({
  ...common,
  path: 'PUT /people/:userId/authenticator/off',
  summary: {
    en: 'Turn two-step verification off for somebody who lost the app and its recovery codes; their sessions end',
    pt: 'Desligar a verificação em duas etapas de quem perdeu o aplicativo e os códigos; as sessões da pessoa terminam',
  },
  body: z.strictObject({ reason: text(500).meta({ description: 'Kept, with who did it and when' }) }),
  response: z.object({ turnedOff: z.literal(true) }),
})

export const listTurnedOff = endpoint({
  ...common,
  path: 'GET /people/:userId/authenticator/off',
  summary: {
    en: 'When two-step verification of somebody was turned off by staff, by whom and why; the newest first',
    pt: 'Quando a secretaria desligou a verificação em duas etapas de alguém, quem e por quê; o mais novo primeiro',
  },
  response: z.object({
    earlier: z.array(z.object({ id, at: instant, by: z.string(), reason: z.string() })),
  }),
})
