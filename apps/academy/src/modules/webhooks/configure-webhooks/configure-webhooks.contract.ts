import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { id, instant, versionRead } from '../../../platform/http/fields.ts'
import { webhook, webhookFields } from '../webhook.fields.ts'

const secret = z.string().meta({ description: 'Shown this once: `whsec_…`, as in Standard Webhooks 1.0' })

export const list = endpoint({
  path: 'GET /webhooks',
  roles: ['staff'],
  tag: 'webhooks',
  summary: { en: 'Webhooks of the institution, by name', pt: 'Webhooks da instituição, por nome' },
  response: z.object({ webhooks: z.array(webhook) }),
})

export const create = endpoint({
  path: 'POST /webhooks',
  roles: ['staff'],
  tag: 'webhooks',
  summary: { en: 'Be told of events at an address', pt: 'Receber eventos em um endereço' },
  body: z.strictObject(webhookFields),
  status: 201,
  response: z.object({ id, secret }),
})

export const change = endpoint({
  path: 'PUT /webhooks/:webhookId',
  roles: ['staff'],
  tag: 'webhooks',
  summary: { en: 'Change a webhook, or stop it', pt: 'Alterar um webhook, ou pará-lo' },
  params: z.object({ webhookId: id }),
  body: z.strictObject({ ...webhookFields, version: versionRead }),
  response: z.object({ id }),
})

export const rotateSecret = endpoint({
  path: 'POST /webhooks/:webhookId/secret',
  roles: ['staff'],
  tag: 'webhooks',
  summary: {
    en: 'A new secret; for a day, calls are signed with the old one too',
    pt: 'Um novo segredo; por um dia, as chamadas são assinadas também com o antigo',
  },
  params: z.object({ webhookId: id }),
  body: z.strictObject({}),
  response: z.object({ secret, previousSecretUntil: instant }),
})
