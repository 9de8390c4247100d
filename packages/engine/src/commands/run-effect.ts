import { outsideText, PROVIDER_ID_MAX } from '../definitions/outside-text.ts'
import { derivedUuid } from '../definitions/uuid.ts'
import { hasCode } from '../errors.ts'
import { ShortTransactions } from '../postgres/lazy-transaction.ts'
import { statement } from '../postgres/pools.ts'
import { attemptError } from '../processor/attempt-error.ts'
import { acceptedButBad, ended, failure, fromOutcome, isA, Troubled, whatBecomesOf } from './attempt-end.ts'
import type { CommandClaim } from './claim-commands.ts'
import type { CommandHandler, EarlierCall, EffectContext } from './handle.ts'
import { contextOf, dataOf, followUps } from './handler-context.ts'
import { outcomeOf, saysDone } from './outcome.ts'
import { isRejected } from './rejected.ts'
import type { RunOptions, RunResult, Timing } from './run-options.ts'
import { withTimeout } from './time-limit.ts'

const earlierCall = statement(
  'earlier_call',
  `select f.command_id, f.claim_no, f.state, exists (
     select from cascata.attempts a where a.tenant = $1 and a.command_id = $3 and a.error_class = 'Decided'
       and (a.claim_no > f.claim_no or f.command_id <> $3)) as decided
   from cascata.effects f
   where f.tenant = $1 and f.key = $2 and not (f.command_id = $3 and f.claim_no = $4)
   order by f.state = 'accepted' desc, f.called_at desc limit 1`,
)
const reconciled = statement(
  'reconciled',
  `update cascata.effects set state = $4, provider_id = $5
   where tenant = $1 and command_id = $2 and claim_no = $3 and state = 'unknown'`,
)

export async function runEffect(
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
    // A human who decided that it is called again knows that nobody knows.
    if (earlier && !earlier.decided && (earlier.state === 'accepted' || earlier.state === 'unknown')) {
      const found = await call(earlier.state, (context) => reconcile(dataOf(claim, handler), context))
      // An answer that is neither yes nor no, or contradicts what is known, is no reason to call again.
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
    if (saysDone(value)) accepted = true // whatever turns out to be wrong with the rest of it
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
