import type { App } from '../app/app.ts'
import type { Services } from '../app/services.ts'
import { addNext, emptyNext, type NextJson } from '../commands/next-json.ts'
import type { NextList } from '../commands/outcome.ts'
import { nextTry, type RetryPolicy, retryPolicy } from '../commands/retry-policy.ts'
import { isThenable } from '../definitions/is-thenable.ts'
import { correctedNow } from '../definitions/uuid.ts'
import { handlerData } from '../definitions/validate.ts'
import { CascataError } from '../errors.ts'
import type { LazyTransaction } from '../postgres/lazy-transaction.ts'
import { refuseTransactionControl } from '../postgres/transaction-control.ts'
import { heard, type Tx } from '../postgres/tx.ts'
import { type AttemptError, attemptError } from '../processor/attempt-error.ts'
import type { EventClaim } from './claim-events.ts'
import type { EventContext, EventHandler } from './on.ts'

/** What became of one handler of one claimed event. */
export interface Handling {
  readonly claim: EventClaim
  readonly handler: string
  readonly outcome: 'success' | 'error'
  readonly final: boolean
  readonly failures: number
  readonly startedAtMs: number
  readonly ms: number
  readonly delayMs: number | undefined
  readonly why: string | undefined
  readonly error: AttemptError | undefined
  readonly next: NextJson
}

/** Every event's handler has this policy: its work is small, and others wait for what it makes. */
const POLICY: RetryPolicy = retryPolicy({ attempts: 10, base: '1s', cap: '10m' })
const HANDLER_TIMEOUT_MS = 30_000
/** Crashes after which an event's handlers end in error instead of taking down another daemon. */
const CRASHES_MAX = 5

export interface RunHandlersOptions {
  app: App
  services: Services
  shutdown: AbortSignal
  now: () => Date
}

/**
 * Runs the handlers of a set in order, in memory. A handler that touches the transaction gets a savepoint; one that
 * throws is recorded and leaves nothing behind, and the others go on.
 * @throws only what spoils the whole transaction: a lost connection.
 */
export async function runEventHandlers(
  options: RunHandlersOptions,
  claims: readonly EventClaim[],
  tx: LazyTransaction,
): Promise<Handling[]> {
  const handlings: Handling[] = []
  for (const claim of claims) {
    const all = options.app.eventHandlers.get(claim.type) ?? []
    const due = claim.handler === '' ? all : all.filter((h) => h.handlerName === claim.handler)
    if (due.length === 0) handlings.push(nobody(claim))
    if (claim.crashes >= CRASHES_MAX) {
      for (const { handlerName } of due) handlings.push(crashLoop(claim, handlerName))
      continue
    }
    for (const handler of due) handlings.push(await runHandler(options, claim, handler, tx))
  }
  return handlings
}

async function runHandler(
  { app, services, shutdown, now }: RunHandlersOptions,
  claim: EventClaim,
  handler: EventHandler,
  tx: LazyTransaction,
): Promise<Handling> {
  const startedAtMs = correctedNow()
  const from = performance.now()
  const next = emptyNext()
  const scope = new HandlerScope(tx, claim)
  const base = { claim, handler: handler.handlerName, startedAtMs }
  try {
    const data = handlerData(claim.type, handler.event.schema, claim.data)
    const context: EventContext = {
      ...services,
      tx: scope,
      tenant: claim.tenant,
      event: {
        id: claim.eventId,
        rootId: claim.rootId,
        entityType: claim.entityType,
        entityId: claim.entityId,
        actor: claim.actor,
        occurredAt: claim.occurredAt,
      },
      signal: AbortSignal.any([shutdown, AbortSignal.timeout(HANDLER_TIMEOUT_MS)]),
      now,
    }
    const returned = handler.run(data, context)
    const value = isThenable(returned) ? await inTime(returned, handler.handlerName) : returned
    const origin = {
      kind: 'event',
      eventId: claim.eventId,
      rootId: claim.rootId,
      handler: handler.handlerName,
    } as const
    addNext(next, value as NextList, origin, (name) => app.commandHandlers.has(name))
    await scope.keep()
    const ms = performance.now() - from
    return {
      ...base,
      outcome: 'success',
      final: true,
      failures: 0,
      ms,
      delayMs: undefined,
      why: undefined,
      error: undefined,
      next,
    }
  } catch (error) {
    if (tx.lost || shutdown.aborted) throw error
    await scope.discard()
    return { ...failedHandling(base, error, performance.now() - from) }
  }
}

export function failedHandling(
  base: Pick<Handling, 'claim' | 'handler' | 'startedAtMs'>,
  thrown: unknown,
  ms: number,
): Handling {
  const failures = base.claim.failures + 1
  const again = nextTry(POLICY, failures, thrown)
  return {
    ...base,
    outcome: 'error',
    final: again === undefined,
    failures,
    ms,
    delayMs: again?.delayMs,
    why: again?.why,
    error: attemptError(thrown),
    next: emptyNext(),
  }
}

function crashLoop(claim: EventClaim, handler: string): Handling {
  const message = `${claim.crashes} times a daemon died or lost it with this event in flight; it is not tried again.`
  return {
    ...nobody(claim),
    handler,
    outcome: 'error',
    failures: claim.failures,
    error: { class: 'CrashLoop', message, stack: null },
  }
}

function nobody(claim: EventClaim): Handling {
  const none = { delayMs: undefined, why: undefined, error: undefined, next: emptyNext() }
  return {
    claim,
    handler: claim.handler,
    outcome: 'success',
    final: true,
    failures: 0,
    startedAtMs: correctedNow(),
    ms: 0,
    ...none,
  }
}

async function inTime<T>(work: PromiseLike<T>, name: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const fix = 'let the handler return a command and do the work there.'
      reject(new CascataError('timeout', `"${name}" was not done after ${HANDLER_TIMEOUT_MS} ms.`, { fix }))
    }, HANDLER_TIMEOUT_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** One handler's part of the set's transaction: a savepoint from its first statement on. */
class HandlerScope implements Tx {
  readonly #tx: LazyTransaction
  readonly #claim: EventClaim
  #entered: Promise<unknown> | undefined
  #closed = false

  constructor(tx: LazyTransaction, claim: EventClaim) {
    this.#tx = tx
    this.#claim = claim
  }

  query<R = Record<string, unknown>>(text: string, values: readonly unknown[] = []) {
    return heard(this.#query<R>(text, values)) // it spoils the savepoint, which says so
  }

  async #query<R>(text: string, values: readonly unknown[]) {
    if (this.#closed) throw new Error('The handler has ended; nothing may use its transaction any more.')
    refuseTransactionControl(text, true)
    this.#entered ??= Promise.all([
      this.#tx.query('savepoint handler'),
      this.#tx.query('select cascata.enter_event($1, $2)', [this.#claim.tenant, this.#claim.rootId]),
    ])
    // Sent before anything is awaited, so that it runs in its savepoint also when the handler does not await it.
    const result = this.#tx.query<R>(text, values)
    await this.#entered
    return await result
  }

  async keep(): Promise<void> {
    this.#closed = true
    if (this.#entered) await this.#tx.query('release savepoint handler')
  }

  async discard(): Promise<void> {
    this.#closed = true
    if (!this.#entered) return
    await this.#entered.catch(() => {})
    await this.#tx.query('rollback to savepoint handler')
    await this.#tx.query('release savepoint handler')
  }
}
