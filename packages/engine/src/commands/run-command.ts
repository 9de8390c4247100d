import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { App } from '../app/app.ts'
import type { Services } from '../app/services.ts'
import { isThenable } from '../definitions/is-thenable.ts'
import { outsideText, PROVIDER_ID_MAX } from '../definitions/outside-text.ts'
import { correctedNow, derivedUuid } from '../definitions/uuid.ts'
import { handlerData } from '../definitions/validate.ts'
import { CascataError, hasCode } from '../errors.ts'
import { carryTrace } from '../postgres/carried-trace.ts'
import { isConflict } from '../postgres/database-error.ts'
import { AmbiguousCommit, LazyTransaction, ShortTransactions } from '../postgres/lazy-transaction.ts'
import { type Runner, statement } from '../postgres/pools.ts'
import { lossOf, type Trouble } from '../postgres/trouble.ts'
import type { Tx } from '../postgres/tx.ts'
import { type AttemptError, attemptError } from '../processor/attempt-error.ts'
import { Deadline } from '../processor/deadline.ts'
import { isRefusal } from '../processor/give-back.ts'
import type { Abandonment } from './abandonment.ts'
import { type CommandClaim, CRASHES_MAX } from './claim-commands.ts'
import { givenBack, refused, shortWait } from './given-back.ts'
import type { CommandContext, CommandHandler, EarlierCall, EffectContext } from './handle.ts'
import { addNext, emptyNext, nextText } from './next-json.ts'
import { type NextList, type Outcome, outcomeOf } from './outcome.ts'
import { isRejected } from './rejected.ts'
import { nextTry } from './retry-policy.ts'
import type { Settlement } from './settle-commands.ts'

const fence = statement('fence', 'select cascata.fence($1, $2, $3, $4)')
const complete = statement('complete', 'select cascata.complete($1, $2, $3, $4, $5)')
const stillClaimed = statement(
  'still_claimed',
  'select 1 from cascata.command_queue where tenant = $1 and id = $2 and token = $3 for update',
)
const earlierCall = statement(
  'earlier_call',
  `select f.command_id, f.claim_no, f.state, a.command_id is not null as decided
   from cascata.effects f
   left join cascata.attempts a on a.tenant = $1 and a.command_id = $3 and a.claim_no = $4 - 1 and a.error_class = 'Decided'
   where f.tenant = $1 and f.key = $2 and not (f.command_id = $3 and f.claim_no = $4)
   order by f.state = 'accepted' desc, f.called_at desc limit 1`,
)
const reconciled = statement(
  'reconciled',
  `update cascata.effects set state = $4, provider_id = $5
   where tenant = $1 and command_id = $2 and claim_no = $3 and state = 'unknown'`,
)

/** A conflict (serialization, deadlock) is repeated this often before it counts as a failure. */
const CONFLICTS_MAX = 5

/** An intent is stored: the call may be made. */
export interface Intended {
  /** What is known of earlier calls with the same key. */
  readonly earlier: EarlierCall | null
}

export interface RunOptions {
  app: App
  services: Services
  exec: pg.Pool
  control: pg.Pool
  run: Runner
  daemonId: string
  /** Stores the intent before a call; resolves when it is committed: false = the claim was lost, do not call. */
  intend: (intent: {
    claim: CommandClaim
    key: string
    timeoutMs: number
    onUnknown: string
  }) => Promise<Intended | false>
  now: () => Date
  /** A command met trouble that is no failure of its handler. */
  onTrouble: (trouble: Trouble, claim: CommandClaim) => void
  /** Aborted when the daemon leaves handlers behind that did not heed their signal. */
  abandonment: Abandonment
}

/** The daemon left without it. */
class Abandoned extends Error {}

/** Nothing of the handler's own stopped it. */
class Troubled extends Error {
  readonly trouble: Trouble

  constructor(trouble: Trouble) {
    super('No failure of the handler.', { cause: trouble.error })
    this.trouble = trouble
  }
}

/** The data, or the type, is nothing that this daemon knows; its handler did not run. */
class Refused extends Error {}

/**
 * - `settled`: its success and its attempt are saved;
 * - `fenced`: somebody else holds the claim; nothing was saved;
 * - otherwise what is to be written.
 */
export type RunResult = Settlement | 'settled' | 'fenced'

