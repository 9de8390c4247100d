import type { OnError } from '../processor/error-context.ts'

export interface HeartbeatOptions {
  beat: () => Promise<void>
  everyMs: number
  onError: OnError
}

/** What a daemon has seen of the database itself: nobody else's silence says anything while its own beats fail. */
export interface Steadiness {
  /** For how long each of its beats was answered in time, up to now; 0 while one is late. */
  readonly ms: number
  /** None has failed or been late since it started. */
  readonly untroubled: boolean
}

/** Says now and then that this daemon lives, on a connection of its own: a lock that others hold must not silence it. */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  #timer: NodeJS.Timeout | undefined
  #underWay = false
  #answeredAt: number | undefined
  #steadySince: number | undefined
  #untroubled = true

  constructor(options: HeartbeatOptions) {
    this.#options = options
  }

  start(): void {
    void this.#beat()
    this.#timer = setInterval(() => void this.#beat(), this.#options.everyMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** undefined before the first answer. */
  get sinceAnswerMs(): number | undefined {
    return this.#answeredAt === undefined ? undefined : Math.round(performance.now() - this.#answeredAt)
  }

  get steadiness(): Steadiness {
    const ms = this.#steadySince === undefined || this.#isLate ? 0 : performance.now() - this.#steadySince
    return { ms, untroubled: this.#untroubled }
  }

  get #isLate(): boolean {
    return (this.sinceAnswerMs ?? 0) > this.#options.everyMs * 3 + 500
  }

  async #beat(): Promise<void> {
    if (this.#underWay) return
    this.#underWay = true
    try {
      await this.#options.beat()
      if (this.#isLate) this.#interrupt()
      this.#answeredAt = performance.now()
      this.#steadySince ??= this.#answeredAt
    } catch (error) {
      this.#interrupt()
      this.#options.onError(error, { place: 'heartbeat' })
    } finally {
      this.#underWay = false
    }
  }

  #interrupt(): void {
    this.#steadySince = undefined
    this.#untroubled = false
  }
}
