import type { CommandValue } from '../commands/command.ts'
import { letGo } from '../definitions/is-thenable.ts'
import { storedName } from '../definitions/stored-name.ts'
import { CascataError } from '../errors.ts'

/** When a batch whose members have all finished counts as a success. */
export type BatchPolicy = 'all-succeeded' | 'all-finished' | { atLeastPercent: number }

/**
 * Commands counted together: returned by a handler, or saved by `enqueue(tx, …)`. When the last member has finished,
 * the next command is released, once ever; when the batch fails, the on-failure command is made: once for what failed, and again only when something else does.
 */
export interface BatchValue<
  Name extends string = string,
  Member extends CommandValue = CommandValue,
  Next extends CommandValue = CommandValue,
  Failure extends CommandValue = CommandValue,
> {
  readonly kind: 'batch'
  readonly name: Name
  readonly members: readonly Member[]
  readonly nextCommand: Next | undefined
  readonly failureCommand: Failure | undefined
  readonly policy: BatchPolicy
  readonly sealed: boolean
  /** The command that runs when the batch has succeeded; it exists, awaiting, from the batch's creation. */
  next<C extends CommandValue>(next: C): BatchValue<Name, Member, C, Failure>
  /**
   * The command that runs when the batch has failed. It is made again only when the batch fails with something that had not
   * failed before, or whose reprocessed copy failed: members that are healed one by one tell nobody.
   */
  onFailure<C extends CommandValue>(command: C): BatchValue<Name, Member, Next, C>
  /** @throws CascataError `bad-option` for a percentage outside 0–100. */
  succeedsWhen(policy: BatchPolicy): BatchValue<Name, Member, Next, Failure>
  /**
   * More members will be added with `addToBatch`; the batch settles only after `sealBatch`. Let a member do both in its handler
   * (`command.batchId`): it is tried again when it fails, where a process that dies leaves the batch open until somebody seals it.
   */
  open(): BatchValue<Name, Member, Next, Failure>
}

/**
 * @param name stored; names the batch's type.
 * @param items anything; `make` turns each into one member command.
 * @throws CascataError `bad-name`, `bad-option` for items that are not iterable.
 */
export function batch<const Name extends string, T, C extends CommandValue>(
  name: Name,
  items: Iterable<T>,
  make: (item: T) => C,
): BatchValue<Name, C, never, never> {
  storedName(name)
  if (typeof items?.[Symbol.iterator] !== 'function') {
    throw new CascataError('bad-option', `The items of batch "${name}" cannot be walked through.`, {
      fix: 'pass an array or another iterable.',
    })
  }
  const members = Array.from(items, make)
  members.forEach(letGo) // of a `make` that is async; they are refused where the batch is saved
  return value({
    name,
    members,
    nextCommand: undefined,
    failureCommand: undefined,
    policy: 'all-succeeded',
    sealed: true,
  }) as unknown as BatchValue<Name, C, never, never>
}

type Fields = Pick<BatchValue, 'name' | 'members' | 'nextCommand' | 'failureCommand' | 'policy' | 'sealed'>

function value(fields: Fields): BatchValue {
  return {
    ...fields,
    kind: 'batch',
    next: (nextCommand) => value({ ...fields, nextCommand }) as never,
    onFailure: (failureCommand) => value({ ...fields, failureCommand }) as never,
    succeedsWhen: (policy) => value({ ...fields, policy: checkedPolicy(policy) }) as never,
    open: () => value({ ...fields, sealed: false }) as never,
  }
}

function checkedPolicy(policy: BatchPolicy): BatchPolicy {
  const percent = typeof policy === 'object' ? policy.atLeastPercent : 100
  const known = typeof policy === 'object' || policy === 'all-succeeded' || policy === 'all-finished'
  if (!known || !Number.isFinite(percent) || percent < 0 || percent > 100) {
    throw new CascataError('bad-option', `${JSON.stringify(policy)} is no batch policy.`, {
      fix: "use 'all-succeeded', 'all-finished' or { atLeastPercent: 0…100 }.",
    })
  }
  return policy
}

/** What the engine stores: the share of members that must succeed, in percent; 0 = all have finished, however. */
export function requiredPercent(policy: BatchPolicy): number {
  if (policy === 'all-succeeded') return 100
  return policy === 'all-finished' ? 0 : policy.atLeastPercent
}