/**
 * Runs one claimed command to its outcome. Never throws: whatever happens becomes a result.
 * @param onCommitting the handler is done and its COMMIT is on its way: the next may start.
 */
export async function runCommand(
  options: RunOptions,
  claim: CommandClaim,
  shutdown: AbortSignal,
  onCommitting: () => void,
): Promise<RunResult> {
  const startedAtMs = correctedNow()
  const from = performance.now()
  const timing = () => ({ claim, startedAtMs, ms: performance.now() - from })
  const handler = options.app.commandHandlers.get(claim.type)
  try {
    if (!handler) {
      const fix = 'deploy its handler.'
      throw new Refused('', {
        cause: new CascataError('unknown-type', `Nothing here handles "${claim.type}".`, { fix }),
      })
    }
    if (claim.crashes >= CRASHES_MAX) {
      const message = `${claim.crashes} times a daemon died or lost it with this command in flight; it is not tried again.`
      return { ...timing(), ...ended('error'), error: { class: 'CrashLoop', message, stack: null } }
    }
    return handler.effect
      ? await runEffect(options, claim, handler, timing, shutdown)
      : await runInTransaction(options, claim, handler, timing, shutdown, onCommitting)
  } catch (error) {
    if (options.abandonment.happened) return 'fenced' // nothing more is written: the rescue runs it again
    return whatBecomesOf(options, claim, handler, error, timing())
  }
}

function whatBecomesOf(
  options: RunOptions,
  claim: CommandClaim,
  handler: CommandHandler | undefined,
  thrown: unknown,
  timed: Timed,
): Settlement {
  const cause = isA(thrown, Troubled) || isA(thrown, Refused) ? thrown.cause : thrown
  const uncounted = isA(thrown, Troubled)
    ? whenTroubled(options, claim, thrown.trouble, timed)
    : isA(thrown, Refused) && whenRefused(claim, handler, cause, timed)
  // Should the intent be stored all the same (its answer was lost), it is noted that nothing was called.
  const effect = isA(thrown, Troubled) && thrown.trouble.place === 'calling' ? 'rejected' : undefined
  return { ...(uncounted || failure(claim, handler, cause, timed)), effect }
}

/** @returns undefined: it counts as a failure after all. */
export function whenTroubled(
  { onTrouble }: Pick<RunOptions, 'onTrouble'>,
  claim: CommandClaim,
  trouble: Trouble,
  timed: Timed,
): Settlement | undefined {
  onTrouble(trouble, claim)
  return givenBack(claim, trouble, timed)
}

/** @returns undefined: it counts as a failure, for it was refused long enough, or the command's own policy decides. */
export function whenRefused(
  claim: CommandClaim,
  handler: CommandHandler | undefined,
  thrown: unknown,
  timed: Timed,
): Settlement | undefined {
  return handler?.command.retry.retryable || !isRefusal(thrown) ? undefined : refused(claim, thrown, timed)
}

/** @throws Refused */
function dataOf(claim: CommandClaim, { command }: CommandHandler): unknown {
  try {
    return handlerData(claim.type, command.schema, claim.data)
  } catch (cause) {
    throw new Refused('', { cause })
  }
}

type Timing = () => { claim: CommandClaim; startedAtMs: number; ms: number }

