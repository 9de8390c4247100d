import { checkAuthor } from '../definitions/checked-author.ts'
import { storableText } from '../definitions/encode.ts'
import { PROVIDER_ID_MAX } from '../definitions/outside-text.ts'
import { isUuid, SINGLE_TENANT, uuidv7 } from '../definitions/uuid.ts'
import { CascataError } from '../errors.ts'
import { databaseError } from '../postgres/database-error.ts'
import { asTx, type TxHandle } from '../postgres/tx.ts'

const DECISIONS = ['happened', 'did-not-happen', 'call-again', 'discard'] as const

/**
 * - `happened`: the command ends in success and its batch goes on; what its handler would have returned does not follow;
 * - `did-not-happen`: it is pending again, and calls;
 * - `call-again`: the same though nobody knows, with the same key; a `reconcile` is not asked before;
 * - `discard`: it ends in error, nothing more is called, and its batch counts it as failed.
 */
export type UnknownDecision = (typeof DECISIONS)[number]

export interface DiscardOptions {
  tenant?: string
  commandId: string
  /** The person who decided it: an id or a sign-in, stored in the audit. At most 1,024 characters. */
  author: string
  /** At most 8,192 characters. */
  reason: string
}

export interface DecideOptions extends DiscardOptions {
  decision: UnknownDecision
  /** With `happened`: what the outside service calls it. */
  providerId?: string
}

/**
 * Decides a command whose status is `unknown`: nobody could say whether the outside service did what it was asked. Of a
 * command that was reprocessed, the copy that is open is decided. The caller's transaction decides.
 * @throws CascataError `not-undecided` when it is not unknown (any more), `not-found`, `bad-option`, `not-json`.
 */
export async function decideUnknown(tx: TxHandle, options: DecideOptions): Promise<void> {
  const { decision, providerId } = options
  if (!DECISIONS.includes(decision)) {
    throw new CascataError('bad-option', `decision is "${String(decision)}".`, { fix: `use ${DECISIONS.join(', ')}.` })
  }
  if (providerId !== undefined && (decision !== 'happened' || typeof providerId !== 'string')) {
    throw new CascataError('bad-option', 'providerId is given with another decision, or is no text.', {
      fix: 'give the id of the outside service, as a text, with "happened" alone.',
    })
  }
  if (providerId !== undefined && storableText('providerId', providerId).length > PROVIDER_ID_MAX) {
    throw new CascataError('bad-option', `providerId has ${providerId.length} characters.`, {
      fix: `use at most ${PROVIDER_ID_MAX}.`,
    })
  }
  await decide(tx, options, 'unknown', decision, providerId)
}

/**
 * Discards a command that is parked, since no daemon knows its type: it ends in error without having run.
 * @throws CascataError `not-undecided` when it is not parked (any more), `not-found`, `bad-option`, `not-json`.
 */
export async function discardParked(tx: TxHandle, options: DiscardOptions): Promise<void> {
  await decide(tx, options, 'parked', 'discard', undefined)
}

async function decide(
  tx: TxHandle,
  { tenant = SINGLE_TENANT, commandId, author, reason }: DiscardOptions,
  state: 'unknown' | 'parked',
  decision: UnknownDecision,
  providerId: string | undefined,
): Promise<void> {
  checkAuthor({ author, reason }, 'say who decides about the command, and why.')
  if (!isUuid(commandId) || !isUuid(tenant)) {
    throw new CascataError('not-found', `No command ${String(commandId)}.`, { fix: 'check the id and the tenant.' })
  }
  const values = [tenant, commandId, state, decision, providerId ?? null, author, reason, uuidv7()]
  try {
    await asTx(tx).query('select cascata.decide($1, $2, $3, $4, $5, $6, $7, $8)', values)
  } catch (error) {
    throw databaseError(error)
  }
}
