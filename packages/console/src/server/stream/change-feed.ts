/**
 * What changed in the engine, as hints for pages: one look a second at most, however many watch, and none when nobody does.
 *
 * A look reads what has become visible since the last one: facts whose transaction the last snapshot did not see, by the
 * index on the transaction's number; and which commands are being processed, which are few.
 */
import type pg from 'pg'
import type { Change, Kind } from '../../contract/index.ts'
import { showId } from '../ids.ts'
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

/** Records named in one message; beyond it, only that their kind changed. */
const NAMED = 200
/** Messages that a page which was away for a moment may still get. */
const KEPT = 300
/** A batch is settled just after its last member: it is hinted at once more. */
const AGAIN_AFTER_LOOKS = 2

// Rows between the old snapshot's xmin and now that it did not see. Limited: a million new rows are one hint.
const visible = (xid: string) =>
  `${xid} >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(${xid}, $1::pg_snapshot)`
const LOOK = `
  select pg_current_snapshot()::text as snapshot,
    array(select id::text from cascata.events where ${visible('xid')} limit ${NAMED + 1}) as events,
    array(select distinct event_id::text from cascata.event_handlings where ${visible('xid')} limit ${NAMED + 1}) as handled,
    array(select id::text from cascata.commands where ${visible('xid')} limit ${NAMED + 1}) as commands,
    (select coalesce(json_agg(json_build_array(command_id, batch_id, event_id)), '[]') from (
      select command_id, batch_id, event_id from cascata.attempts where ${visible('xid')} limit ${NAMED + 1}) a) as attempts,
    array(select id || '.' || claim_no from cascata.command_queue where state = 'processing' limit ${NAMED + 1}) as processing,
    array(select id || '.' || state from cascata.daemons order by id) as daemons`

interface Look {
  snapshot: string
  events: string[]
  handled: string[]
  commands: string[]
  attempts: [command: string, batch: string | null, event: string | null][]
  processing: string[]
  daemons: string[]
}

export class ChangeFeed {
  readonly #options: ChangeFeedOptions
  readonly #watchers = new Set<(changes: Changes) => void>()
  #kept: Changes[] = []
  #seq = Date.now() // grows over restarts too, so that an id from before is known to be missed
  #last: Look | undefined
  #batches = new Map<string, number>()
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
    this.#batches.clear()
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
      await client.query(
        `begin read only; set local statement_timeout = '3s'; set local jit = off; set local enable_seqscan = off`,
      )
      const db = readerOf(client)
      const before = this.#last?.snapshot ?? (await db.row<{ s: string }>('select pg_current_snapshot()::text as s'))?.s
      const look = await db.row<Look>(LOOK, [before])
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
    const processing = changed(last.processing, look.processing).map((claim) => claim.slice(0, 36))
    const touched = look.attempts.flatMap(([, batch]) => (batch ? [batch] : []))
    const changes = [
      ...hints('event', [...look.events, ...look.handled, ...look.attempts.flatMap(([, , e]) => (e ? [e] : []))]),
      ...hints('command', [...look.commands, ...look.attempts.map(([command]) => command), ...processing]),
      ...hints('batch', this.#withRecent(touched)),
      ...(changed(last.daemons, look.daemons).length > 0 ? [{ kind: 'daemon' as const }] : []),
    ]
    if (changes.length > 0) this.#tell(changes)
  }

  #withRecent(touched: readonly string[]): string[] {
    const again = [...this.#batches.keys()]
    for (const [id, left] of this.#batches) {
      if (left <= 1) this.#batches.delete(id)
      else this.#batches.set(id, left - 1)
    }
    for (const id of touched.slice(0, NAMED)) this.#batches.set(id, AGAIN_AFTER_LOOKS)
    return [...touched, ...again]
  }

  #tell(changes: Change[]): void {
    const message = { seq: ++this.#seq, changes }
    this.#kept = [...this.#kept.slice(1 - KEPT), message]
    for (const tell of this.#watchers) tell(message)
  }
}

/** What is in one and not in the other. */
function changed(before: readonly string[], after: readonly string[]): string[] {
  const [a, b] = [new Set(before), new Set(after)]
  return [...before.filter((x) => !b.has(x)), ...after.filter((x) => !a.has(x))]
}

function hints(kind: Kind, ids: readonly string[]): Change[] {
  const distinct = [...new Set(ids)]
  if (distinct.length === 0) return []
  if (distinct.length > NAMED) return [{ kind }]
  return [{ kind }, ...distinct.map((id) => ({ kind, id: showId(kind, id) }))]
}
