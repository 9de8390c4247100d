/**
 * Sending one e-mail: what every transport promises, and the two ways in which it can fail to say yes.
 *
 * A transport answers one of three things, and never blurs them:
 * - it resolves: the provider accepted the message (or had accepted this key before);
 * - it throws `Rejected`: the provider certainly did *not* accept it, so trying again cannot send it twice;
 * - it throws `DeliveryUnknown`: the request may have arrived. Only the same key makes another try safe.
 */
import { Rejected } from 'cascata'

export interface MailMessage {
  /** Shown as the sender instead of the name in MAIL_FROM, whose address stays. At most 70 characters of it are shown. */
  fromName?: string
  to: string
  toName?: string
  subject: string
  text: string
  html: string
  /** A UUID, the same for every try of this e-mail: the provider's idempotency key, and the local part of the Message-ID. */
  key: string
  tags?: string[]
  signal?: AbortSignal
}

export interface Mailer {
  /** Resolves with the provider's id for the message once it is accepted (accepted is not yet delivered). */
  send(message: MailMessage): Promise<{ providerId: string }>
}

/** A mailer that holds connections; `close()` lets them go. */
export interface OpenMailer extends Mailer {
  close(): Promise<void>
}

/**
 * The message may or may not have been accepted: a timeout, a connection lost after the request left, a 5xx that a proxy
 * could have made up after the provider had said yes. RFC 9110 §9.2.2: a POST must not be repeated automatically unless the
 * client knows that it is idempotent, which here only the key makes true.
 */
export class DeliveryUnknown extends Error {
  /** The service itself says that it is out of order, which is more than silence though no proof that nothing arrived. */
  readonly isDown: boolean

  constructor(message: string, options: { cause?: unknown; isDown?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'DeliveryUnknown'
    this.isDown = options.isDown ?? false
  }
}

/**
 * A refusal that says nothing about the message: a wrong API key, no credits left, an account under validation, a relay
 * that wants other credentials. Every other message would be refused too, so it costs the message no try; it waits until
 * somebody repairs the channel.
 */
export class ChannelAtFault extends Rejected {
  readonly channelAtFault = true

  constructor(message: string, options: { retryAfterMs?: number; cause?: unknown } = {}) {
    super(`The mail channel is at fault, not this message: ${message}`, {
      retryable: true,
      retryAfterMs: options.retryAfterMs ?? CHANNEL_RETRY_MS,
      countsAsFailure: false,
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    })
    this.name = 'ChannelAtFault'
  }
}

/** How long a message waits before it asks a faulty channel again. */
export const CHANNEL_RETRY_MS = 60_000

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Refuses what no provider would take, before a byte leaves; the key must be a UUID because Brevo takes nothing else. */
export function refuseUnsendable(message: MailMessage): void {
  if (!UUID.test(message.key)) throw new Rejected(`The key "${message.key}" is not a UUID.`, { retryable: false })
  // Not a full address grammar: only what would break a protocol line. The provider judges the rest.
  const control = [...message.to].some((character) => character <= ' ' || character === '\u007f')
  if (control || !/^[^@<>(),;:"]+@[^@<>(),;:"]+$/.test(message.to)) {
    throw new Rejected('The address of the recipient is not an e-mail address.', { retryable: false })
  }
  if (message.signal?.aborted) {
    throw new Rejected('Sending was called off before the request left.', {
      retryable: true,
      countsAsFailure: false,
      cause: message.signal.reason,
    })
  }
}

/** Brevo takes no longer name. */
const SENDER_NAME_LENGTH_MAX = 70

/** The name that a message shows as its sender: its own, on one line, or that of the settings. */
export function senderName({ fromName }: MailMessage, from: { name?: string }): string | undefined {
  const own = fromName
    ?.replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  if (!own) return from.name
  return own.length > SENDER_NAME_LENGTH_MAX ? `${own.slice(0, SENDER_NAME_LENGTH_MAX - 1).trimEnd()}…` : own
}

/** Statuses with which a service says that it is out of order. */
const DOWN = [502, 503]

/** @param answer in words. */
export const unclearAnswer = (status: number, answer: string) =>
  new DeliveryUnknown(`The mail service answered ${answer}.`, { isDown: DOWN.includes(status) })
