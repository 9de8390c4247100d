import type { StandardSchemaV1 } from '@standard-schema/spec'
import { type Duration, milliseconds } from '../definitions/duration.ts'
import type { Label } from '../definitions/label.ts'
import { checkedSchema, type Schema } from '../definitions/schema.ts'
import { definedAt, storedName } from '../definitions/stored-name.ts'
import { checkedData } from '../definitions/validate.ts'
import { CascataError } from '../errors.ts'
import { type RetryOptions, type RetryPolicy, retryPolicy } from './retry-policy.ts'

/** Lanes are served in this order, a tenth for each lower one; slots are kept free for the interactive one. */
export const LANES = ['interactive', 'default', 'bulk'] as const
export type Lane = (typeof LANES)[number]

export interface CommandOptions {
  /** Which lane it waits in. Default `default`. */
  lane?: Lane
  /** Order within lane and tenant: lower first, −100 … 100. Default 0. */
  priority?: number
  retry?: RetryOptions
  /**
   * Time that the handler may take before it is stopped and counted as failed. A wait for a database connection does not count,
   * but in an effect. Default 30 s.
   */
  timeout?: Duration
  /**
   * `exclusive` (default): a transaction of its own. `shared`: under load up to 50 commands of one tenant commit together,
   * with the effect of one after another; one that fails undoes only itself, though its neighbours' handlers may run again
   * for it. For many small writes: fastest with one statement each. Together they take one of the daemon's `concurrency`,
   * and their locks are held until the last of them has run.
   */
  transaction?: 'exclusive' | 'shared'
  /**
   * `false`: the handler's commit does not wait for the disk, PostgreSQL's `synchronous_commit = off`; the commit that
   * records the command, together with others, does. So its attempt is written, and its batch settled, only when what it
   * wrote is durable, and after a crash of the server before that it runs again, with its effects there once. What is given
   * up: for some milliseconds others see what a crash could take back, the status `success` included. Default true: as
   * the server is set.
   */
  synchronousCommit?: boolean
  label?: Label
}

/** What one call may set otherwise than the definition does. */
export interface CommandCallOptions {
  /** Not before this long after it is saved. Default at once. */
  delay?: Duration
  lane?: Lane
  priority?: number
}

/** An order to do one thing: made by calling its definition; a handler returns it, or `enqueue(tx, …)` saves it. */
export interface CommandValue<Name extends string = string> {
  readonly kind: 'command'
  readonly name: Name
  /** JSON text of the data as it was given. */
  readonly json: string
  readonly lane: number
  readonly priority: number
  readonly delayMs: number
}

/** What is known of a command's type, whatever its data. */
export interface CommandDefinition<Name extends string = string, S extends Schema = Schema> {
  readonly kind: 'command-type'
  readonly storedName: Name
  readonly schema: S
  readonly retry: RetryPolicy
  readonly timeoutMs: number
  /** Commits together with others of its tenant. */
  readonly shared: boolean
  readonly synchronousCommit: boolean
  readonly label: Label | undefined
  readonly definedAt: string | undefined
}

/** A definition that is called with the data to make the order. */
export interface CommandType<Name extends string, S extends Schema> extends CommandDefinition<Name, S> {
  (data: StandardSchemaV1.InferInput<S>, options?: CommandCallOptions): CommandValue<Name>
}

/**
 * Defines a command, named in the imperative and done by exactly one handler. `name` is stored and never changes.
 * Calling the definition checks the data against the schema and keeps them as they were given, keys that the schema does
 * not know included; the handler is given what the schema makes of them when it runs (defaults, transforms), which is at
 * each claim.
 * @throws CascataError `bad-name`, `bad-option` here; `bad-data`, `not-json`, `data-too-large`, `bad-option` when called.
 */
export function command<const Name extends string, S extends Schema>(
  name: Name,
  schema: S,
  options: CommandOptions = {},
): CommandType<Name, S> {
  storedName(name)
  checkedSchema(name, schema)
  const lane = laneNumber(options.lane ?? 'default')
  const priority = checkedPriority(options.priority ?? 0)
  const timeoutMs = milliseconds(options.timeout ?? '30s')
  if (timeoutMs < 1 || timeoutMs > 2 ** 31 - 1) {
    throw new CascataError('bad-option', `timeout of "${name}" is ${timeoutMs} ms.`, { fix: 'use 1 ms to 24 days.' })
  }
  const transaction = options.transaction ?? 'exclusive'
  if (transaction !== 'exclusive' && transaction !== 'shared') {
    throw new CascataError('bad-option', `transaction of "${name}" is "${transaction}".`, {
      fix: 'use exclusive or shared.',
    })
  }
  const { synchronousCommit = true } = options
  if (typeof synchronousCommit !== 'boolean') {
    throw new CascataError('bad-option', `synchronousCommit of "${name}" is "${synchronousCommit}".`, {
      fix: 'use true or false.',
    })
  }
  if (transaction === 'shared' && !synchronousCommit) {
    throw new CascataError('bad-option', `"${name}" is shared and does not wait for its commit.`, {
      fix: 'leave synchronousCommit away: the commit of a shared transaction records its commands.',
    })
  }
  const make = (data: StandardSchemaV1.InferInput<S>, call: CommandCallOptions = {}): CommandValue<Name> => ({
    kind: 'command',
    name,
    json: checkedData(name, schema, data),
    lane: call.lane === undefined ? lane : laneNumber(call.lane),
    priority: call.priority === undefined ? priority : checkedPriority(call.priority),
    delayMs: call.delay === undefined ? 0 : milliseconds(call.delay),
  })
  return Object.assign(make, {
    kind: 'command-type' as const,
    storedName: name,
    schema,
    retry: retryPolicy(options.retry),
    timeoutMs,
    shared: transaction === 'shared',
    synchronousCommit,
    label: options.label,
    definedAt: definedAt(),
  })
}

function laneNumber(lane: Lane): number {
  const number = LANES.indexOf(lane)
  if (number < 0) {
    throw new CascataError('bad-option', `"${lane}" is no lane.`, { fix: `use one of ${LANES.join(', ')}.` })
  }
  return number
}

function checkedPriority(priority: number): number {
  if (!Number.isInteger(priority) || priority < -100 || priority > 100) {
    throw new CascataError('bad-option', `priority is ${priority}.`, { fix: 'use a whole number from −100 to 100.' })
  }
  return priority
}
