/**
 * Where an institution wants to be told of events. Rules: the address must be one that may be called, an endpoint that said
 * "gone" is called again only when somebody activates it, and a new secret leaves the old one valid for a day.
 */
import { Entity, uuidv7 } from 'cascata'
import type { Text } from '../../platform/http/endpoint.ts'
import { type Refusal, refuse } from '../../platform/http/refusal.ts'
import type { UrlProblem } from '../../platform/outbound/outbound.ts'
import { SUBSCRIPTIONS_MAX, type WebhookEvent } from './webhook.fields.ts'

export type WebhookInput = { name: string; url: string; events: readonly WebhookEvent[]; active: boolean }

export type WebhookColumns = {
  id: string
  name: string
  url: string
  events: readonly string[]
  active: boolean
  gone_at: Date | null
  secret: string
  previous_secret: string | null
  previous_secret_until: Date | null
  created_by: string
  version: number
}

/** How long receivers have to change over to a new secret. */
const PREVIOUS_SECRET_MS = 24 * 60 * 60 * 1000

const URL_PROBLEMS: Record<UrlProblem, Text> = {
  'not-absolute': {
    en: 'Write the whole address, beginning with https://.',
    pt: 'Escreva o endereço completo, começando com https://.',
  },
  'not-https': { en: 'The address begins with https://.', pt: 'O endereço começa com https://.' },
  'has-credentials': {
    en: 'An address holds no user name or password; calls are signed instead.',
    pt: 'O endereço não leva usuário nem senha; as chamadas são assinadas.',
  },
  'port-not-allowed': { en: 'Only the port of https (443) is called.', pt: 'Só a porta do https (443) é chamada.' },
  'not-public': {
    en: 'This address is not on the public internet.',
    pt: 'Este endereço não está na internet pública.',
  },
}

const urlRefusal = (problem: UrlProblem): Refusal =>
  refuse(`webhook-url-${problem}`, { field: 'url', message: URL_PROBLEMS[problem] })

export class WebhookSubscription extends Entity {
  readonly entityType = 'webhook-subscription'
  readonly tenant: string
  readonly id: string
  readonly #columns: WebhookColumns

  constructor(tenant: string, columns: WebhookColumns) {
    super()
    this.tenant = tenant
    this.id = columns.id
    this.#columns = columns
  }

  /**
   * @param given.seal makes of the new subscription's id a secret as it is kept.
   * @param given.existing how many the institution has.
   */
  static create(
    input: WebhookInput,
    given: { existing: number; urlProblem: UrlProblem | undefined; seal: (id: string) => string },
    by: { id: string; institutionId: string },
  ): WebhookSubscription | Refusal {
    if (given.urlProblem) return urlRefusal(given.urlProblem)
    if (given.existing >= SUBSCRIPTIONS_MAX) {
      return refuse('too-many-webhooks', {
        because: 'conflict',
        message: {
          en: `An institution has at most ${SUBSCRIPTIONS_MAX} webhooks.`,
          pt: `Uma instituição tem no máximo ${SUBSCRIPTIONS_MAX} webhooks.`,
        },
      })
    }
    const id = uuidv7()
    return new WebhookSubscription(by.institutionId, {
      ...input,
      id,
      gone_at: null,
      secret: given.seal(id),
      previous_secret: null,
      previous_secret_until: null,
      created_by: by.id,
      version: 0,
    })
  }

  get version(): number {
    return this.#columns.version
  }

  change(input: WebhookInput, urlProblem: UrlProblem | undefined): Refusal | undefined {
    if (urlProblem) return urlRefusal(urlProblem)
    Object.assign(this.#columns, input, input.active ? { gone_at: null } : {})
    return undefined
  }

  /** @returns until when the secret that was valid so far signs as well. */
  rotateSecret(sealed: string, now: Date): Date {
    const until = new Date(now.getTime() + PREVIOUS_SECRET_MS)
    Object.assign(this.#columns, {
      previous_secret: this.#columns.secret,
      previous_secret_until: until,
      secret: sealed,
    })
    return until
  }

  row() {
    const { id, version, ...values } = this.#columns
    return {
      table: 'academy.webhook_subscriptions',
      key: { institution_id: this.tenant, id },
      values,
      version,
    }
  }
}
