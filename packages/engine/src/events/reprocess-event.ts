import { checkAuthor } from '../definitions/checked-author.ts'
import { isUuid, SINGLE_TENANT, uuidv7 } from '../definitions/uuid.ts'
import { CascataError } from '../errors.ts'
import { databaseError } from '../postgres/database-error.ts'
import { asTx, type TxHandle } from '../postgres/tx.ts'

export interface ReprocessEventOptions {
  tenant?: string
  eventId: string
  /** The stored name of the handler that ended in error. */
  handler: string
  /** The person who decided it: an id or a sign-in, stored in the audit. At most 1,024 characters. */
  author: string
  /** At most 8,192 characters. */
  reason: string
}

/**
 * Runs one handler of one event again that ended in error, with as many tries as its policy has. The event's other handlers
 * are left alone. The caller's transaction decides.
 * @throws CascataError `not-found`, `not-reprocessable` when it succeeded, `reprocess-open` while it is still to be done,
 * `bad-option`.
 */
export async function reprocessEvent(tx: TxHandle, options: ReprocessEventOptions): Promise<void> {
  await decided(tx, 'reprocess_event', options.handler, options)
}

export interface DiscardEventOptions extends Omit<ReprocessEventOptions, 'handler'> {
  /** The stored name of the handler. Default: the whole event, of which no handler has begun. */
  handler?: string
}

/**
 * Discards an event, or one handler of it, that is parked, since no daemon knows it: it ends in error without having run.
 * @throws CascataError `not-undecided` when it is not parked (any more), `not-found`, `bad-option`.
 */
export async function discardParkedEvent(tx: TxHandle, options: DiscardEventOptions): Promise<void> {
  await decided(tx, 'discard_event', options.handler, options)
}

async function decided(
  tx: TxHandle,
  what: 'reprocess_event' | 'discard_event',
  handler: unknown,
  { tenant = SINGLE_TENANT, eventId, author, reason }: DiscardEventOptions,
): Promise<void> {
  checkAuthor({ author, reason }, 'say who decides about the event, and why.')
  const named = typeof handler === 'string' && /^[\w.-]+$/.test(handler)
  const whole = what === 'discard_event' && handler === undefined
  if (!isUuid(eventId) || !isUuid(tenant) || !(named || whole)) {
    throw new CascataError('not-found', `No handler "${String(handler)}" of event ${String(eventId)}.`, {
      fix: "check the event's id, the handler's stored name and the tenant.",
    })
  }
  const values = [tenant, eventId, named ? handler : '', author, reason, uuidv7()]
  try {
    await asTx(tx).query(`select cascata.${what}($1, $2, $3, $4, $5, $6)`, values)
  } catch (error) {
    throw databaseError(error)
  }
}
