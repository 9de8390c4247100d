import type pg from 'pg'
import { type RunStatement, statement } from '../postgres/pools.ts'
import type { CommandClaim } from './claim-commands.ts'
import type { Intended, RunOptions } from './run-options.ts'

const intend = statement(
  'intend_effects',
  'select id, claim_no, earlier from cascata.intend_effects($1, $2::uuid[], $3::uuid[], $4::uuid[], $5::double precision[], $6::text[])',
)

// The claim's row is locked by it, so that it is either rescued before or has started.
const start = statement(
  'start_suspects',
  `with s as materialized (select $1::uuid as tenant, s.* from unnest($2::uuid[], $3::uuid[]) as s(id, token))
   update cascata.command_queue q set started = true from s
   where q.tenant = any(array[s.tenant]) and q.id = s.id and q.token = s.token
   returning q.id, q.claim_no`,
)

export type Intent = Parameters<RunOptions['intend']>[0]

interface RecordOptions {
  control: pg.Pool
  run: RunStatement
}

/** A claim that is ours still. */
export interface Found {
  readonly id: string
  readonly claim_no: number
}

type Answers<R> = (R | false | Promise<R | false>)[]

/** Records that these start: should the daemon be lost, one of them may be the cause. */
export function recordStarts(options: RecordOptions, group: readonly CommandClaim[]): Promise<Answers<Found>> {
  return foundIn(
    group,
    (claim) => claim,
    (tenant, own) => {
      const values = [tenant, own.map(({ id }) => id), own.map(({ token }) => token)]
      return options.run<Found>(options.control, start, values)
    },
  )
}

/** Stores the intents of calls. */
export function intendEffects(options: RecordOptions, group: readonly Intent[]): Promise<Answers<Intended>> {
  return foundIn(
    group,
    ({ claim }) => claim,
    (tenant, own) =>
      options.run<Found & Intended>(options.control, intend, [
        tenant,
        own.map(({ claim }) => claim.id),
        own.map(({ claim }) => claim.token),
        own.map(({ key }) => key),
        own.map(({ timeoutMs }) => timeoutMs),
        own.map(({ onUnknown }) => onUnknown),
      ]),
  )
}

/** The rows of their claims. Each tenant answers for itself: what is stored for one stands when another's fails. */
async function foundIn<T, R extends Found>(
  group: readonly T[],
  claimOf: (item: T) => CommandClaim,
  write: (tenant: string, own: readonly T[]) => Promise<R[]>,
): Promise<Answers<R>> {
  const found = new Map<string, R>()
  const failures = new Map<string, unknown>()
  for (const [tenant, own] of Map.groupBy(group, (item) => claimOf(item).tenant)) {
    try {
      for (const row of await write(tenant, own)) found.set(`${row.id} ${row.claim_no}`, row)
    } catch (error) {
      failures.set(tenant, error)
    }
  }
  return group.map((item) => {
    const { tenant, id, claimNo } = claimOf(item)
    return failures.has(tenant) ? Promise.reject(failures.get(tenant)) : (found.get(`${id} ${claimNo}`) ?? false)
  })
}
