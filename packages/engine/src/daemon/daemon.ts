import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { App } from '../app/app.ts'
import type { Services } from '../app/services.ts'
import { CommandsProcessor } from '../commands/commands-processor.ts'
import { correctedNow, uuidv7 } from '../definitions/uuid.ts'
import { CascataError } from '../errors.ts'
import { EventsProcessor } from '../events/events-processor.ts'
import { Listener } from '../listener/listener.ts'
import { ring } from '../listener/ring.ts'
import { checkedDoorbell, type DoorbellMode, unreachable } from '../postgres/migrate.ts'
import { CONTROL_SETTINGS, createPool, type DatabaseOptions, runner } from '../postgres/pools.ts'
import { type ErrorContext, type OnError, onErrorOf } from '../processor/error-context.ts'
import type { RetentionOptions } from '../upkeep/retention.ts'
import { Upkeep } from '../upkeep/upkeep.ts'
import {
  beat,
  checkSchema,
  followClock,
  leave,
  type Registration,
  registerDaemon,
  renewSubscriptions,
} from './registration.ts'

export interface DaemonOptions {
  app: App
  database: DatabaseOptions
  /** What handlers are given besides the engine's own; see {@link Services}. */
  services?: Services
  /** How many commands run at once. Default 10. */
  concurrency?: number
  /** How many commands are held at the most, running or about to. Default 100. */
  commandsMax?: number
  /** How many events are processed as one set. Default 1000. */
  eventsMax?: number
  /** The poll behind the doorbell when idle, in milliseconds. Default 1000. */
  pollMs?: number
  /** Silence after which this daemon counts as lost though its connection lives, in milliseconds. Default 15,000. */
  leaseMs?: number
  /** How long what has ended is kept; applied by upkeep. Default: for ever. */
  retention?: RetentionOptions
  /** `trigger` and `after-commit` listen; `poll` only polls. Default `trigger`. */
  doorbell?: DoorbellMode
  /**
   * Trouble that is no handler's failure (the database is away), and where it came: for a log. Default: console.error.
   * What it throws is printed and changes nothing.
   */
  onError?: (error: unknown, context: ErrorContext) => void
  /** Added to the clock that handlers see, in milliseconds; for tests. */
  clockOffsetMs?: () => number
}

export interface DaemonHealth {
  readonly id: string
  readonly state: 'new' | 'running' | 'draining' | 'stopped'
  readonly listening: boolean
  readonly commandsHeld: number
  readonly eventsHeld: number
}

export interface Daemon {
  /**
   * Checks schema and application, registers, and begins to work.
   * @throws CascataError `schema-behind`, `schema-ahead`, `postgres-unreachable`.
   */
  start(): Promise<void>
  /**
   * Claims no more, gives back what has not started, waits for what runs, aborts the rest, and leaves.
   * @param graceMs how long running handlers may go on. Default 15,000.
   */
  stop(graceMs?: number): Promise<void>
  /** There may be work: look now. */
  wake(): void
  health(): DaemonHealth
}

/**
 * A daemon: listener, both processors and upkeep around one application. Any number may run against one database.
 * @throws CascataError `bad-option` for a number out of its range.
 */
export function createDaemon(options: DaemonOptions): Daemon {
  return new RunningDaemon(options)
}

class RunningDaemon implements Daemon {
  readonly #id = uuidv7()
  readonly #control: pg.Pool
  readonly #exec: pg.Pool
  readonly #registration: Registration
  readonly #url: string
  readonly #listener: Listener
  readonly #events: EventsProcessor
  readonly #commands: CommandsProcessor
  readonly #upkeep: Upkeep
  #state: DaemonHealth['state'] = 'new'
  #ringing = false