async function runInTransaction(
  options: RunOptions,
  claim: CommandClaim,
  handler: CommandHandler,
  timing: Timing,
  shutdown: AbortSignal,
  onCommitting: () => void,
): Promise<RunResult> {
  for (let conflicts = 0; ; conflicts++) {
    const tx = new LazyTransaction(options.exec, options.run, {
      statement: fence,
      values: [claim.tenant, claim.id, claim.token, handler.command.synchronousCommit],
    })
    try {
      const data = dataOf(claim, handler)
      const value = await withTimeout(handler.command.timeoutMs, options.abandonment, shutdown, (signal) => {
        return handler.run(data, contextOf(options, claim, signal, { tx }) as never) as Promise<unknown>
      })
      const outcome = outcomeOf(value)
      if (outcome.outcome !== 'done') {
        await tx.rollback()
        return fromOutcome(claim, handler, outcome, timing())
      }
      const next = followUps(options.app, claim, outcome.next)
      if (!tx.opened) {
        await tx.rollback() // what the handler left running must not begin it
        return { ...timing(), ...ended('success'), next }
      }
      const done = { ...timing(), ...ended('success') }
      const { tenant, id, originalId, batchId } = claim
      const values = [tenant, id, originalId ?? null, batchId ?? null, next ?? null]
      const followed = next !== undefined || originalId !== undefined
      await tx.commit(followed ? [{ statement: complete, values }] : [], onCommitting)
      return { ...done, committedAt: tx.entryValue as string }
    } catch (error) {
      if (isA(error, AmbiguousCommit)) {
        return await resolve(options, claim, timing, tx.entryValue, tx.trouble ?? lossOf(options.exec, error))
      }
      const late = hasCode(error, 'timeout') && { trouble: tx.trouble } // before it is destroyed
      if (late || options.abandonment.happened) tx.destroy()
      else await tx.rollback()
      if (options.abandonment.happened) return 'fenced'
      if (hasCode(error, 'fenced')) return 'fenced'
      const trouble = late ? late.trouble : tx.trouble
      const uncounted = trouble && whenTroubled(options, claim, trouble, timing())
      if (uncounted) return uncounted
      if (shutdown.aborted) return release(timing(), 'The daemon shut down.')
      if (!isConflict(error) || conflicts >= CONFLICTS_MAX) throw error
      await sleep(10 + Math.random() * 190)
    }
  }
}

/**
 * A COMMIT without an answer: the row says what became of it, once whoever held it has ended.
 * @param committedAt where its row of committed_commands lies if it took effect; undefined for a shared transaction, which
 *   has written the attempt, and when it is not known: then a rescue finds it.
 * @param trouble what the command met if it did not take effect.
 */
export async function resolve(
  options: RunOptions,
  claim: CommandClaim,
  timing: Timing,
  committedAt: string | undefined,
  trouble: Trouble,
): Promise<RunResult> {
  for (let tries = 0; ; tries++) {
    try {
      const rows = await options.run(options.control, stillClaimed, [claim.tenant, claim.id, claim.token])
      if (rows.length > 0) {
        return whenTroubled(options, claim, trouble, timing()) ?? failure(claim, undefined, trouble.error, timing())
      }
      return committedAt === undefined ? 'settled' : { ...timing(), ...ended('success'), committedAt }
    } catch {
      if (tries > 60) return 'fenced' // a rescue finds out, once the database is back
      await sleep(Math.min(50 * 2 ** tries, 1_000))
    }
  }
}

