import type { App } from '../app/app.ts'
import type { Services } from '../app/services.ts'
import { addNext, emptyNext } from '../commands/next-json.ts'
import type { NextList } from '../commands/outcome.ts'
import { isThenable } from '../definitions/is-thenable.ts'
import { correctedNow } from '../definitions/uuid.ts'
import { handlerData } from '../definitions/validate.ts'
import { CascataError } from '../errors.ts'
import { carryTrace } from '../postgres/carried-trace.ts'
import type { LazyTransaction } from '../postgres/lazy-transaction.ts'
import { isRefusal } from '../processor/give-back.ts'
import type { EventClaim } from './claim-events.ts'
import { HandlerScope } from './handler-scope.ts'
import { aside, CRASHES_MAX, crashLoop, failed, type Handling, nobody, refused, succeeded } from './handling.ts'
import type { EventContext, EventHandler } from './on.ts'
import { RunLimit } from './run-limit.ts'

/** What stands already for handlers of a set that is run again. */
export type Known = ReadonlyMap<EventClaim, ReadonlyMap<string, Handling>>

export interface RunHandlersOptions {
  app: App
  services: Services
  shutdown: AbortSignal
  now: () => Date
}

export interface SetOptions extends RunHandlersOptions {
  /** Asked before each event: whether to go no further and save what is done. */
  enough: (done: number) => boolean
  /** How long one handler may keep the others waiting, in milliseconds. */
  patienceMs: number
  isSlow: (claim: EventClaim, handler: string) => boolean
  onSlow: (claim: EventClaim, handler: string) => void
}

/** The transaction of a set is gone, and with it what the handlers wrote so far: the set is run again, or its halves are. */
export class SpoiltSet extends Error {
  override readonly name = 'SpoiltSet'
  readonly claim: EventClaim
  readonly handler: string
  /** What stands for the handler that had to be ended; undefined: the connection was lost while it ran. */
  readonly handling: Handling | undefined

  constructor(claim: EventClaim, handler: string, handling: Handling | undefined, cause: unknown) {
    super(`The transaction was lost while handler "${handler}" of event "${claim.type}" ran.`, { cause })
    this.claim = claim
    this.handler = handler
    this.handling = handling
  }
}

/** Handlers without a pause in between leave no room for the heartbeat, nor for a signal: now and then they make some. */
const BREATH_MS = 50

/** How long a savepoint may take to be rolled back. What takes longer stands behind a statement that still runs. */
const DISCARD_MS = 250

/**
 * Runs the handlers of a set in order, in memory, until it is enough. A handler that touches the transaction gets a
 * savepoint; one that throws is recorded and leaves nothing behind, and the others go on. One that keeps the others waiting
 * is set aside: it gets a row of its own, and is run apart.
 *
 * @returns what became of the events that were reached; those that it says nothing of are still to be done.
 * @throws SpoiltSet
 */
export async function runEventHandlers(
  options: SetOptions,
  claims: readonly EventClaim[],
  tx: LazyTransaction,
  known: Known,
): Promise<Handling[]> {
  const handlings: Handling[] = []
  let breathedAt = performance.now()
  for (const [done, claim] of claims.entries()) {
    if (performance.now() - breathedAt > BREATH_MS) {
      await new Promise(setImmediate)
      breathedAt = performance.now()
    }
    if (options.enough(done)) break
    const due = dueHandlers(options.app, claim)
    if (due.length === 0) handlings.push(nobody(claim))
    for (const handler of due) {
      const name = handler.handlerName
      const stands = known.get(claim)?.get(name)
      if (stands) handlings.push(stands)
      else if (claim.crashes >= CRASHES_MAX) handlings.push(crashLoop(claim, name))
      else if (options.shutdown.aborted || options.isSlow(claim, name)) handlings.push(aside(claim, name))
      else handlings.push(await runHandler(options, claim, handler, tx))
    }
  }
  return handlings
}

export function dueHandlers(app: App, claim: EventClaim): readonly EventHandler[] {
  const all = app.eventHandlers.get(claim.type) ?? []
  return claim.handler === '' ? all : all.filter((h) => h.handlerName === claim.handler)
}

async function runHandler(
  { app, services, shutdown, now, patienceMs, onSlow }: SetOptions,
  claim: EventClaim,
  handler: EventHandler,
  tx: LazyTransaction,
): Promise<Handling> {
  const name = handler.handlerName
  const base = { claim, handler: name, startedAtMs: correctedNow() }
  const from = performance.now()
  const next = emptyNext()
  const scope = new HandlerScope(tx, claim)
  carryTrace(scope, claim.trace)
  // A wait for a connection does not count, however long it is: without one nothing of the set could be saved either.
  const waitedBeforeMs = tx.wait.ms
  const limit = new RunLimit(Math.min(handler.timeoutMs, patienceMs), shutdown, () => tx.wait.ms - waitedBeforeMs)
  let data: unknown
  try {
    data = handlerData(claim.type, handler.event.schema, claim.data)
  } catch (error) {
    const later = isRefusal(error) && !handler.retry.retryable ? refused(base, error) : undefined
    return later ?? failed(base, error, performance.now() - from, handler.retry)
  }
  try {
    const context: EventContext = {
      ...services,
      tx: scope,
      tenant: claim.tenant,
      event: {
        id: claim.eventId,
        type: claim.type,
        rootId: claim.rootId,
        entityType: claim.entityType,
        entityId: claim.entityId,
        actor: claim.actor,
        trace: claim.trace,
        occurredAt: claim.occurredAt,
      },
      get signal() {
        return limit.signal
      },
      now,
    }
    const returned = handler.run(data, context)
    const value = isThenable(returned) ? await limit.within(returned) : returned
    const { eventId, rootId, trace } = claim
    const origin = { kind: 'event', eventId, rootId, handler: name, trace } as const
    addNext(next, value as NextList, origin, (command) => app.commandHandlers.has(command))
    if (scope.entered) await limit.within(scope.keep())
    else scope.close()
    if (tx.lost) throw tx.loss
    return succeeded(base, performance.now() - from, next)
  } catch (error) {
    const ms = performance.now() - from
    const patienceEnded = limit.over === 'time' && patienceMs < handler.timeoutMs
    if (limit.over === 'time') onSlow(claim, name)
    const handling =
      shutdown.aborted || patienceEnded
        ? aside(claim, name)
        : failed(base, limit.over === 'time' ? late(handler) : error, ms, handler.retry)
    if (tx.lost || tx.outage !== undefined) throw new SpoiltSet(claim, name, undefined, error)
    if (!(await undone(scope, tx))) throw new SpoiltSet(claim, name, handling, error)
    return handling
  } finally {
    limit.end()
  }
}

/** Nobody waits behind a statement that still runs: its connection is given up, and the transaction with it. */
async function undone(scope: HandlerScope, tx: LazyTransaction): Promise<boolean> {
  if (!scope.entered) {
    scope.close()
    return true
  }
  const limit = new RunLimit(DISCARD_MS)
  try {
    await limit.within(scope.discard())
    return true
  } catch {
    tx.destroy()
    return false
  } finally {
    limit.end()
  }
}

function late({ handlerName, timeoutMs }: EventHandler): CascataError {
  return new CascataError('timeout', `"${handlerName}" was not done after ${timeoutMs} ms.`, {
    fix: 'let the handler return a command and do the work there.',
  })
}
