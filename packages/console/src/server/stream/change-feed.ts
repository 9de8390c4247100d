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
  readonly #watchers = new Set<(changes: Changes) => void>()
  #kept: Changes[] = []
  #seq = Date.now() // grows over restarts too, so that an id from before is known to be missed
  #last: Look | undefined
  #timer: NodeJS.Timeout | undefined
  #looking = false
  #closed = false

  constructor(options: ChangeFeedOptions) {
    this.#options = options
  }

  /** The number of the latest message. */
  get seq(): number {
    return this.#seq
  }

  /** @returns the function that ends it. */
  watch(tell: (changes: Changes) => void): () => void {
    this.#watchers.add(tell)
    if (!this.#timer && !this.#looking) this.#next(0)
    return () => {
      this.#watchers.delete(tell)
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
    this.#looking = true
    const started = performance.now()
    try {
      await this.#read()
    } catch (error) {
      this.#options.onError(error)
      this.#last = undefined
    }
    this.#looking = false
    // A database that is slow is asked less often.
    const { everyMs } = this.#options
    this.#next(Math.max(everyMs, Math.min((performance.now() - started) * 10, everyMs * 10)))
  }

  async #read(): Promise<void> {
    const client = await this.#options.pool.connect()
    let broken: Error | undefined
    try {
      await client.query(`begin read only; set local statement_timeout = '3s'; set local jit = off`)
      const db = readerOf(client)
      const look = await db.row<Look>(LOOK)
      await this.#options.rates.look(db)
      await client.query('commit')
      if (look && this.#watchers.size > 0) this.#compare(look)
    } catch (error) {
      await client.query('rollback').catch((lost: Error) => {
        broken = lost
      })
      throw error
    } finally {
      client.release(broken)
    }
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
    for (const tell of this.#watchers) tell(message)
  }
}
