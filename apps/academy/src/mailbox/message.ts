/** What the mailbox keeps: messages that it accepted, and every attempt to hand one over. */

export interface Address {
  email: string
  name: string
}

export type Via = 'http' | 'smtp'

/** A message before it is stored. */
export interface Draft {
  via: Via
  /** The sender's idempotency key: `headers.idempotencyKey` over HTTP, the Message-ID's local part over SMTP. */
  key: string | null
  from: Address
  to: Address[]
  subject: string
  text: string
  html: string
  tags: string[]
  headers: [name: string, value: string][]
  attachments: { name: string; type: string; bytes: number }[]
  /** As it came: the JSON body over HTTP, the MIME text over SMTP. */
  source: string
}

export interface StoredMessage extends Draft {
  /** Grows by one with each message, and is never given again, even after the mailbox was emptied. */
  id: string
  at: string
  /** The provider's id, what the sender gets as `messageId`. */
  messageId: string
}

/**
 * accepted: stored, and the sender was told. duplicate: the key was known, nothing stored, the sender was told so.
 * dropped: stored, but the connection was cut before the answer. rejected: not stored.
 */
export type Outcome = 'accepted' | 'duplicate' | 'dropped' | 'rejected'

export interface Attempt {
  at: string
  via: Via
  key: string | null
  /** 1 for the first attempt with this key. */
  n: number
  to: string[]
  tags: string[]
  outcome: Outcome
  /** HTTP status or SMTP reply code; null when no answer was given. */
  status: number | null
  /** Of the message that was stored, or had been. */
  messageId?: string
  /** Used up one of the simulator's `failNext`. */
  failNext?: true
}

export interface Counts {
  /** Distinct messages stored, that is, what people would have received. */
  messages: number
  /** Distinct keys that were ever attempted. */
  keys: number
  attempts: { total: number; accepted: number; duplicate: number; dropped: number; rejected: number }
}

export const noCounts = (): Counts => ({
  messages: 0,
  keys: 0,
  attempts: { total: 0, accepted: 0, duplicate: 0, dropped: 0, rejected: 0 },
})

export interface MessageSummary {
  id: string
  at: string
  via: Via
  key: string | null
  messageId: string
  from: Address
  to: Address[]
  subject: string
  /** The first words of the text. */
  preview: string
  tags: string[]
  attachments: number
  attempts: Counts['attempts']
}
