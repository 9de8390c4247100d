import type { LazyTransaction } from '../postgres/lazy-transaction.ts'
import { refuseTransactionControl } from '../postgres/transaction-control.ts'
import { heard, type Tx } from '../postgres/tx.ts'
import type { EventClaim } from './claim-events.ts'

/** One handler's part of the set's transaction: a savepoint from its first statement on. */
export class HandlerScope implements Tx {
  readonly #tx: LazyTransaction
  readonly #claim: EventClaim
  #entering: Promise<unknown> | undefined
  #closed = false

  constructor(tx: LazyTransaction, claim: EventClaim) {
    this.#tx = tx
    this.#claim = claim
  }

  /** It has sent something. */
  get entered(): boolean {
    return this.#entering !== undefined
  }

  query<R = Record<string, unknown>>(text: string, values: readonly unknown[] = []) {
    return heard(this.#query<R>(text, values)) // it spoils the savepoint, which says so
  }

  async #query<R>(text: string, values: readonly unknown[]) {
    if (this.#closed) throw new Error('The handler has ended; nothing may use its transaction any more.')
    refuseTransactionControl(text, true)
    this.#entering ??= Promise.all([
      this.#tx.query('savepoint handler'),
      this.#tx.query('select cascata.enter_event($1, $2)', [this.#claim.tenant, this.#claim.rootId]),
    ])
    // Sent before anything is awaited, so that it runs in its savepoint also when the handler does not await it.
    const result = this.#tx.query<R>(text, values)
    await this.#entering
    return await result
  }

  close(): void {
    this.#closed = true
  }

  async keep(): Promise<void> {
    this.#closed = true
    if (this.#entering) await this.#tx.query('release savepoint handler')
  }

  async discard(): Promise<void> {
    this.#closed = true
    if (!this.#entering) return
    await this.#entering.catch(() => {})
    await this.#tx.query('rollback to savepoint handler')
    await this.#tx.query('release savepoint handler')
  }
}
