/**
 * The provider simulator: what a mail service may do to us, on demand, the same over HTTP and SMTP.
 *
 * Order, from the first that applies:
 *
 *   down              nobody is served           HTTP 503 service_unavailable        SMTP 421
 *   rate-limit        nobody is served           HTTP 429, Retry-After, x-sib-…      SMTP 451 "try again in N seconds"
 *   failNext > 0      the next n attempts        HTTP 503                            SMTP 451
 *   rejectAddresses   for good, in every mode    HTTP 400 invalid_parameter          SMTP 550
 *   fail-percent      a share of the attempts    HTTP 503                            SMTP 451
 *   slow              answers after delayMs      then accepts
 *   drop-after-accept accepts, stores, and cuts the connection without an answer, for a share of the *first* acceptances:
 *                     a repeat with the same key is answered, so every message gets through in the end
 *
 * 503 is honest about HTTP: nothing was stored, but a client cannot know that (a proxy may have made the 503 up after the
 * service had said yes), so it must treat it as an unknown outcome and repeat with the same key. A failure that is
 * *certainly* not accepted is a rate limit over HTTP, or any 4yz or 5yz reply over SMTP.
 *
 * A share is drawn from a hash of (seed, key, number of the attempt for that key), never from the order of arrival: the
 * same run fails in the same places whatever the concurrency.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'

export const MODES = ['ok', 'down', 'rate-limit', 'fail-percent', 'slow', 'drop-after-accept'] as const

export const simulatorSchema = z.strictObject({
  mode: z.enum(MODES).default('ok'),
  /** Share for fail-percent and drop-after-accept. */
  percent: z.number().min(0).max(100).default(30),
  seed: z.int().min(0).max(2_147_483_647).default(1),
  retryAfterSeconds: z.int().min(0).max(86_400).default(30),
  delayMs: z.int().min(0).max(120_000).default(2_000),
  /** An address, or `*@domain`. */
  rejectAddresses: z
    .array(
      z
        .string()
        .trim()
        .toLowerCase()
        .max(320)
        .regex(/^(\*|[^@\s*]+)@[^@\s*]+$/, 'An address such as ana@example.org, or *@example.org.'),
    )
    .max(1_000)
    .default([]),
  failNext: z.int().min(0).max(1_000_000).default(0),
})

export type SimulatorSettings = z.infer<typeof simulatorSchema>

export const DEFAULT_SIMULATOR: SimulatorSettings = simulatorSchema.parse({})

export type Refusal = 'down' | 'rate-limit' | 'unavailable' | 'address'

export interface Decision {
  refusal: Refusal | null
  /** This refusal is one of `failNext`. */
  failNext: boolean
  /** If this attempt is the one that stores the message, cut the connection instead of answering. */
  drop: boolean
  delayMs: number
}

/** Pure: the same settings, key, attempt number and addresses always give the same decision. */
export function decide(settings: SimulatorSettings, attempt: { key: string; n: number; to: string[] }): Decision {
  const { mode } = settings
  const refuse = (refusal: Refusal, failNext = false): Decision => ({ refusal, failNext, drop: false, delayMs: 0 })
  if (mode === 'down') return refuse('down')
  if (mode === 'rate-limit') return refuse('rate-limit')
  if (settings.failNext > 0) return refuse('unavailable', true)
  if (attempt.to.some((address) => isRejected(settings.rejectAddresses, address))) return refuse('address')
  if (mode === 'fail-percent' && chosen(settings, 'fail', attempt)) return refuse('unavailable')
  return {
    refusal: null,
    failNext: false,
    drop: mode === 'drop-after-accept' && chosen(settings, 'drop', attempt),
    delayMs: mode === 'slow' ? settings.delayMs : 0,
  }
}

function chosen(settings: SimulatorSettings, salt: string, { key, n }: { key: string; n: number }): boolean {
  const hash = createHash('sha256').update(`${salt}\n${settings.seed}\n${key}\n${n}`).digest()
  return (hash.readUIntBE(0, 6) / 2 ** 48) * 100 < settings.percent
}

function isRejected(patterns: readonly string[], address: string): boolean {
  const lower = address.toLowerCase()
  const domain = lower.slice(lower.lastIndexOf('@'))
  return patterns.some((pattern) => pattern === lower || pattern === `*${domain}`)
}
