import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Services } from '../app/services.ts'
import type { NextList } from '../commands/outcome.ts'
import { checkedParts } from '../definitions/checked-parts.ts'
import { definedAt, storedName } from '../definitions/stored-name.ts'
import type { Tx } from '../postgres/tx.ts'
import type { EventDefinition } from './event.ts'

export interface EventContext extends Services {
  /** Opened at its first use. An event handler normally only returns commands and leaves it alone. */
  readonly tx: Tx
  readonly tenant: string
  readonly event: {
    readonly id: string
    readonly rootId: string
    readonly entityType: string | undefined
    readonly entityId: string | undefined
    readonly actor: string | undefined
    readonly occurredAt: Date
  }
  readonly signal: AbortSignal
  /** Now, by the database's clock. */
  readonly now: () => Date
}

export interface EventHandler<E extends EventDefinition = EventDefinition, Name extends string = string, R = unknown> {
  readonly kind: 'event-handler'
  readonly event: E
  readonly handlerName: Name
  readonly run: (data: unknown, context: EventContext) => R | Promise<R>
  readonly definedAt: string | undefined
}

/**
 * Turns an event into commands or batches, which are returned. An event may have many handlers; each has its own
 * stored name, its own status and its own retries.
 * @throws CascataError `bad-name`, `not-a-part` for anything but an event's definition and a function.
 */
export function on<E extends EventDefinition, const Name extends string, R extends NextList>(
  event: E,
  name: Name,
  run: (data: StandardSchemaV1.InferOutput<E['schema']>, context: EventContext) => R | Promise<R>,
): EventHandler<E, Name, R> {
  storedName(name)
  checkedParts('event-type', event, run)
  return { kind: 'event-handler', event, handlerName: name, run: run as never, definedAt: definedAt() }
}
