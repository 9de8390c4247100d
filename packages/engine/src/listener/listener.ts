import pg from 'pg'
import type { OnError } from '../processor/error-context.ts'

export interface ListenerOptions {
  url: string
  /** Held as a session advisory lock while the connection lives: others see by it that this daemon does. */
  lockKey: string
  /** false: liveness only; work is found by polling. */
  listen: boolean
  onRing: (doorbell: 'events' | 'commands') => void
  /** Connected and listening: look at everything now, since rings of the meantime are gone for good. */
  onConnect: () => void
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
    await client?.end().catch(() => {})
  }

  async #connect(): Promise<void> {
    const { url, lockKey, listen, onRing, onConnect, onError } = this.#options
    const client = new pg.Client({
      connectionString: url,
      application_name: 'cascata listener',
      keepAlive: true,
      connectionTimeoutMillis: PING_MS,
    })
    let lost = false
    const onLoss = (error?: unknown) => {
      if (lost) return
      lost = true
      if (error) onError(error, { place: 'listener' })
      if (this.#client === client) this.#client = undefined
      client.end().catch(() => {})
      this.#retry()
    }
    client.on('error', onLoss)
    client.on('end', () => onLoss())
    client.on('notification', ({ channel }) => onRing(channel === 'cascata_events' ? 'events' : 'commands'))
    try {
      await client.connect()
      if (listen) await client.query('listen cascata_events; listen cascata_commands')
      // Never waited for: our own last connection may still hold it, half-open, until the server gives up on that.
      await this.#hold(client, lockKey)
    } catch (error) {
      return onLoss(error)
    }
    if (this.#stopped) return void client.end().catch(() => {})
    this.#client = client
    this.#failures = 0
    this.#ping(client, onLoss)
    onConnect()
  }

  #ping(client: pg.Client, onLoss: (error: unknown) => void): void {
    this.#timer = setTimeout(async () => {
      if (this.#client !== client) return
      let late: NodeJS.Timeout | undefined
      const deaf = new Promise((_, reject) => {
        late = setTimeout(() => reject(new Error('The listening connection does not answer.')), PING_MS)
      })
      try {
        await Promise.race([this.#locked ? client.query('select 1') : this.#hold(client, this.#options.lockKey), deaf])
        this.#ping(client, onLoss)
      } catch (error) {
        onLoss(error)
      } finally {
        clearTimeout(late)
      }
    }, PING_MS)
    this.#timer.unref()
  }

  async #hold(client: pg.Client, lockKey: string): Promise<void> {
    this.#locked = false
    const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [lockKey])
    this.#locked = rows[0]?.held === true
  }

  #retry(): void {
    if (this.#stopped) return
    clearTimeout(this.#timer)
    const wait = Math.min(RECONNECT_MIN_MS * 2 ** this.#failures++, RECONNECT_MAX_MS) * (0.5 + Math.random() / 2)
    this.#timer = setTimeout(() => void this.#connect(), wait)
  }
}
