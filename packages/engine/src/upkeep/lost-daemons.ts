import type pg from 'pg'
import type { Steadiness } from '../daemon/heartbeat.ts'
import { type RunStatement, statement } from '../postgres/pools.ts'

// `met` is false for one that may not have found the server yet: it has not been heard since the server started, and that
// was less than a lease ago.
const others = statement(
  'other_daemons',
  `select d.id, (extract(epoch from d.heartbeat_at) * 1000000)::bigint as beat, d.lease_ms,
     extract(epoch from now() - d.heartbeat_at)::double precision * 1000 as age,
     pg_postmaster_start_time() < greatest(d.heartbeat_at, now() - d.lease_ms * interval '1 millisecond') as met,
     exists (select 1 from pg_locks l
       where l.locktype = 'advisory' and l.granted and l.objsubid = 1
         and l.database = (select oid from pg_database where datname = current_database())
         and l.classid::bigint = (d.lock_key >> 32) & 4294967295 and l.objid::bigint = d.lock_key & 4294967295) as locked
   from cascata.daemons d where d.id <> $1 and d.state in ('running', 'draining')`,
)
// Unless it has been heard meanwhile, or somebody has locked its row: its own beat, or a person who looks at it.
const judge = statement(
  'lost_daemons',
  `with l as materialized (
     select d.id from unnest($1::uuid[], $2::bigint[]) as l(id, beat) join cascata.daemons d on d.id = l.id
     where (extract(epoch from d.heartbeat_at) * 1000000)::bigint = l.beat and d.state in ('running', 'draining')
     for update of d skip locked
   )
   update cascata.daemons d set state = 'lost' from l where d.id = l.id returning d.id`,
)

/** For how long a daemon that has just started looks before it judges. */
const LOOK_FIRST_MS = 2_000
/** A beat was missed. */
const MISSED_MS = 1_500

interface Other {
  id: string
  beat: string
  lease_ms: number
  /** By the server's clock, in milliseconds. */
  age: number
  met: boolean
  locked: boolean
}

/**
 * Which daemons are dead.
 *
 * One whose lock is gone and that has missed a beat is dead: its claims are free at once. (Lock gone, beating: it is about to
 * connect its listener again.) One that is silent past its lease may be stopped or cut off: its claims are freed too, and
 * should it wake, the fence refuses what it does.
 *
 * Silence is measured with the clock of this process, for the server's may be set forth or back: a beat that was not there
 * at the last look came after it. When the database was away, all locks are gone and all have been silent: so nobody judges who has not seen it
 * answer for a lease. A daemon that has just started and met no trouble takes over from one that was killed.
 */
export class LostDaemons {
  readonly #daemonId: string
  readonly #steadiness: () => Steadiness
  #lookedAt: number | undefined
  #seen = new Map<string, { beat: string; atMs: number }>()

  constructor(options: { daemonId: string; steadiness: () => Steadiness }) {
    this.#daemonId = options.daemonId
    this.#steadiness = options.steadiness
  }

  /** @returns whether some were found. */
  async look({ control, run }: { control: pg.Pool; run: RunStatement }): Promise<boolean> {
    if (this.#steadiness().ms === 0) return false
    const living = await run<Other>(control, others, [this.#daemonId])
    const now = performance.now()
    const sinceLookMs = now - (this.#lookedAt ?? now)
    this.#lookedAt = now
    const before = this.#seen
    this.#seen = new Map(
      living.map(({ id, beat, age }) => {
        const seen = before.get(id)
        return [id, seen?.beat === beat ? seen : { beat, atMs: now - Math.min(Math.max(age, 0), sinceLookMs) }]
      }),
    )
    const dead = living.filter((other) => this.#isLost(other, now - (this.#seen.get(other.id)?.atMs ?? now)))
    if (dead.length === 0) return false
    const lost = await run(control, judge, [dead.map(({ id }) => id), dead.map(({ beat }) => beat)])
    return lost.length > 0
  }

  #isLost({ lease_ms: leaseMs, met, locked }: Other, silentMs: number): boolean {
    const { ms, untroubled } = this.#steadiness()
    if (ms >= leaseMs) return silentMs > (locked ? leaseMs : MISSED_MS)
    return !locked && met && untroubled && ms >= LOOK_FIRST_MS && silentMs > MISSED_MS
  }
}
