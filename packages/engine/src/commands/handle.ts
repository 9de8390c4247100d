import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Services } from '../app/services.ts'
import { checkedParts } from '../definitions/checked-parts.ts'
import type { Schema } from '../definitions/schema.ts'
import { definedAt } from '../definitions/stored-name.ts'
import { CascataError } from '../errors.ts'
import type { Tx } from '../postgres/tx.ts'
import type { CommandDefinition } from './command.ts'
import type { NextList, Outcome } from './outcome.ts'

interface CommonContext {
  readonly tenant: string
  readonly command: {
    readonly id: string
    readonly type: string
    readonly rootId: string
    /** Which claim this is, from 1. */
    readonly attempt: number
    /** How often it has failed so far. */
    readonly failures: number
    readonly batchId: string | undefined
    /** W3C traceparent of the request that it follows from. What it returns, and what it saves, carries it on. */
    readonly trace: string | undefined
  }
  /** Aborted at the timeout, when the daemon shuts down, and when the command is cancelled. */
  readonly signal: AbortSignal
  /** Now, by the database's clock. */
  readonly now: () => Date
}

/** What a command's handler is given besides its data; `S` is what the application adds. */
export type CommandContext<S = Services> = S & OwnContext

interface OwnContext extends CommonContext {
  /**
   * The command's own transaction, opened at its first use and fenced: what is written here commits together with the
   * command's completion and everything returned, or not at all.
   */
  readonly tx: Tx
}

/** What an effect's handler is given besides its data; `S` is what the application adds. */
export type EffectContext<S = Services> = S & OwnEffectContext

interface OwnEffectContext extends CommonContext {
  /** Each query is a short transaction of its own: none is open while the outside service answers. */
  readonly db: Tx
  /** Idempotency key: the same for every retry and every reprocessed copy of this command. A UUID. */
  readonly key: string
  /**
   * Knowledge of earlier calls with this key; undefined: there was none. `accepted` is met where a command was
   * reprocessed whose call had succeeded and what should follow had not.
   */
  readonly earlier: EarlierCall | undefined
}

export interface CommandHandler<C extends CommandDefinition = CommandDefinition, R = unknown> {
  readonly kind: 'command-handler'
  readonly command: C
  readonly run: (data: unknown, context: never) => R | Promise<R>
  readonly effect: undefined | { readonly onUnknown: OnUnknown; readonly reconcile: Reconcile | undefined }
  readonly definedAt: string | undefined
}

export type EarlierCall = 'accepted' | 'rejected' | 'unknown'

/** What to do with an effect of which nobody knows whether it happened. */
export type OnUnknown = 'retry' | 'reconcile' | 'hold'

/** Asks the outside service whether the effect with this key happened. */
export type Reconcile = (
  data: unknown,
  context: EffectContext,
) => Promise<{ happened: true; providerId?: string } | { happened: false } | { happened: 'unknown' }>

/** What a definition's handlers are given as data. */
export type DataOf<D extends { readonly schema: Schema }> = StandardSchemaV1.InferOutput<D['schema']>

/** Handles a command inside the database: exactly once, since completion and effects are one commit. @throws CascataError `not-a-part`. */
export function handle<C extends CommandDefinition, R extends NextList | Outcome<NextList>>(
  command: C,
  run: (data: DataOf<C>, context: CommandContext) => R | Promise<R>,
): CommandHandler<C, R> {
  checkedParts('command-type', command, run)
  return { kind: 'command-handler', command, run: run as never, effect: undefined, definedAt: definedAt() }
}

/**
 * Handles a command that reaches outside (mail, webhook, payment): an intent is stored before the call, no transaction
 * is open during it, and what is not known is said to be `unknown`.
 *
 * @param options.onUnknown after a crash, a timeout or an error that is no {@link Rejected}: `retry` with the same key
 * (default; right where the service ignores a repeated key or a repetition does no harm), `reconcile` by asking the
 * service, `hold` for a human.
 * @throws CascataError `bad-option` for `reconcile` without a function that does it, and for a command whose definition
 * chooses a transaction.
 */
export function effect<C extends CommandDefinition, R extends NextList | Outcome<NextList>>(
  command: C,
  run: (data: DataOf<C>, context: EffectContext) => R | Promise<R>,
  options: {
    onUnknown?: OnUnknown
    reconcile?: (data: DataOf<C>, context: EffectContext) => ReturnType<Reconcile>
  } = {},
): CommandHandler<C, R> {
  checkedParts('command-type', command, run)
  if (command.shared || !command.synchronousCommit) {
    throw new CascataError('bad-option', `"${command.storedName}" is an effect, which has no transaction to choose.`, {
      fix: 'leave transaction and synchronousCommit of the command away.',
    })
  }
  const onUnknown = options.onUnknown ?? 'retry'
  if (!['retry', 'reconcile', 'hold'].includes(onUnknown) || (onUnknown === 'reconcile' && !options.reconcile)) {
    throw new CascataError('bad-option', `onUnknown of "${command.storedName}" is "${onUnknown}".`, {
      fix: 'use retry, hold, or reconcile together with a reconcile function.',
    })
  }
  const reconcile = options.reconcile as Reconcile | undefined
  return {
    kind: 'command-handler',
    command,
    run: run as never,
    effect: { onUnknown, reconcile },
    definedAt: definedAt(),
  }
}
