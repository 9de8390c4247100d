import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Services } from '../app/services.ts'
import type { NextList } from '../commands/outcome.ts'
import { type RetryOptions, type RetryPolicy, retryPolicy } from '../commands/retry-policy.ts'
import { checkedParts } from '../definitions/checked-parts.ts'
import { type Duration, milliseconds } from '../definitions/duration.ts'
import { definedAt, storedName } from '../definitions/stored-name.ts'
import { CascataError } from '../errors.ts'
import type { Tx } from '../postgres/tx.ts'
import type { EventDefinition } from './event.ts'

/** What an event's handler is given besides the event's data; `S` is what the application adds. */
export type EventContext<S = Services> = S & OwnContext

interface OwnContext {
  /** Opened at its first use. An event handler normally only returns commands and leaves it alone. */
  readonly tx: Tx
  readonly tenant: string
  readonly event: {
    readonly id: string
    readonly type: string
    readonly rootId: string
    readonly entityType: string | undefined
    readonly entityId: string | undefined
    readonly actor: string | undefined
    /** W3C traceparent of the request. What the handler asks for, and what it saves through `tx`, carries it on. */
    readonly trace: string | undefined
    readonly occurredAt: Date
  }
  /** Aborted at the timeout, when the daemon shuts down, and when the handler is set aside to be run apart from the others. */
  readonly signal: AbortSignal
  /** Now, by the database's clock. */
  readonly now: () => Date
}

export interface EventHandler<E extends EventDefinition = EventDefinition, Name extends string = string, R = unknown> {
  readonly kind: 'event-handler'
  readonly event: E
  readonly handlerName: Name
  readonly run: (data: unknown, context: EventContext) => R | Promise<R>
  readonly retry: RetryPolicy
  readonly timeoutMs: number
  readonly definedAt: string | undefined
}

export interface EventHandlerOptions {
  /** When it is tried again after it failed. Default as a command's, but for the first wait of 1 s. */
  retry?: RetryOptions
  /** After this its run has failed, at most 5 minutes. A wait for a database connection does not count. Default 10 s. */
  timeout?: Duration
}

/** The work is small and others wait for what it makes: the first tries come sooner than a command's. */
const RETRY: RetryOptions = { base: '1s' }

/** An event's handler returns what is to be done; whatever takes longer than this is a command's work. */
const TIMEOUT_MS_MAX = 300_000

/**
 * Turns an event into commands or batches, which are returned. An event may have many handlers; each has its own
 * stored name, its own status and its own retries.
 * @throws CascataError `bad-name`, `bad-option`, `not-a-part` for anything but an event's definition and a function.
 */
export function on<E extends EventDefinition, const Name extends string, R extends NextList>(
  event: E,
  name: Name,
  run: (data: StandardSchemaV1.InferOutput<E['schema']>, context: EventContext) => R | Promise<R>,
  options: EventHandlerOptions = {},
): EventHandler<E, Name, R> {
  storedName(name)
  checkedParts('event-type', event, run)
  const timeoutMs = milliseconds(options.timeout ?? '10s')
  if (timeoutMs < 1 || timeoutMs > TIMEOUT_MS_MAX) {
    throw new CascataError('bad-option', `timeout of "${name}" is ${timeoutMs} ms.`, {
      fix: 'use 1 ms to 5 minutes, or return a command that does the work.',
    })
  }
  const retry = retryPolicy({ ...RETRY, ...options.retry })
  return {
    kind: 'event-handler',
    event,
    handlerName: name,
    run: run as never,
    retry,
    timeoutMs,
    definedAt: definedAt(),
  }
}
