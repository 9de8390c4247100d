/**
 * E-mail by Mailchimp Transactional (Mandrill), `POST /api/1.4/messages/send`.
 *
 * Source: mailchimp/mailchimp-client-lib-codegen `spec/transactional.json` (bodies, 200 with an array of recipients, the
 * names of errors, `queued_reason`). Its traps:
 * - the key is part of the JSON body, so a body is never put into a message or a log;
 * - code −2 is both ValidationError and ServiceUnavailable, and errors may come as 500: the *name* decides;
 * - 200 may say `rejected` or `invalid`, or `queued` for a reason that keeps the message from going out;
 * - there is no idempotency key: what is unknown may be sent twice by another try. The key travels as `metadata.key`.
 */
import { Rejected } from 'cascata'
import type { ProviderMailSettings } from './mail-settings.ts'
import {
  ChannelAtFault,
  DeliveryUnknown,
  type MailMessage,
  type OpenMailer,
  refuseUnsendable,
  senderName,
  unclearAnswer,
} from './mailer.ts'
import { callProvider, type ProviderAnswer, rateLimited, said, textIn } from './provider-call.ts'

/** Queued, and it will stay so until the account is in order again. `multiple-recipients` and a backlog pass by themselves. */
const HELD = new Set([
  'hourly-quota-exhausted',
  'monthly-limit-reached',
  'free-trial-sends-exhausted',
  'sending-paused',
  'sending-suspended',
  'account-suspended',
])

const ACCOUNT_ERRORS = new Set(['Invalid_Key', 'PaymentRequired'])
/** What the message says is wrong, however often it is sent. */
const FINAL_ERRORS = new Set(['ValidationError', 'Unknown_Subaccount', 'Unknown_Template', 'Invalid_Template'])

/** Messages that Mandrill holds: sending one again would queue a second. The oldest are forgotten. */
const HELD_MAX = 10_000

export function mandrillMailer(settings: ProviderMailSettings): OpenMailer {
  const { baseUrl, apiKey, timeoutMs } = settings
  const held = new Map<string, string>()
  const ask = (method: string, body: object, signal: AbortSignal | undefined) =>
    callProvider({
      url: `${baseUrl}/api/1.4/messages/${method}`,
      baseUrl,
      body: { key: apiKey, ...body },
      timeoutMs,
      signal,
    })

  const hold = (key: string, id: string, reason: string): never => {
    held.set(key, id)
    if (held.size > HELD_MAX) held.delete(held.keys().next().value as string)
    throw new ChannelAtFault(`Mandrill keeps ${id} in its queue: ${reason}`)
  }

  const send = async (message: MailMessage): Promise<{ providerId: string }> => {
    const { status, headers, json } = await ask('send', requestBody(settings, message), message.signal)
    const first: unknown = Array.isArray(json) ? json[0] : undefined
    const outcome = textIn(first, 'status')
    const id = textIn(first, '_id')
    if (status !== 200 || outcome === undefined) throw refusalOf({ status, headers, json })
    if (outcome === 'rejected' || outcome === 'invalid') {
      const reason = textIn(first, 'reject_reason') ?? 'no reason given'
      throw new Rejected(`The mail service refused the message (${outcome}: ${reason}, recipient).`, {
        retryable: false,
      })
    }
    if (!id) throw new DeliveryUnknown(`The mail service answered "${outcome}" without an _id.`)
    const reason = textIn(first, 'queued_reason')
    if (outcome === 'queued' && reason && HELD.has(reason)) return hold(message.key, id, reason)
    if (outcome === 'sent' || outcome === 'queued' || outcome === 'scheduled') return { providerId: id }
    throw new DeliveryUnknown(`The mail service answered the status "${outcome}", which we do not know.`)
  }

  /** It has the message: has it gone out since? */
  const lookAt = async (key: string, id: string, signal: AbortSignal | undefined): Promise<{ providerId: string }> => {
    const { status, json } = await ask('info', { id }, signal)
    const state = status === 200 ? textIn(json, 'state') : undefined
    if (state === undefined || state === 'queued' || state === 'deferred') {
      return hold(key, id, state ?? `it cannot say how it stands (${said(status, textIn(json, 'name'))})`)
    }
    held.delete(key)
    if (state === 'rejected' || state === 'invalid') {
      throw new Rejected(`The mail service refused the message (${state}, recipient).`, { retryable: false })
    }
    return { providerId: id }
  }

  return {
    send: (message) => {
      refuseUnsendable(message)
      const id = held.get(message.key)
      return id === undefined ? send(message) : lookAt(message.key, id, message.signal)
    },
    close: async () => {},
  }
}

function requestBody({ from }: ProviderMailSettings, message: MailMessage) {
  const name = senderName(message, from)
  return {
    message: {
      from_email: from.email,
      ...(name ? { from_name: name } : {}),
      to: [{ email: message.to, ...(message.toName ? { name: message.toName } : {}), type: 'to' }],
      subject: message.subject,
      html: message.html,
      text: message.text,
      metadata: { key: message.key },
      ...(message.tags?.length ? { tags: message.tags } : {}),
    },
    async: false,
  }
}

function refusalOf({ status, headers, json }: ProviderAnswer): Error {
  const name = textIn(json, 'name')
  const answer = said(status, name, textIn(json, 'message'))
  if (name === 'RequestLimitExceeded' || status === 429) return rateLimited(answer, headers, undefined)
  if (name !== undefined && FINAL_ERRORS.has(name)) {
    return new Rejected(`The mail service refused the message (${answer}).`, { retryable: false })
  }
  if (name !== undefined && ACCOUNT_ERRORS.has(name)) return new ChannelAtFault(answer)
  // Its own name for "down for maintenance": it says so instead of accepting.
  if (name === 'ServiceUnavailable') {
    return new Rejected(`The mail service is not available (${answer}).`, { retryable: true })
  }
  if (status < 300 || status === 408 || status >= 500) {
    return unclearAnswer(status, answer)
  }
  if (status < 400 || [401, 402, 403, 404].includes(status)) return new ChannelAtFault(answer)
  return new Rejected(`The mail service refused the message (${answer}).`, { retryable: false })
}
