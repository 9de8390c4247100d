/**
 * Signatures of Standard Webhooks 1.0.0 (github.com/standard-webhooks, spec): HMAC-SHA256 over `id.timestamp.payload`, in
 * `webhook-signature` as `v1,<base64>`, one for each secret that is valid while secrets are exchanged.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const PREFIX = 'whsec_'
const SECRET_BYTES = 32
/** A message that is older, or newer, is refused: it may be a replay. */
const TOLERANCE_SECONDS = 5 * 60

export type SignedHeaders = { 'webhook-id': string; 'webhook-timestamp': string; 'webhook-signature': string }

export const newWebhookSecret = (): string => PREFIX + randomBytes(SECRET_BYTES).toString('base64')

/** @throws Error for a text that is no secret: 24 to 64 bytes in base64 after `whsec_`. */
function keyOf(secret: string): Buffer {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64')
  if (!secret.startsWith(PREFIX) || key.length < 24 || key.length > 64) {
    throw new Error('A webhook secret is "whsec_" and 24 to 64 bytes in base64.')
  }
  return key
}

const hmac = (secret: string, id: string, timestamp: string, payload: string): Buffer =>
  createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${payload}`).digest()

/**
 * @param message.id the same for every attempt: what the receiver ignores repetitions by. Holds no full stop.
 * @param secrets each signs; the receiver needs to know one of them.
 */
export function signWebhook(
  { id, at, payload }: { id: string; at: Date; payload: string },
  secrets: readonly string[],
): SignedHeaders {
  if (id.includes('.')) throw new Error('The id of a webhook holds no full stop.')
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const signatures = secrets.map((secret) => `v1,${hmac(secret, id, timestamp, payload).toString('base64')}`)
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}

/** @returns the id, once one of the signatures was made with the secret, lately; undefined otherwise. */
export function verifyWebhook(headers: Headers, payload: string, secret: string, now: Date): string | undefined {
  const id = headers.get('webhook-id')
  const timestamp = headers.get('webhook-timestamp')
  const signatures = headers.get('webhook-signature')
  if (!id || !timestamp || !signatures || !/^\d{1,12}$/.test(timestamp)) return undefined
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) return undefined
  const wanted = hmac(secret, id, timestamp, payload)
  for (const text of signatures.split(' ')) {
    const [version, base64 = ''] = text.split(',')
    const given = Buffer.from(base64, 'base64')
    if (version === 'v1' && given.length === wanted.length && timingSafeEqual(given, wanted)) return id
  }
  return undefined
}
