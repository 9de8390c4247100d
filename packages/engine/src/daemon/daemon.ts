import { randomBytes } from 'node:crypto'
import type { App } from '../app/app.ts'
import type { Services } from '../app/services.ts'
import { CommandsProcessor } from '../commands/commands-processor.ts'
import { correctedNow, uuidv7 } from '../definitions/uuid.ts'
import { CascataError } from '../errors.ts'
import { APART_MAX, EventsProcessor } from '../events/events-processor.ts'
import { Listener } from '../listener/listener.ts'
import { ring } from '../listener/ring.ts'
import { checkedConnection, connectorOf } from '../postgres/connection.ts'
import { checkedDoorbell, type DoorbellMode, unreachable } from '../postgres/migrate.ts'
import { CONTROL_SETTINGS, createPool, type DatabaseOptions, type EnginePool, runner } from '../postgres/pools.ts'
import { type ErrorContext, type OnError, onErrorOf } from '../processor/error-context.ts'
import { printErrors } from '../processor/print-errors.ts'
import { within } from '../processor/within.ts'
import { checkedRetention, type RetentionOptions } from '../upkeep/retention.ts'
import { Upkeep } from '../upkeep/upkeep.ts'
import { Heartbeat } from './heartbeat.ts'
import {
  beat,
  checkSchema,
  followClock,
  followSubscriptions,
  leave,
  type Registration,
  registerDaemon,
} from './registration.ts'
import { type Take, takenOf } from './take.ts'

/** @typeParam S what handlers are given besides the engine's own: see {@link handlersOf}. */
export interface DaemonOptions<S = Services> {
  app: App
  database: DatabaseOptions
  /** What handlers are given besides the engine's own; see {@link Services}. */
  services?: S
  /** A part of the work, by stored names; the rest is left to other daemons. Default: all that the application handles. */
  take?: Take
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
  /** Of the application, as text of up to 100 characters: shown with the daemon. Default: the library's. */
  version?: string
  /** How long what has ended is kept; applied by upkeep. Default: for ever. */
  retention?: RetentionOptions
  /** `trigger` and `after-commit` listen; `poll` only polls. Default `trigger`. */
  doorbell?: DoorbellMode
  /**
   * Trouble that is no handler's failure (the database is away), and where it came: for a log. Default: console.error, with
   * one line when an outage begins and one when it is over; an `onError` has the same by {@link createOutageLog}.
   * What it throws is printed and changes nothing.
   */
  onError?: (error: unknown, context: ErrorContext) => void
  /** Added to the clock that handlers see, in milliseconds; for tests. */
  clockOffsetMs?: () => number
  /**
   * `manual`: what is scheduled does not come due by itself, and a clock that `correctClock` set stays; for tests.
   * Default `real`.
   */
  time?: 'real' | 'manual'
}

export interface DaemonHealth {
  readonly id: string
  readonly state: 'new' | 'starting' | 'running' | 'draining' | 'stopped'
  readonly listening: boolean
  /** `database.exec` gives no connection: commands of types that met that are not claimed until it does. */
  readonly execAway: boolean
  readonly commandsHeld: number
  readonly eventsHeld: number
  /** Milliseconds since the database answered last; undefined before the first answer. Some 1,000 at the most is well. */
  readonly sinceAnswerMs: number | undefined
  /** The database answers on all connections that the daemon needs: for listening, for its own statements, for handlers. */
  readonly databaseAnswers: boolean
  /**
   * Milliseconds for which one of the two loops has wanted claims and got no answer; up to `pollMs` is well. 0 while all
   * that may be held is held.
   */
  readonly sinceClaimMs: number
}

