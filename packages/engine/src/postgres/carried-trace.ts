import { storableText } from '../definitions/encode.ts'

/** Transactions of handlers whose event or command came with a trace. */
const traces = new WeakMap<object, string>()

/** What is saved or enqueued in this transaction belongs to the trace, unless it says otherwise. */
export function carryTrace(tx: object | undefined, trace: string | undefined): void {
  if (tx && trace !== undefined) traces.set(tx, trace)
}

/**
 * The trace of what is written in the transaction: the one that was given, or the handler's.
 * @throws CascataError `not-json` when PostgreSQL could not hold it.
 */
export function traceIn(tx: unknown, owner: string, given: string | null | undefined): string | null {
  if (given !== undefined && given !== null) return storableText(owner, given)
  return (typeof tx === 'object' && tx !== null && traces.get(tx)) || null
}
