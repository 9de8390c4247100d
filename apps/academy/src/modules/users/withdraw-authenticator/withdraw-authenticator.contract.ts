import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { id, text } from '../../../platform/http/fields.ts'

export const contract = endpoint({
  path: 'PUT /people/:userId/authenticator/withdrawal',
  roles: ['staff'],
  tag: 'people',
  summary: {
    en: 'Turn two-step verification off for somebody who lost the app and its recovery codes; their sessions end',
    pt: 'Desligar a verificação em duas etapas de quem perdeu o aplicativo e os códigos; as sessões da pessoa terminam',
  },
  params: z.object({ userId: id }),
  body: z.strictObject({ reason: text(500).meta({ description: 'Kept, with who did it and when' }) }),
  response: z.object({ withdrawn: z.literal(true) }),
})
