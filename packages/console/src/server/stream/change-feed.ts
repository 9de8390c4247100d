/**
 * What changed in the engine, as hints for pages: one look a second at most, however many watch, and none when nobody does.
 *
 * A look counts: what was created and what ended, from the totals, and what is open, from the queues. A kind whose counts
 * differ from those of the last look has changed.
 */
import type pg from 'pg'
import type { Change } from '../../contract/index.ts'
import type { Rates } from '../rates.ts'
import { readerOf } from '../read.ts'

export interface Changes {
  seq: number
  changes: Change[]
}

export interface ChangeFeedOptions {
  pool: pg.Pool
  rates: Rates
  /** Between two looks, in milliseconds. */
  everyMs: number
  onError: (error: unknown) => void
  /** A look without an answer for so long: the database is away. */
  lookMsMax: number
}

/** A watcher is told what changes, and when the database is away. */
interface Watcher {
  tell: (changes: Changes) => void
  away: () => void
}

/** Messages that a page which was away for a moment may still get. */
const KEPT = 300

// Claims, retries and rescues move sums of a queue that its number of rows does not show.
const LOOK = `
  with counted as materialized (
    select kind, sum(n)::text as n from (
      select kind, n from cascata.totals union all select kind, n from cascata.tally_deltas) t group by kind
  )
  select
    (select concat_ws(' ', count(*), count(*) filter (where handler = ''), sum(claim_no), sum(crashes),
       count(*) filter (where state = 'processing'), count(*) filter (where state = 'pending'),
       (select n from counted where kind = 'event')) from cascata.event_queue) as event,
    concat_ws(' ', q.command, (select n from counted where kind = 'command')) as command,
    concat_ws(' ', q.batch, (select n from counted where kind = 'batch'),
      (select count(*) from cascata.batches where state = 'open')) as batch,
    (select string_agg(id || '.' || state, ' ' order by id) from cascata.daemons) as daemon
  from (
    select concat_ws(' ', count(*), sum(claim_no), sum(crashes), count(*) filter (where state = 'processing'),
        count(*) filter (where state = 'pending')) as command,
      concat_ws(' ', count(batch_id), sum(claim_no) filter (where batch_id is not null)) as batch
    from cascata.command_queue) q`

const COUNTED = ['event', 'command', 'batch', 'daemon'] as const

type Look = Record<(typeof COUNTED)[number], string | null>

export class ChangeFeed {
  readonly #options: ChangeFeedOptions
  readonly #watchers = new Set<Watcher>()
  #kept: Changes[] = []
  #seq = Date.now() // grows over restarts too, so that an id from before is known to be missed
  #last: Look | undefined
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #busy = false
  #answeredAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(options: ChangeFeedOptions) {
    this.#options = options
  }

  /** The number of the latest message. */
  get seq(): number {
    return this.#seq
  }

  /**
   * Resolves when the database has just answered.
   * @throws what it says instead, or that it does not answer.
   */
  async ready(): Promise<void> {
    if (performance.now() - this.#answeredAt > this.#options.everyMs * 2) await this.#lookOnce()
  }

  /**
   * @param away called once when the database is away: nothing more is told.
   * @returns the function that ends it.
   */
  watch(tell: Watcher['tell'], away: Watcher['away']): () => void {
    const watcher = { tell, away }
    this.#watchers.add(watcher)
    if (!this.#timer && !this.#busy) this.#next(0)
    return () => {
      this.#watchers.delete(watcher)
      if (this.#watchers.size === 0) this.#rest()
    }
  }

  /** What was told after the message with this number; undefined when that is not known any more. */
  since(seq: number): Changes[] | undefined {
    if (seq === this.#seq) return []
    const first = this.#kept[0]
    if (!first || seq < first.seq - 1 || seq > this.#seq) return undefined
    return this.#kept.filter((changes) => changes.seq > seq)
  }

  close(): void {
    this.#closed = true
    this.#watchers.clear()
    this.#rest()
  }

  /** Nobody watches: what happens meanwhile is not known, and whoever comes back is told so. */
  #rest(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#last = undefined
    this.#kept = []
    this.#seq++
  }

  #next(delayMs: number): void {
    if (this.#closed || this.#watchers.size === 0) return
    this.#timer = setTimeout(() => void this.#look(), delayMs)
    this.#timer.unref()
  }

  async #look(): Promise<void> {
    this.#busy = true
    const started = performance.now()
    try {
      await this.#lookOnce()
    } catch (error) {
      this.#options.onError(error)
      for (const { away } of [...this.#watchers]) away()
    }
    this.#busy = false
    // A database that is slow is asked less often.
    const { everyMs } = this.#options
    this.#next(Math.max(everyMs, Math.min((performance.now() - started) * 10, everyMs * 10)))
  }

  /** One look at a time, however many want it. */
  #lookOnce(): Promise<void> {
    this.#looking ??= this.#read().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #read(): Promise<void> {
    const { pool, rates, lookMsMax } = this.#options
    const inTime = deadline(lookMsMax)
    const connecting = pool.connect()
    let client: pg.PoolClient | undefined
    try {
      client = await inTime(connecting)
      const looking = this.#readOn(client, rates)
      const look = await inTime(looking)
      client.release()
      this.#answeredAt = performance.now()
      if (look && this.#watchers.size > 0) this.#compare(look)
    } catch (error) {
      this.#last = undefined
      this.#answeredAt = Number.NEGATIVE_INFINITY
      // A connection without an answer is none; one that comes too late is given back.
      if (client) client.release(error as Error)
      else connecting.then((late) => late.release()).catch(() => {})
      throw error
    }
  }

  async #readOn(client: pg.PoolClient, rates: Rates): Promise<Look | undefined> {
    await client.query(`begin read only; set local statement_timeout = '3s'; set local jit = off`)
    const db = readerOf(client)
    const look = await db.row<Look>(LOOK)
    await rates.look(db)
    await client.query('commit')
    return look
  }

  #compare(look: Look): void {
    const last = this.#last
    this.#last = look
    if (!last) {
      // What changed between a page's own first answers and this look, nobody knows.
      this.#tell([{ kind: 'all' }])
      return
    }
    const changes = COUNTED.filter((kind) => last[kind] !== look[kind]).map((kind) => ({ kind }))
    if (changes.length > 0) this.#tell(changes)
  }

  #tell(changes: Change[]): void {
    const message = { seq: ++this.#seq, changes }
    this.#kept = [...this.#kept.slice(1 - KEPT), message]
    for (const { tell } of this.#watchers) tell(message)
  }
}

/** Promises that are passed through one deadline have `ms` together. */
function deadline(ms: number): <T>(answer: Promise<T>) => Promise<T> {
  const end = performance.now() + ms
  return async (answer) => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('The database does not answer.')), end - performance.now())
    })
    try {
      return await Promise.race([answer, late])
    } finally {
      clearTimeout(timer)
    }
  }
}
