import type { BatchValue } from '../batches/batch.ts'
import { type Duration, milliseconds } from '../definitions/duration.ts'
import { outsideText, PROVIDER_ID_MAX } from '../definitions/outside-text.ts'
import { CascataError } from '../errors.ts'
import type { CommandValue } from './command.ts'

/** What comes next: nothing, one thing, or several. */
export type Next = CommandValue | BatchValue
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing is typed void, not undefined.
export type NextList = Next | readonly Next[] | undefined | null | void

/** What became of an attempt, as a value that the handler returns; an outage is thrown instead. */
export type Outcome<N extends NextList = NextList> =
  | { readonly kind: 'outcome'; readonly outcome: 'done'; readonly next: N; readonly providerId: string | undefined }
  | { readonly kind: 'outcome'; readonly outcome: 'retry'; readonly delayMs: number; readonly reason: string }
  | { readonly kind: 'outcome'; readonly outcome: 'snooze'; readonly delayMs: number; readonly reason: string }
  | { readonly kind: 'outcome'; readonly outcome: 'cancel'; readonly reason: string }
  | { readonly kind: 'outcome'; readonly outcome: 'discard'; readonly reason: string }
  | { readonly kind: 'outcome'; readonly outcome: 'unknown'; readonly reason: string }

/** It succeeded. `next` follows; `providerId` is what the outside service calls it (effects). */
export function done<N extends NextList = undefined>(next?: N, options: { providerId?: string } = {}): Outcome<N> {
  return { kind: 'outcome', outcome: 'done', next: next as N, providerId: options.providerId }
}

/** It failed for now: tried again after the delay, counted as a failure; error once the policy's attempts are used up. */
export function retryIn(delay: Duration, reason: string): Outcome<undefined> {
  return { kind: 'outcome', outcome: 'retry', delayMs: milliseconds(delay), reason }
}

/** Not yet: tried again after the delay, and no failure is counted. */
export function snooze(delay: Duration, reason: string): Outcome<undefined> {
  return { kind: 'outcome', outcome: 'snooze', delayMs: milliseconds(delay), reason }
}

/** No longer wanted: ends as cancelled, which fails no batch. */
export function cancel(reason: string): Outcome<undefined> {
  return { kind: 'outcome', outcome: 'cancel', reason }
}

/** It failed for good: ends in error without further tries. */
export function discard(reason: string): Outcome<undefined> {
  return { kind: 'outcome', outcome: 'discard', reason }
}

/** An effect may or may not have happened: handled as its `onUnknown` says. */
export function unknown(reason: string): Outcome<undefined> {
  return { kind: 'outcome', outcome: 'unknown', reason }
}

export function isOutcome(value: unknown): value is Outcome {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'outcome'
}

/** Whether a handler returned that it succeeded, in whatever words: what it returned may throw at every touch. */
export function saysDone(value: unknown): boolean {
  try {
    return !isOutcome(value) || value.outcome === 'done'
  } catch {
    return true
  }
}

/**
 * What a handler returned, as an outcome that can be stored: reasons and ids are often a service's own words, of any type
 * and length, and a NUL in one of them is no failure of the command.
 * @throws CascataError `not-a-part` for an outcome of another kind, `bad-option` for a delay that is no length of time.
 */
export function outcomeOf(value: unknown): Outcome<NextList> {
  if (!isOutcome(value)) return { kind: 'outcome', outcome: 'done', next: value as NextList, providerId: undefined }
  const reason = () => outsideText((value as { reason?: unknown }).reason) ?? 'No reason was given.'
  switch (value.outcome) {
    case 'done':
      return { ...value, providerId: outsideText(value.providerId, PROVIDER_ID_MAX) }
    case 'retry':
    case 'snooze':
      return { ...value, delayMs: milliseconds(value.delayMs), reason: reason() }
    case 'cancel':
    case 'discard':
    case 'unknown':
      return { ...value, reason: reason() }
    default:
      throw new CascataError('not-a-part', 'A handler returned an outcome of an unknown kind.', {
        fix: 'return done(), retryIn(), snooze(), cancel(), discard() or unknown().',
      })
  }
}