async function runEffect(
  options: RunOptions,
  claim: CommandClaim,
  handler: CommandHandler,
  timing: Timing,
  shutdown: AbortSignal,
): Promise<RunResult> {
  const data = dataOf(claim, handler)
  const { onUnknown, reconcile } = handler.effect as NonNullable<CommandHandler['effect']>
  const { timeoutMs } = handler.command
  const key = derivedUuid(claim.originalId ?? claim.id, 'effect')
  const beforeCall = async <T>(what: Promise<T>): Promise<T> =>
    what.catch((error: unknown) => {
      throw new Troubled({ kind: 'outage', place: 'calling', error })
    })
  /** Its `db` is the handler's until it ends, and nobody's after its timeout. */
  const call = async <T>(
    earlier: EarlierCall | undefined,
    work: (context: EffectContext) => Promise<T> | T,
  ): Promise<T> => {
    const db = new ShortTransactions(options.exec, claim)
    try {
      const result = await withTimeout(timeoutMs, options.abandonment, shutdown, (signal) =>
        work(contextOf(options, claim, signal, { key, db, earlier })),
      )
      db.end(timeoutMs)
      return result
    } catch (error) {
      const { trouble } = db
      if (hasCode(error, 'timeout') || options.abandonment.happened) db.destroy()
      else db.end(timeoutMs)
      throw trouble && !isRejected(error) ? new Troubled(trouble) : error
    }
  }
  if (reconcile && (claim.claimNo > 1 || claim.originalId)) {
    const [earlier] = await beforeCall(
      options.run<{ command_id: string; claim_no: number; state: string; decided: boolean }>(
        options.control,
        earlierCall,
        [claim.tenant, key, claim.id, claim.claimNo],
      ),
    )
    // Who decided that it is called again knows that nobody knows.
    if (earlier && !earlier.decided && (earlier.state === 'accepted' || earlier.state === 'unknown')) {
      const found = await call(earlier.state, (context) => reconcile(dataOf(claim, handler), context))
      // Whatever is neither yes nor no, or contradicts what is known: it is not called again on the strength of that.
      if (found?.happened !== true && (found?.happened !== false || earlier.state === 'accepted')) {
        const error = { class: 'Unknown', message: 'The service cannot say whether it happened.', stack: null }
        return { ...timing(), outcome: 'unknown', final: false, failed: false, error }
      }
      const [state, providerId] = found.happened
        ? ['accepted', outsideText(found.providerId, PROVIDER_ID_MAX)]
        : ['rejected', undefined]
      const values = [claim.tenant, earlier.command_id, earlier.claim_no, state, providerId ?? null]
      await beforeCall(options.run(options.control, reconciled, values))
      if (found.happened) return { ...timing(), ...ended('success') }
    }
  }
  const intended = await beforeCall(options.intend({ claim, key, timeoutMs, onUnknown }))
  if (!intended) return 'fenced'
  let accepted: string | true | undefined
  try {
    const value = await call(intended.earlier ?? undefined, (context) => handler.run(data, context as never))
    const outcome = outcomeOf(value as never)
    if (outcome.outcome === 'done') {
      accepted = outcome.providerId ?? true
      const next = followUps(options.app, claim, outcome.next)
      return { ...timing(), ...ended('success'), next, effect: 'accepted', providerId: outcome.providerId }
    }
    if (outcome.outcome === 'unknown') throw new Error(outcome.reason)
    return { ...fromOutcome(claim, handler, outcome, timing()), effect: 'rejected' }
  } catch (error) {
    if (options.abandonment.happened) return 'fenced' // still `calling`: unknown after its timeout
    if (accepted) return acceptedButBad(error, timing(), accepted === true ? undefined : accepted)
    if (isRejected(error)) return { ...failure(claim, handler, error, timing()), effect: 'rejected' }
    // Anything may have happened at the other end.
    if (onUnknown === 'hold') {
      const trouble = isA(error, Troubled) ? error.trouble : undefined
      if (trouble) options.onTrouble(trouble, claim)
      const said = attemptError(trouble ? trouble.error : error)
      return { ...timing(), outcome: 'unknown', final: false, failed: false, error: said, effect: 'unknown' }
    }
    if (shutdown.aborted) {
      const error = { class: 'Released', message: 'The daemon shut down during the call.', stack: null }
      return { ...timing(), outcome: 'unknown', final: false, failed: false, delayMs: 0, error, effect: 'unknown' }
    }
    return { ...whatBecomesOf(options, claim, handler, error, timing()), effect: 'unknown' }
  }
}

/** @param own what only handlers of this kind are given. */
export function contextOf<Own extends { readonly tx?: Tx; readonly db?: Tx }>(
  { services, now }: RunOptions,
  claim: CommandClaim,
  signal: () => AbortSignal,
  own: Own,
): Omit<CommandContext, 'tx'> & Own {
  const { id, type, rootId, claimNo: attempt, failures, batchId, trace } = claim
  carryTrace(own.tx ?? own.db, trace)
  return {
    ...services,
    ...own,
    tenant: claim.tenant,
    command: { id, type, rootId, attempt, failures, batchId, trace },
    get signal() {
      return signal()
    },
    now,
  }
}

export function followUps(app: App, claim: CommandClaim, list: NextList): string | undefined {
  if (list === undefined || list === null) return undefined
  const next = emptyNext()
  const { id: commandId, rootId, batchId, trace } = claim
  const origin = { kind: 'command', commandId, rootId, batchId, trace } as const
  addNext(next, list, origin, (name) => app.commandHandlers.has(name))
  return nextText(next) ?? undefined
}

export function ended(outcome: 'success' | 'error' | 'cancelled'): Pick<Settlement, 'outcome' | 'final' | 'failed'> {
  return { outcome, final: true, failed: outcome === 'error' }
}

export type Timed = { claim: CommandClaim; startedAtMs: number; ms: number }

export function release(timed: Timed, message: string): Settlement {
  return {
    ...timed,
    outcome: 'released',
    final: false,
    failed: false,
    error: { class: 'Released', message, stack: null },
  }
}

