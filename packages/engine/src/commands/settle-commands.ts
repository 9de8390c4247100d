import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { databaseError, isConflict, isConnectionLoss } from '../postgres/database-error.ts'
import { beginOn, isPooled, type RunStatement, statement } from '../postgres/pools.ts'
import { isServerState } from '../postgres/server-state.ts'
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
     $14::text[], $15::text[], $16::text[]) as n`,
)

const settleSuccesses = statement(
  'settle_successes',
  `select cascata.settle_successes($1, $2, $3::uuid[], $4::uuid[], $5::double precision[], $6::double precision[])`,
)

const settleCommitted = statement(
  'settle_committed',
  `select cascata.settle_committed($1, $2::tid[], $3::uuid[], $4::double precision[], $5::double precision[])`,
)

const knownAfterAll = statement(
  'known_after_all',
  `with c as materialized (
     select $1::uuid as tenant, c.*
     from unnest($2::uuid[], $3::integer[], $4::text[], $5::text[]) as c(id, claim_no, effect, provider))
   update cascata.effects f set state = c.effect, provider_id = c.provider from c
   where f.tenant = any(array[c.tenant]) and f.command_id = c.id and f.claim_no = c.claim_no and f.state = 'unknown'`,
)

/**
 * Notes a service's answers whose claims were rescued before the answers could be written. The next call is told, and a
 * human who decides about a held command finds them there.
 */
async function noteAnswers(
  { pool, run }: Pick<SettleOptions, 'pool' | 'run'>,
  tenant: string,
  own: readonly Settlement[],
): Promise<void> {
  const known = own.filter(({ effect }) => effect === 'accepted' || effect === 'rejected')
  await run(pool, knownAfterAll, [
    tenant,
    known.map(({ claim }) => claim.id),
    known.map(({ claim }) => claim.claimNo),
    known.map(({ effect }) => effect),
    known.map(({ providerId }) => providerId ?? null),
  ])
}

const CONFLICTS_MAX = 20

export interface SettleOptions {
  pool: pg.Pool
  run: RunStatement
  daemonId: string
  /**
   * What is written for a settlement that the database refuses for its own sake, e.g. for what should follow; undefined:
   * nothing else would be true. What was accepted outside stays accepted, and what is held stays held.
   */
  instead: (settlement: Settlement, error: unknown) => Settlement | undefined
}

/** What could not be written, to be tried again as it is. */
export interface Unwritten {
  readonly settlement: Settlement
  readonly error: unknown
  /** The database refuses this one alone; otherwise it takes none, for now. */
  readonly refused: boolean
}

/**
 * Writes a group in one transaction, a statement a tenant. What the database refuses for its own sake is looked for by
 * halves, and written last: everything else has been written by then, and nobody's failures are counted for it but its own.
 * When it is the state of the server, nothing is divided: the answer would be the same 4,000 times. Claims that were lost
 * to another daemon are left alone; that their calls were accepted is noted all the same.
 * @param blame whether an error is the fault of what was written. Default: unless it is the state of the server.
 * @returns what is not written yet. Never throws for what the database answers.
 */
export async function settleCommands(
  options: SettleOptions,
  group: readonly Settlement[],
  blame: (error: unknown) => boolean = (error) => !isServerState(error),
): Promise<Unwritten[]> {
  const culprits: { settlement: Settlement; error: unknown }[] = []
  const parts: (readonly Settlement[])[] = [group]
  for (let part = parts.pop(); part; part = parts.pop()) {
    const failed = await tryToWrite(options, part)
    if (!failed) continue
    const { error } = failed
    if (!blame(error)) {
      const refused = culprits.map((culprit) => ({ ...culprit, refused: true }))
      return [...refused, ...[part, ...parts].flat().map((settlement) => ({ settlement, error, refused: false }))]
    }
    if (part.length === 1) culprits.push({ settlement: part[0] as Settlement, error })
    else {
      const middle = Math.ceil(part.length / 2)
      parts.push(part.slice(middle), part.slice(0, middle))
    }
  }
  const unwritten: Unwritten[] = []
  for (const { settlement, error } of culprits) {
    const instead = options.instead(settlement, databaseError(error))
    const failed = instead ? await tryToWrite(options, [instead]) : { error }
    if (failed) unwritten.push({ settlement, error: failed.error, refused: blame(failed.error) })
  }
  return unwritten
}

/** @returns why it could not be written; undefined: it is. */
async function tryToWrite(
  options: SettleOptions,
  group: readonly Settlement[],
): Promise<{ readonly error: unknown } | undefined> {
  for (let conflicts = 0; ; conflicts++) {
    try {
      await write(options, group)
      return undefined
    } catch (error) {
      if (!isConflict(error) || conflicts >= CONFLICTS_MAX) return { error }
      await sleep(10 + Math.random() * 90) // PostgreSQL chose us to give way; nothing was written
    }
  }
}

async function write(options: SettleOptions, group: readonly Settlement[]): Promise<void> {
  const { pool, run, daemonId } = options
  const writes = [...Map.groupBy(group, ({ claim }) => claim.tenant)].flatMap(([tenant, own]) => {
    const { committed = [], plain = [], rest = [] } = Object.groupBy(own, kindOf)
    return [
      ...(committed.length > 0 ? [{ what: settleCommitted, values: committedValues(tenant, committed) }] : []),
      ...(plain.length > 0 ? [{ what: settleSuccesses, values: successValues(tenant, daemonId, plain) }] : []),
      ...(rest.length > 0 ? [{ what: settle, values: values(tenant, daemonId, rest), tenant, rest }] : []),
    ]
  })
  const client = await pool.connect()
  let broken = true
  let answers: { n: number }[][]
  try {
    const alone = writes.length === 1 && !isPooled(pool)
    const begun = alone ? undefined : client.query(beginOn(pool).text)
    const sent = writes.map(({ what, values }) => run<{ n: number }>(client, what, values))
    const ended = alone ? undefined : client.query('commit')
    const results = await Promise.allSettled([...sent, begun, ended])
    for (const result of results) {
      if (result.status === 'rejected') {
        broken = isConnectionLoss(result.reason)
        throw result.reason
      }
    }
    answers = await Promise.all(sent)
    broken = false
  } finally {
    client.release(broken)
  }
  for (const [i, { tenant, rest }] of writes.entries()) {
    if (rest && answers[i]?.[0]?.n !== rest.length) await noteAnswers(options, tenant, rest)
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
