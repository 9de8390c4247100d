/** Staff say where the institution wants to be told of which events. A secret leaves the house once: when it is made. */
import { save, type Tx } from 'cascata'
import { unlessStale } from '../../../platform/database/saving.ts'
import { isRefusal, notFound } from '../../../platform/http/refusal.ts'
import { type RouteServices, route } from '../../../platform/http/route.ts'
import { newWebhookSecret } from '../../../platform/standard-webhooks/standard-webhooks.ts'
import { isDemo } from '../../institutions/institutions.queries.ts'
import { countSubscriptions, lockSubscription, secretPlace } from '../webhook-subscription.queries.ts'
import { WebhookSubscription } from '../webhook-subscription.ts'
import { change, create, list, rotateSecret } from './configure-webhooks.contract.ts'

const noSuchWebhook = () =>
  notFound('webhook-not-found', { en: 'There is no such webhook.', pt: 'Este webhook não existe.' })

async function urlProblemOf(tx: Tx, institutionId: string, url: string, { outbound }: RouteServices) {
  return ((await isDemo(tx, institutionId)) ? outbound.publicOnly : outbound).problemOf(url)
}

type Row = {
  id: string
  name: string
  url: string
  events: string[]
  active: boolean
  gone_at: Date | null
  previous_secret_until: Date | null
  created_at: Date
  version: number
}

export const listWebhooks = route('GET /webhooks', list, async ({ tx, by }) => {
  const { rows } = await tx.query<Row>(
    `select id, name, url, events, active, gone_at, created_at, version,
       case when previous_secret_until > now() then previous_secret_until end as previous_secret_until
     from academy.webhook_subscriptions where institution_id = $1 order by name, id`,
    [by.institutionId],
  )
  return {
    webhooks: rows.map(({ gone_at, previous_secret_until, created_at, ...row }) => ({
      ...row,
      goneAt: gone_at?.toISOString() ?? null,
      previousSecretUntil: previous_secret_until?.toISOString() ?? null,
      createdAt: created_at.toISOString(),
    })),
  }
})

export const createWebhook = route('POST /webhooks', create, async ({ input, tx, by, services }) => {
  const secret = newWebhookSecret()
  const subscription = WebhookSubscription.create(
    input,
    {
      existing: await countSubscriptions(tx, by.institutionId),
      urlProblem: await urlProblemOf(tx, by.institutionId, input.url, services),
      seal: (id) => services.secretBox.seal(secret, secretPlace(by.institutionId, id)),
    },
    by,
  )
  if (isRefusal(subscription)) return subscription
  await save(tx, subscription, { actor: by.id })
  return { id: subscription.id, secret }
})

export const changeWebhook = route('PUT /webhooks/:webhookId', change, async ({ input, tx, by, services }) => {
  const { webhookId, version, ...fields } = input
  const subscription = await lockSubscription(tx, by.institutionId, webhookId)
  if (!subscription) return noSuchWebhook()
  const stale = unlessStale(version, subscription.version)
  if (stale) return stale
  const refusal = subscription.change(fields, await urlProblemOf(tx, by.institutionId, fields.url, services))
  if (refusal) return refusal
  await save(tx, subscription, { actor: by.id })
  return { id: subscription.id }
})

export const rotateWebhookSecret = route(
  'POST /webhooks/:webhookId/secret',
  rotateSecret,
  async ({ input, tx, by, services }) => {
    const subscription = await lockSubscription(tx, by.institutionId, input.webhookId)
    if (!subscription) return noSuchWebhook()
    const secret = newWebhookSecret()
    const sealed = services.secretBox.seal(secret, secretPlace(by.institutionId, subscription.id))
    const until = subscription.rotateSecret(sealed, new Date())
    await save(tx, subscription, { actor: by.id })
    return { secret, previousSecretUntil: until.toISOString() }
  },
)