/** The settlement of a failed attempt: when it is tried again and why then, or that it is not. */
export function failure(
  claim: CommandClaim,
  handler: CommandHandler | undefined,
  thrown: unknown,
  timed: Timed,
): Settlement {
  const error: AttemptError = attemptError(thrown)
  const counts = !isRejected(thrown) || thrown.countsAsFailure
  const failures = claim.failures + (counts ? 1 : 0)
  const next = handler && nextTry(handler.command.retry, failures, thrown)
  if (!next) return { ...timed, ...ended('error'), error }
  const wait = counts ? { delayMs: next.delayMs } : shortWait(claim, next.delayMs)
  return { ...timed, outcome: 'error', final: false, failed: counts, ...wait, why: next.why, error }
}

/** The service did what it was asked, and what was to follow cannot be: trying again would only ask it once more. */
export function acceptedButBad(thrown: unknown, timed: Timed, providerId: string | undefined): Settlement {
  return { ...timed, ...ended('error'), error: attemptError(thrown), effect: 'accepted', providerId }
}

/** Asked of whatever was thrown: a hostile Proxy throws at `instanceof`. */
function isA<T>(error: unknown, type: new (...args: never[]) => T): error is T {
  try {
    return error instanceof type
  } catch {
    return false
  }
}

export function fromOutcome(
  claim: CommandClaim,
  handler: CommandHandler,
  outcome: Exclude<Outcome, { outcome: 'done' }>,
  timed: Timed,
): Settlement {
  const said = (kind: string): AttemptError => ({ class: kind, message: outcome.reason, stack: null })
  switch (outcome.outcome) {
    case 'cancel':
      return { ...timed, ...ended('cancelled'), error: said('Cancelled') }
    case 'discard':
      return { ...timed, ...ended('error'), error: said('Discarded') }
    case 'snooze':
      return {
        ...timed,
        outcome: 'snoozed',
        final: false,
        failed: false,
        ...shortWait(claim, outcome.delayMs),
        why: outcome.reason,
      }
    case 'unknown':
      return { ...timed, outcome: 'unknown', final: false, failed: false, error: said('Unknown') }
    case 'retry': {
      if (claim.failures + 1 >= handler.command.retry.attempts)
        return { ...timed, ...ended('error'), error: said('Retry') }
      const why = `the handler asked for ${outcome.delayMs} ms`
      return {
        ...timed,
        outcome: 'error',
        final: false,
        failed: true,
        delayMs: outcome.delayMs,
        why,
        error: said('Retry'),
      }
    }
  }
}

/**
 * @param work is given what makes its signal, which most handlers never ask for and which takes longer than a small one.
 * @throws CascataError `timeout` when the work is not done in time; its signal is aborted then, and at shutdown.
 */
export async function withTimeout<T>(
  ms: number,
  abandonment: Abandonment,
  shutdown: AbortSignal,
  work: (signal: () => AbortSignal) => Promise<T> | T,
): Promise<T> {
  if (abandonment.happened) throw new Abandoned('The daemon left without it.')
  let abort: AbortController | undefined
  let late: CascataError | undefined
  let over = false
  const onShutdown = () => abort?.abort(shutdown.reason)
  const signal = () => {
    if (abort) return abort.signal
    abort = new AbortController()
    if (late) abort.abort(late)
    else if (shutdown.aborted) onShutdown()
    else if (!over) shutdown.addEventListener('abort', onShutdown)
    return abort.signal
  }
  let deadline: Deadline | undefined
  let leave = () => {}
  try {
    const result = work(signal)
    if (!isThenable(result)) return result
    const interrupted = new Promise<never>((_, reject) => {
      leave = () => reject(new Abandoned('The daemon left without it.'))
      abandonment.listen(leave)
      deadline = new Deadline(ms, () => {
        late = new CascataError('timeout', `It was not done after ${ms} ms.`, {
          fix: 'raise the timeout of the command, divide the work, or heed the signal.',
        })
        abort?.abort(late)
        reject(late)
      })
    })
    return await Promise.race([result, interrupted])
  } finally {
    over = true
    deadline?.clear()
    if (abort) shutdown.removeEventListener('abort', onShutdown)
    abandonment.unlisten(leave)
  }
}
