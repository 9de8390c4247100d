import { checkAuthor } from '../commands/reprocess.ts'
import { isUuid, SINGLE_TENANT, uuidv7 } from '../definitions/uuid.ts'
import { CascataError } from '../errors.ts'
import { databaseError } from '../postgres/database-error.ts'
import { asTx, type TxHandle } from '../postgres/tx.ts'

export interface ReprocessEventOptions {
  tenant?: string
  eventId: string
  /** The stored name of the handler that ended in error. */
  handler: string
  /** Who decided it: an id or a sign-in, stored in the audit. */
  author: string
  reason: string
}

/**
 * Runs one handler of one event again that ended in error, with as many tries as its policy has. The event's other handlers
 * are left alone. The caller's transaction decides.
 * @throws CascataError `not-found`, `not-reprocessable` when it succeeded, `reprocess-open` while it is still to be done,
 * `bad-option`.
 */
export async function reprocessEvent(tx: TxHandle, options: ReprocessEventOptions): Promise<void> {
  const { tenant = SINGLE_TENANT, eventId, handler, author, reason } = options
  checkAuthor({ author, reason }, 'say who runs the handler again, and why.')
  if (!isUuid(eventId) || !isUuid(tenant) || typeof handler !== 'string' || !/^[\w.-]+$/.test(handler)) {
    throw new CascataError('not-found', `No handler "${String(handler)}" of event ${String(eventId)}.`, {
      fix: "check the event's id, the handler's stored name and the tenant.",
    })
  }
  try {
    await asTx(tx).query('select cascata.reprocess_event($1, $2, $3, $4, $5, $6)', [
      tenant,
      eventId,
      handler,
      author,
      reason,
      uuidv7(),
    ])
  } catch (error) {
    throw databaseError(error)
  }
}