  constructor(options: DaemonOptions) {
    const { app, database, services = {} as Services } = options
    this.#url = database.control
    checkedDoorbell(options.doorbell)
    const concurrency = inRange('concurrency', options.concurrency ?? 10, 1, 1_000)
    const claimMax = inRange('commandsMax', options.commandsMax ?? 100, 1, 10_000)
    const eventsMax = inRange('eventsMax', options.eventsMax ?? 1_000, 1, 10_000)
    const pollMs = inRange('pollMs', options.pollMs ?? 1_000, 10, 60_000)
    const leaseMs = inRange('leaseMs', options.leaseMs ?? 15_000, 1_000, 3_600_000)
    const onError = onErrorOf(this.#id, options.onError ?? ((error, { place }) => console.error(`${place}:`, error)))
    const run = runner(database.preparedStatements ?? true)
    const offset = options.clockOffsetMs ?? (() => 0)
    const now = () => new Date(correctedNow() + offset())

    this.#control = createPool(database.control, 4, 'cascata daemon', CONTROL_SETTINGS)
    this.#exec = createPool(database.exec ?? database.control, concurrency + 2, 'cascata handlers', {
      // Above every handler's own timeout, so that this one only ends what a stopped process left open.
      idle_in_transaction_session_timeout: Math.min(
        Math.max(60_000, ...[...app.commandHandlers.values()].map(({ command }) => command.timeoutMs + 30_000)),
        2 ** 31 - 1,
      ),
    })
    const lockKey = randomBytes(8).readBigInt64BE().toString()
    this.#registration = { control: this.#control, run, daemonId: this.#id, lockKey, leaseMs, app }
    const shared = {
      app,
      services,
      exec: this.#exec,
      control: this.#control,
      run,
      daemonId: this.#id,
      pollMs,
      onError,
      now,
    }
    const onScheduled = (delayMs: number) => this.#upkeep.expect(delayMs)
    const onFollowUps = () => this.#announce(options.doorbell ?? 'trigger', onError)
    this.#events = new EventsProcessor({ ...shared, claimMax: eventsMax, onScheduled, onFollowUps })
    this.#commands = new CommandsProcessor({ ...shared, claimMax, concurrency, onScheduled, onFollowUps })
    this.#upkeep = new Upkeep({
      control: this.#control,
      run,
      daemonId: this.#id,
      everyMs: Math.min(1_000, leaseMs / 3),
      retention: options.retention ?? {},
      beat: () => beat(this.#registration),
      renewSubscriptions: () => renewSubscriptions(this.#registration),
      followClock: () => followClock(this.#registration),
      onWork: () => this.wake(),
      liveTokens: () => new Set([...this.#events.tokens, ...this.#commands.tokens]),
      onError,
    })
    this.#listener = new Listener({
      url: database.listen ?? database.control,
      lockKey,
      listen: options.doorbell !== 'poll',
      onRing: (doorbell) => (doorbell === 'events' ? this.#events : this.#commands).wake(),
      onConnect: () => this.wake(),
      onError,
    })
  }

  async start(): Promise<void> {
    try {
      await checkSchema(this.#registration)
      await followClock(this.#registration)
      await this.#listener.start()
      await registerDaemon(this.#registration)
    } catch (error) {
      await this.#close()
      throw unreachable(this.#url, error)
    }
    this.#state = 'running'
    this.#events.start()
    this.#commands.start()
    this.#upkeep.start()
  }

  async stop(graceMs = 15_000): Promise<void> {
    if (this.#state !== 'running') return
    this.#state = 'draining'
    await leave(this.#registration, 'draining').catch(() => {})
    await Promise.all([this.#events.stop(graceMs), this.#commands.stop(graceMs)])
    await this.#upkeep.stop()
    await leave(this.#registration, 'stopped').catch(() => {})
    await this.#close()
    this.#state = 'stopped'
  }

  wake(): void {
    if (this.#state !== 'running') return
    this.#events.wake()
    this.#commands.wake()
  }

  /** What was made here and no trigger rings for: seen to by this daemon itself, and told to the others. */
  #announce(doorbell: DoorbellMode, onError: OnError): void {
    if (doorbell === 'trigger') return
    this.wake()
    if (doorbell === 'poll' || this.#ringing) return
    this.#ringing = true
    setImmediate(() => {
      this.#ringing = false
      if (this.#state === 'running')
        ring(this.#control).catch((error: unknown) => onError(error, { place: 'doorbell' }))
    })
  }

  health(): DaemonHealth {
    return {
      id: this.#id,
      state: this.#state,
      listening: this.#listener.connected,
      commandsHeld: this.#commands.held,
      eventsHeld: this.#events.held,
    }
  }

  async #close(): Promise<void> {
    await this.#listener.stop()
    // A handler that does not end keeps its connection, and `end` would wait for it.
    const last = new AbortController()
    const deadline = sleep(1_000, undefined, { signal: last.signal }).catch(() => {})
    await Promise.race([Promise.allSettled([this.#control.end(), this.#exec.end()]), deadline])
    last.abort()
  }
}

function inRange(name: string, value: number, from: number, to: number): number {
  if (Number.isInteger(value) && value >= from && value <= to) return value
  throw new CascataError('bad-option', `${name} is ${value}.`, { fix: `use a whole number from ${from} to ${to}.` })
}
