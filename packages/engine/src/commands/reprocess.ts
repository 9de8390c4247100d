import { checkAuthor } from '../definitions/checked-author.ts'
import { encode } from '../definitions/encode.ts'
import { isUuid, SINGLE_TENANT, uuidv7 } from '../definitions/uuid.ts'
import { CascataError } from '../errors.ts'
import { refusal } from '../postgres/refusal.ts'
import { asTx, type TxHandle } from '../postgres/tx.ts'

export interface ReprocessOptions {
  tenant?: string
  commandId: string
  /** The person who decided it: an id or a sign-in, stored with the copy and in the audit. At most 1,024 characters. */
  author: string
  /** At most 8,192 characters. */
  reason: string
  /**
   * Other data than the original's, as the command's definition would be called with. Stored as given: which schema they
   * must match is for the daemon that runs the copy to say, and data that do not end it in error. Default: the same.
   */
  data?: unknown
}

/**
 * Runs a command again that ended in error, was cancelled or is unknown: as a linked copy, in its root and its batch,
 * which is opened again and succeeds when the copy does. One open copy at a time. The caller's transaction decides.
 * @returns the copy's id.
 * @throws CascataError `not-found`, `not-reprocessable`, `reprocess-open`, `bad-option`, `not-json`.
 */
export async function reprocess(tx: TxHandle, options: ReprocessOptions): Promise<string> {
  const { tenant = SINGLE_TENANT, commandId, author, reason, data } = options
  checkAuthor({ author, reason }, 'say who reprocesses the command, and why.')
  if (!isUuid(commandId) || !isUuid(tenant)) {
    throw new CascataError('not-found', `No command ${String(commandId)}.`, { fix: 'check the id and the tenant.' })
  }
  const copy = uuidv7()
  const text = data === undefined ? null : encode('reprocess', data)
  try {
    await asTx(tx).query(`select cascata.reprocess($1, $2, $3, $4, $5, $6, $7)`, [
      tenant,
      commandId,
      copy,
      text,
      author,
      reason,
      uuidv7(),
    ])
  } catch (error) {
    throw refusal(error)
  }
  return copy
}