export interface Daemon {
  /**
   * Checks schema and application, registers, and begins to work. After a failure it may be called again. When `stop()` is
   * called meanwhile, it ends early and resolves: `health().state` says which.
   * @throws CascataError `schema-behind`, `schema-ahead`, `postgres-unreachable`, `bad-option` for a connection string that
   * cannot be read, `already-started` for a daemon that was started or stopped before, which goes on as it is.
   */
  start(): Promise<void>
  /**
   * Claims no more, gives back what has not started, waits for what runs, aborts the rest, and leaves: for good. Every
   * call gets the same promise; what the first one said counts. Resolves within the grace and a few seconds, whatever hangs.
   * @param graceMs how long running handlers may go on; `Infinity`: as long as they take. Default 15,000.
   * @throws CascataError `bad-option` for a grace that is negative or no number.
   */
  stop(graceMs?: number): Promise<void>
  /** There may be work: look now. */
  wake(): void
  health(): DaemonHealth
}

/**
 * A daemon: listener, both processors and upkeep around one application. Any number may run against one database.
 * @throws CascataError `bad-option` for a number out of its range, or what is no connection.
 */
export function createDaemon<S extends object = Services>(options: DaemonOptions<S>): Daemon {
  return new RunningDaemon(options as DaemonOptions)
}

const VERSION = '0.1.0'
/** More than a timer can wait, together with what comes after the grace. */
const GRACE_MAX_MS = 2 ** 31 - 10_000
/** A beat comes each second: one that was answered so long ago says nothing of now. */
const ANSWER_MS = 2_500
/** How long the steps around the handlers may take when the database does not answer. */
const STEP_MS = 2_000

/** What one start makes and one stop ends. */
interface Parts {
  readonly control: EnginePool
  readonly exec: EnginePool
  readonly heart: EnginePool
  readonly address: string
  readonly registration: Registration
  readonly listener: Listener
  readonly heartbeat: Heartbeat
  readonly events: EventsProcessor
  readonly commands: CommandsProcessor
  readonly upkeep: Upkeep
}

class RunningDaemon implements Daemon {
  readonly #id = uuidv7()
  readonly #make: () => Parts
  readonly #onError: OnError
  #parts: Parts | undefined
  #state: DaemonHealth['state'] = 'new'
  #starting: Promise<void> = Promise.resolve()
  #stopping: Promise<void> | undefined
  #ringing = false

