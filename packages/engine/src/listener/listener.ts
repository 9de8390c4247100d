import type pg from 'pg'
import { cutOff } from '../postgres/connection.ts'
import { OWN_TYPES } from '../postgres/own-types.ts'
import type { OnError } from '../processor/error-context.ts'
import { within } from '../processor/within.ts'

export interface ListenerOptions {
  Client: new () => pg.Client
  /** Held as a session advisory lock while the connection lives: others see by it that this daemon does. */
  lockKey: string
  /** false: liveness only; work is found by polling. */
  listen: boolean
  onRing: (doorbell: 'events' | 'commands') => void
  /** Connected and listening: look at everything now, since rings of the meantime are gone for good. */
  onConnect: () => void
  /** A connection that stood is gone, or answers no more. */
  onLoss: () => void
  onError: OnError
}

const RECONNECT_MIN_MS = 50
const RECONNECT_MAX_MS = 5_000
/** A half-open connection swallows rings in silence, so it is asked for a sign of life. */
const PING_MS = 5_000

/** The daemon's one dedicated connection: LISTEN and liveness. It carries no data; it only says "look now". */
export class Listener {
  readonly #options: ListenerOptions
  #client: pg.Client | undefined
  #timer: NodeJS.Timeout | undefined
  #failures = 0
  #locked = false
  #stopped = false

  constructor(options: ListenerOptions) {
    this.#options = options
  }

  get connected(): boolean {
    return this.#client !== undefined
  }

  /** Resolves after the first attempt, connected or not; goes on trying by itself. */
  async start(): Promise<void> {
    await this.#connect()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    const client = this.#client
    this.#client = undefined
    if (client && !(await within(1_000, client.end()))) cutOff(client, 'the daemon has stopped')
  }

  async #connect(): Promise<void> {
    const { Client, lockKey, listen, onRing, onConnect, onError } = this.#options
    const client = new Client()
    let lost = false
    const onLoss = (error?: unknown) => {
      if (lost) return
      lost = true
      if (error) onError(error, { place: 'listener' })
      cutOff(client, 'it does not answer') // in case that it only looks as if
      if (this.#client === client) {
        this.#client = undefined
        this.#options.onLoss()
      }
      this.#retry()
    }
    client.on('error', onLoss)
    client.on('end', () => onLoss())
    client.on('notification', ({ channel }) => onRing(channel === 'cascata_events' ? 'events' : 'commands'))
    try {
      await client.connect()
      if (listen) await this.#ask(client, 'listen cascata_events; listen cascata_commands')
      // Never waited for: our own last connection may still hold it, half-open, until the server gives up on that.
      await this.#hold(client, lockKey)
    } catch (error) {
      return onLoss(error)
    }
    if (this.#stopped) return cutOff(client, 'the daemon has stopped')
    this.#client = client
    this.#failures = 0
    this.#ping(client, onLoss)
    onConnect()
  }

  #ping(client: pg.Client, onLoss: (error: unknown) => void): void {
    this.#timer = setTimeout(async () => {
      if (this.#client !== client) return
      try {
        await (this.#locked ? this.#ask(client, 'select 1') : this.#hold(client, this.#options.lockKey))
        this.#ping(client, onLoss)
      } catch (error) {
        onLoss(error)
      }
    }, PING_MS)
    this.#timer.unref()
  }

  async #hold(client: pg.Client, lockKey: string): Promise<void> {
    this.#locked = false
    const [row] = await this.#ask<{ held: boolean }>(client, 'select pg_try_advisory_lock($1) as held', [lockKey])
    this.#locked = row?.held === true
  }

  async #ask<R>(client: pg.Client, text: string, values: unknown[] = []): Promise<R[]> {
    let late: NodeJS.Timeout | undefined
    const deaf = new Promise<never>((_, reject) => {
      late = setTimeout(() => reject(new Error('The listening connection does not answer.')), PING_MS)
    })
    try {
      return (await Promise.race([client.query({ text, values, types: OWN_TYPES }), deaf])).rows as R[]
    } finally {
      clearTimeout(late)
    }
  }

  #retry(): void {
    if (this.#stopped) return
    clearTimeout(this.#timer)
    const wait = Math.min(RECONNECT_MIN_MS * 2 ** this.#failures++, RECONNECT_MAX_MS) * (0.5 + Math.random() / 2)
    this.#timer = setTimeout(() => void this.#connect(), wait)
  }
}
