import type pg from 'pg'
import type { Taken } from '../daemon/take.ts'
import { type RunStatement, statement } from '../postgres/pools.ts'

const known = statement('known_types', 'select commands::text, events::text from cascata.known_types()')
const parkCommands = statement(
  'park_commands',
  'select last_tenant as tenant, last_id as id, parked from cascata.park_commands($1, $2, $3)',
)
const parkEvents = statement(
  'park_events',
  `select last_tenant as tenant, last_event_id as id, last_handler as handler, parked
   from cascata.park_events($1, $2, $4, $3)`,
)
const unpark = statement('unpark', 'select cascata.unpark($1, $2, $3, $4, $5) as n')

/** Rows that one statement looks at, and takes back. */
const LOOK = 10_000
const CHUNK = 5_000
const EVERY_MS = 10_000
/** A daemon that has started claims first: a walk passes over every dead row that a held snapshot keeps. */
const FIRST_AFTER_MS = 500

interface Place {
  readonly tenant: string
  readonly id: string
  readonly handler: string
}

const START: Place = {
  tenant: '00000000-0000-0000-0000-000000000000',
  id: '00000000-0000-0000-0000-000000000000',
  handler: '',
}

export interface ParkingOptions {
  control: pg.Pool
  run: RunStatement
  taken: Taken
}

/**
 * Work that no daemon knows is put aside, and this daemon's own is taken back.
 *
 * All queues are walked a piece at a time: slowly, for what is emitted or enqueued without anybody to do it, and at each round
 * when the types that daemons know have changed, or when something was found.
 */
export class Parking {
  readonly #options: ParkingOptions
  readonly #commandTypes: readonly string[]
  /** Pairs of type and handler. */
  readonly #handlers: readonly (readonly [string, string])[]
  readonly #at = { commands: START, events: START }
  readonly #walking = { commands: false, events: false }
  #known = ''
  #lookedAt: number | undefined

  constructor(options: ParkingOptions) {
    this.#options = options
    const { events, eventHandlers, commandHandlers } = options.taken.app
    this.#commandTypes = [...commandHandlers.keys()]
    this.#handlers = [...events.keys()].flatMap((type) => [
      [type, ''] as const,
      ...(eventHandlers.get(type) ?? []).map(({ handlerName }) => [type, handlerName] as const),
    ])
  }

  /** @returns how many rows are pending again. */
  async takeBack(): Promise<number> {
    const { control, run, taken } = this.#options
    const types = this.#handlers.map(([type]) => type)
    const handlers = this.#handlers.map(([, handler]) => handler)
    const [row] = await run<{ n: number }>(control, unpark, [this.#commandTypes, types, handlers, CHUNK, taken.lanes])
    return row?.n ?? 0
  }

  async putAside(): Promise<void> {
    const { control, run } = this.#options
    const now = performance.now()
    this.#lookedAt ??= now - EVERY_MS + FIRST_AFTER_MS
    const walking = this.#walking.commands || this.#walking.events
    if (!walking && now - this.#lookedAt < EVERY_MS) return
    const types = JSON.stringify(await run(control, known, []))
    this.#lookedAt = now
    if (types !== this.#known) {
      this.#known = types
      Object.assign(this.#at, { commands: START, events: START })
      Object.assign(this.#walking, { commands: true, events: true })
    }
    if (this.#walking.commands || !walking) await this.#look('commands')
    if (this.#walking.events || !walking) await this.#look('events')
  }

  async #look(queue: 'commands' | 'events'): Promise<void> {
    const { control, run } = this.#options
    const { tenant, id, handler } = this.#at[queue]
    const values = queue === 'commands' ? [tenant, id, LOOK] : [tenant, id, LOOK, handler]
    const what = queue === 'commands' ? parkCommands : parkEvents
    const [last] = await run<Place & { parked: number }>(control, what, values)
    this.#at[queue] = last ?? START
    if (last === undefined) this.#walking[queue] = false
    else if (last.parked > 0) this.#walking[queue] = true
  }
}