  constructor(options: DaemonOptions) {
    const { app, database, services = {} as Services, version = VERSION } = options
    const taken = takenOf(app, options.take)
    checkedDoorbell(options.doorbell)
    const concurrency = inRange('concurrency', options.concurrency ?? 10, 1, 1_000)
    const claimMax = inRange('commandsMax', options.commandsMax ?? 100, 1, 10_000)
    const eventsMax = inRange('eventsMax', options.eventsMax ?? 1_000, 1, 10_000)
    const pollMs = inRange('pollMs', options.pollMs ?? 1_000, 10, 60_000)
    const leaseMs = inRange('leaseMs', options.leaseMs ?? 15_000, 1_000, 3_600_000)
    const toControl = checkedConnection('database.control', database?.control)
    const toExec = database.exec === undefined ? toControl : checkedConnection('database.exec', database.exec)
    const toListen = database.listen === undefined ? toControl : checkedConnection('database.listen', database.listen)
    checkVersion(version)
    const retention = checkedRetention(options.retention)
    if (options.onError !== undefined && typeof options.onError !== 'function') {
      throw new CascataError('bad-option', 'onError is no function.', { fix: 'pass a function, or leave it out.' })
    }
    const heard = onErrorOf(this.#id, options.onError ?? printErrors(() => this.health().databaseAnswers))
    this.#onError = (error, context) => {
      if (this.#state !== 'stopped') heard(error, context) // what a handler that was left behind meets is nobody's
    }
    const onError = this.#onError
    const { time = 'real' } = options
    if (time !== 'real' && time !== 'manual') {
      throw new CascataError('bad-option', `time is ${JSON.stringify(time)}.`, { fix: "use 'manual' or 'real'." })
    }
    const run = runner(database.preparedStatements ?? true)
    const offset = options.clockOffsetMs ?? (() => 0)
    const now = () => new Date(correctedNow() + offset())
    const everyMs = Math.min(1_000, leaseMs / 3)
    // Above every handler's own timeout, so that this one only ends what a stopped process left open.
    const longestMs = Math.min(
      Math.max(
        60_000,
        ...[...app.commandHandlers.values()].map(({ command }) => command.timeoutMs + 30_000),
        ...[...app.eventHandlers.values()].flat().map(({ timeoutMs }) => timeoutMs + 30_000),
      ),
      2 ** 31 - 1,
    )

    this.#make = () => {
      const control = createPool(toControl, 4, 'cascata daemon', CONTROL_SETTINGS)
      const heart = createPool(
        toControl,
        1,
        'cascata heartbeat',
        { statement_timeout: '4s', search_path: CONTROL_SETTINGS.search_path },
        5_000,
      )
      const limits = { idle_in_transaction_session_timeout: longestMs, transaction_timeout: longestMs }
      const exec = createPool(toExec, concurrency + 2 + APART_MAX, 'cascata handlers', limits, longestMs)
      const { Client, address } = connectorOf(toListen, 'cascata listener')
      const lockKey = randomBytes(8).readBigInt64BE().toString()
      const registration = { control, heart, run, daemonId: this.#id, lockKey, leaseMs, taken, version }
      const shared = { app, services, exec, control, run, daemonId: this.#id, pollMs, onError, now }
      const onScheduled = (delayMs: number) => upkeep.expect(delayMs)
      const onFollowUps = () => this.#announce(options.doorbell ?? 'trigger')
      const heartbeat = new Heartbeat({ beat: () => beat(registration), everyMs, onError })
      const events = new EventsProcessor({
        ...shared,
        app: { ...taken.app, commandHandlers: app.commandHandlers },
        claimMax: eventsMax,
        onScheduled,
        onFollowUps,
      })
      const commands = new CommandsProcessor({ ...shared, taken, claimMax, concurrency, onScheduled, onFollowUps })
      const upkeep = new Upkeep({
        control,
        run,
        daemonId: this.#id,
        everyMs,
        time,
        retention,
        taken,
        steadiness: () => heartbeat.steadiness,
        followSubscriptions: () => followSubscriptions(registration),
        followClock: () => followClock(registration),
        onWork: () => this.wake(),
        liveTokens: () => new Set([...events.tokens, ...commands.tokens]),
        onError,
      })
      const listener = new Listener({
        Client,
        lockKey,
        listen: options.doorbell !== 'poll',
        onRing: (doorbell) => (doorbell === 'events' ? events : commands).wake(),
        onConnect: () => this.wake(),
        // What made this one useless may have met the others, which nobody asks for a sign of life.
        onLoss: () => {
          for (const pool of [control, heart, exec]) pool.dropIdle()
        },
        onError,
      })
      return { control, exec, heart, address, registration, listener, heartbeat, events, commands, upkeep }
    }
  }

  async start(): Promise<void> {
    if (this.#state !== 'new') {
      throw new CascataError('already-started', `The daemon is ${this.#state}.`, {
        fix: 'make another one with createDaemon.',
      })
    }
    this.#state = 'starting'
    this.#starting = this.#start()
    await this.#starting
  }

  async #start(): Promise<void> {
    let parts: Parts | undefined
    try {
      parts = this.#make()
      this.#parts = parts
      const { registration, listener } = parts
      for (const step of [checkSchema, followClock, () => listener.start(), registerDaemon]) {
        await step(registration)
        if (this.#stopping) return
      }
    } catch (error) {
      if (this.#stopping) return
      this.#parts = undefined
      if (parts) await close(parts)
      if (this.#stopping) return // and has found nothing to end
      this.#state = 'new'
      throw parts ? unreachable(parts.address, error) : error
    }
    this.#state = 'running'
    parts.heartbeat.start()
    parts.events.start()
    parts.commands.start()
    parts.upkeep.start()
  }

  stop(graceMs = 15_000): Promise<void> {
    if (typeof graceMs !== 'number' || Number.isNaN(graceMs) || graceMs < 0) {
      const fix = 'use milliseconds from 0, or Infinity.'
      return Promise.reject(new CascataError('bad-option', `graceMs is ${String(graceMs)}.`, { fix }))
    }
    this.#stopping ??= this.#stop(Math.min(graceMs, GRACE_MAX_MS))
    return this.#stopping
  }

  async #stop(graceMs: number): Promise<void> {
    const wasRunning = this.#state === 'running'
    this.#state = this.#state === 'new' ? 'stopped' : 'draining'
    if (!wasRunning) await this.#endStart()
    const parts = this.#parts
    if (parts) {
      if (wasRunning) await this.#drain(parts, graceMs)
      await within(STEP_MS, leave(parts.registration, 'stopped'))
      await close(parts)
    }
    this.#state = 'stopped'
  }

  async #endStart(): Promise<void> {
    if (await within(STEP_MS, this.#starting)) return
    if (this.#parts) for (const pool of [this.#parts.control, this.#parts.heart]) pool.cutOff()
    await within(STEP_MS, this.#starting)
  }

  async #drain({ registration, events, commands, upkeep, heartbeat }: Parts, graceMs: number): Promise<void> {
    void leave(registration, 'draining').catch(() => {})
    await Promise.all([events.stop(graceMs), commands.stop(graceMs)])
    await within(STEP_MS, upkeep.stop())
    heartbeat.stop()
  }

  wake(): void {
    if (this.#state !== 'running') return
    this.#parts?.events.wake()
    this.#parts?.commands.wake()
  }

  /** What was made here and no trigger rings for: seen to by this daemon itself, and told to the others. */
  #announce(doorbell: DoorbellMode): void {
    if (doorbell === 'trigger') return
    this.wake()
    if (doorbell === 'poll' || this.#ringing) return
    this.#ringing = true
    setImmediate(() => {
      this.#ringing = false
      if (this.#state !== 'running' || !this.#parts) return
      ring(this.#parts.control).catch((error: unknown) => this.#onError(error, { place: 'doorbell' }))
    })
  }

  health(): DaemonHealth {
    const parts = this.#parts
    const listening = parts?.listener.connected ?? false
    const execAway = parts?.exec.isAway ?? false
    const sinceAnswerMs = parts?.heartbeat.sinceAnswerMs
    return {
      id: this.#id,
      state: this.#state,
      listening,
      execAway,
      commandsHeld: parts?.commands.held ?? 0,
      eventsHeld: parts?.events.held ?? 0,
      sinceAnswerMs,
      databaseAnswers: listening && !execAway && sinceAnswerMs !== undefined && sinceAnswerMs < ANSWER_MS,
      sinceClaimMs:
        this.#state === 'running' && parts ? Math.max(parts.events.sinceClaimMs, parts.commands.sinceClaimMs) : 0,
    }
  }
}

/** What a handler that does not end, or a network that is gone, still holds is ended a moment later. */
async function close({ listener, control, heart, exec }: Parts): Promise<void> {
  const pools = [control, heart, exec]
  await Promise.all([listener.stop(), within(1_000, Promise.allSettled(pools.map((pool) => pool.end())))])
  for (const pool of pools) pool.cutOff()
}

function checkVersion(version: string): void {
  if (typeof version === 'string' && version !== '' && version.length <= 100 && !version.includes('\0')) return
  throw new CascataError('bad-option', `version is ${JSON.stringify(version)}.`, {
    fix: 'use text of up to 100 characters.',
  })
}

function inRange(name: string, value: number, from: number, to: number): number {
  if (Number.isInteger(value) && value >= from && value <= to) return value
  throw new CascataError('bad-option', `${name} is ${value}.`, { fix: `use a whole number from ${from} to ${to}.` })
}
