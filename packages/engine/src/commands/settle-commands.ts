import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { databaseError, isConflict, isConnectionLoss } from '../postgres/database-error.ts'
import { type RunStatement, statement } from '../postgres/pools.ts'
import type { AttemptError } from '../processor/attempt-error.ts'
import type { CommandClaim } from './claim-commands.ts'

/** What became of a claim whose handler needed no transaction of its own, or failed. */
export interface Settlement {
  readonly claim: CommandClaim
  readonly outcome: 'success' | 'error' | 'cancelled' | 'snoozed' | 'released' | 'lost' | 'unknown'
  /** Ends the command; otherwise it is tried again after `delayMs`, or held when that is undefined (unknown). */
  readonly final: boolean
  /** Counts against the retry policy. */
  readonly failed: boolean
  readonly startedAtMs: number | undefined
  readonly ms: number
  readonly delayMs?: number | undefined
  /** Which counter grows, of those that bound how often it goes back without a failure. */
  readonly counter?: 'crashes' | 'releases' | 'refusals' | undefined
  readonly why?: string | undefined
  readonly error?: AttemptError | undefined
  /** Text for insert_next: what follows. */
  readonly next?: string | undefined
  readonly effect?: 'accepted' | 'rejected' | 'unknown' | undefined
  readonly providerId?: string | undefined
  /** It has committed already: where its row of committed_commands lies. */
  readonly committedAt?: string | undefined
}

const settle = statement(
  'settle_commands',
  `select cascata.settle_commands($1, $2, $3::uuid[], $4::uuid[], $5::text[], $6::boolean[], $7::double precision[],
     $8::double precision[], $9::boolean[], $10::double precision[], $11::text[], $12::jsonb[], $13::jsonb[],
     $14::text[], $15::text[], $16::text[])`,
)

const settleSuccesses = statement(
  'settle_successes',
  `select cascata.settle_successes($1, $2, $3::uuid[], $4::uuid[], $5::double precision[], $6::double precision[])`,
)

const settleCommitted = statement(
  'settle_committed',
  `select cascata.settle_committed($1, $2::tid[], $3::uuid[], $4::double precision[], $5::double precision[])`,
)

const CONFLICTS_MAX = 20

export interface SettleOptions {
  pool: pg.Pool
  run: RunStatement
  daemonId: string
  /** Called with what cannot be written even alone. @returns what to write in its stead. */
  onCulprit: (settlement: Settlement, error: unknown) => Settlement
}

/**
 * Writes a group in one transaction, a statement a tenant. If it fails, the halves are tried, and so on until the
 * culprit stands alone; nobody's failures are counted for it but its own. Claims that were lost to another daemon are left
 * alone.
 */
export async function settleCommands(
  options: SettleOptions,
  group: readonly Settlement[],
  conflicts = 0,
): Promise<void> {
  try {
    await write(options, group)
  } catch (error) {
    if (isConnectionLoss(error)) throw error
    if (isConflict(error) && conflicts < CONFLICTS_MAX) {
      await sleep(10 + Math.random() * 90) // PostgreSQL chose us to give way; nothing was written
      return settleCommands(options, group, conflicts + 1)
    }
    if (group.length > 1) {
      const middle = Math.ceil(group.length / 2)
      await settleCommands(options, group.slice(0, middle))
      await settleCommands(options, group.slice(middle))
      return
    }
    await write(options, [options.onCulprit(group[0] as Settlement, databaseError(error))])
  }
}

async function write({ pool, run, daemonId }: SettleOptions, group: readonly Settlement[]): Promise<void> {
  const writes = [...Map.groupBy(group, ({ claim }) => claim.tenant)].flatMap(([tenant, own]) => {
    const { committed = [], plain = [], rest = [] } = Object.groupBy(own, kindOf)
    return [
      ...(committed.length > 0 ? [{ what: settleCommitted, values: committedValues(tenant, committed) }] : []),
      ...(plain.length > 0 ? [{ what: settleSuccesses, values: successValues(tenant, daemonId, plain) }] : []),
      ...(rest.length > 0 ? [{ what: settle, values: values(tenant, daemonId, rest) }] : []),
    ]
  })
  const client = await pool.connect()
  let broken = true
  try {
    const alone = writes.length === 1
    const begun = alone ? undefined : client.query('begin isolation level read committed')
    const sent = writes.map(({ what, values }) => run(client, what, values))
    const ended = alone ? undefined : client.query('commit')
    const results = await Promise.allSettled([...sent, begun, ended])
    for (const result of results) {
      if (result.status === 'rejected') {
        broken = isConnectionLoss(result.reason)
        throw result.reason
      }
    }
    broken = false
  } finally {
    client.release(broken)
  }
}

function kindOf(settlement: Settlement): 'committed' | 'plain' | 'rest' {
  if (settlement.committedAt !== undefined) return 'committed'
  return isPlainSuccess(settlement) ? 'plain' : 'rest'
}

/** Nothing follows, nothing was called, nothing is healed by it. */
function isPlainSuccess({ claim, outcome, next, effect }: Settlement): boolean {
  return outcome === 'success' && next === undefined && effect === undefined && claim.originalId === undefined
}

/** Uuids and numbers need no quoting, so their arrays are written here: the driver looks at every character. */
function array(items: readonly unknown[]): string {
  return `{${items.join(',')}}`
}

function successValues(tenant: string, daemonId: string, own: readonly Settlement[]): unknown[] {
  return [
    tenant,
    daemonId,
    array(own.map(({ claim }) => claim.id)),
    array(own.map(({ claim }) => claim.token)),
    array(own.map(({ startedAtMs }) => startedAtMs ?? 'null')),
    array(own.map(({ ms }) => ms)),
  ]
}

function committedValues(tenant: string, own: readonly Settlement[]): unknown[] {
  return [
    tenant,
    array(own.map(({ committedAt }) => `"${committedAt}"`)),
    array(own.map(({ claim }) => claim.token)),
    array(own.map(({ startedAtMs }) => startedAtMs ?? 'null')),
    array(own.map(({ ms }) => ms)),
  ]
}

function values(tenant: string, daemonId: string, own: readonly Settlement[]): unknown[] {
  const some = own.some(({ next }) => next !== undefined)
  return [
    tenant,
    daemonId,
    own.map(({ claim }) => claim.id),
    own.map(({ claim }) => claim.token),
    own.map(({ outcome }) => outcome),
    own.map(({ final }) => final),
    own.map(({ startedAtMs }) => startedAtMs ?? null),
    own.map(({ ms }) => ms),
    own.map(({ failed }) => failed),
    own.map(({ delayMs }) => delayMs ?? null),
    own.map(({ why }) => why ?? null),
    own.map(({ error }) => (error ? JSON.stringify(error) : null)),
    some ? own.map(({ next }) => next ?? null) : null,
    own.map(({ effect }) => effect ?? null),
    own.map(({ providerId }) => providerId ?? null),
    own.map(({ counter }) => counter ?? null),
  ]
}
