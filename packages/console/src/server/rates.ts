/**
 * How much happens per minute: the difference of the engine's totals between two looks. A look is taken whenever somebody
 * watches; nothing is asked of the facts.
 */
import type { getOverview, ResponseOf } from '../contract/index.ts'
import type { Reader } from './read.ts'

interface Look {
  at: number
  eventsOccurred: number
  commandsCreated: number
  commandsSucceeded: number
  commandsFailed: number
}

type PerMinute = ResponseOf<typeof getOverview>['perMinute']

const WATCHED_MS = 5 * 60_000
const APART_MS = 5_000
const LEAST_MS = 10_000

const LOOK = `
  select extract(epoch from now()) * 1000 as at,
    coalesce(sum(n) filter (where kind = 'event' and status = 'created'), 0)::double precision as events,
    coalesce(sum(n) filter (where kind = 'command' and status = 'created'), 0)::double precision as created,
    coalesce(sum(n) filter (where kind = 'command' and status = 'success'), 0)::double precision as succeeded,
    coalesce(sum(n) filter (where kind = 'command' and status = 'error'), 0)::double precision as failed
  from cascata.current_totals`

export class Rates {
  #looks: Look[] = []
  #lookedAt = Number.NEGATIVE_INFINITY

  /** At most one look every few seconds, however often it is called. */
  async look(db: Reader): Promise<void> {
    if (performance.now() - this.#lookedAt < APART_MS) return
    this.#lookedAt = performance.now()
    const row = await db.row<Record<'at' | 'events' | 'created' | 'succeeded' | 'failed', string | number>>(LOOK)
    if (!row) return
    const look = {
      at: Number(row.at),
      eventsOccurred: Number(row.events),
      commandsCreated: Number(row.created),
      commandsSucceeded: Number(row.succeeded),
      commandsFailed: Number(row.failed),
    }
    this.#looks = [...this.#looks.filter(({ at }) => at > look.at - WATCHED_MS), look]
  }

  async perMinute(db: Reader): Promise<PerMinute> {
    await this.look(db)
    const [first, last] = [this.#looks[0], this.#looks.at(-1)]
    const ms = first && last ? last.at - first.at : 0
    const rate = (of: Exclude<keyof Look, 'at'>) =>
      first && last && ms >= LEAST_MS ? ((last[of] - first[of]) / ms) * 60_000 : null
    return {
      eventsOccurred: rate('eventsOccurred'),
      commandsCreated: rate('commandsCreated'),
      commandsSucceeded: rate('commandsSucceeded'),
      commandsFailed: rate('commandsFailed'),
    }
  }
}
