/** A daemon that was woken looks again after these, for those who committed while another was ringing. */
const LOOK_AGAIN_MS = [5, 20, 80, 320]

export interface ProcessorOptions<C> {
  /** How many claims may be taken now; 0 = wait until `freed` is called. */
  free: () => number
  /** Takes up to `limit` claims; committed when it resolves. */
  claim: (limit: number) => Promise<C[]>
  /** Sees to the claims. Awaited before the next claim when it returns a promise. */
  accept: (claims: C[]) => Promise<void> | void
  /** The slow poll behind the doorbell, in milliseconds. */
  pollMs: number
  /** Something went wrong that is no claim's fault (the database is away): the loop waits and goes on. */
  onError: (error: unknown) => void
}

/** The one loop under both processors: claim → accept, until nothing is left; then wait for the doorbell or the poll. */
export class Processor<C> {
  readonly #options: ProcessorOptions<C>
  #running = false
  #looks = 0
  #answeredAt = performance.now()
  #busy = false
  #rung = false
  #wait: { resolve: () => void; timer: NodeJS.Timeout | undefined; forWork: boolean } | undefined
  #loop: Promise<void> = Promise.resolve()

  constructor(options: ProcessorOptions<C>) {
    this.#options = options
  }

  /** Since a claim was answered, while it wants one: not while all that may be held is, or is seen to. */
  get sinceClaimMs(): number {
    return this.#busy ? 0 : Math.round(performance.now() - this.#answeredAt)
  }

  start(): void {
    this.#running = true
    this.#answeredAt = performance.now()
    this.#loop = this.#run()
  }

  /** There may be work. Carries no data, costs nothing when there is none. */
  wake(): void {
    this.#looks = 0
    this.#rung = true
    if (this.#wait?.forWork) this.#resume()
  }

  /** A claim was finished, so another may be taken. */
  freed(): void {
    if (this.#wait && !this.#wait.forWork) this.#resume()
  }

  /** Claims no more; resolves when the claim under way has been accepted. */
  async stop(): Promise<void> {
    this.#running = false
    this.#resume()
    await this.#loop
  }

  async #run(): Promise<void> {
    let failures = 0
    while (this.#running) {
      const limit = this.#options.free()
      if (limit <= 0) {
        await this.#whileBusy(this.#pause(undefined, false))
        continue
      }
      this.#rung = false
      try {
        const claims = await this.#options.claim(limit)
        this.#answeredAt = performance.now()
        failures = 0
        if (claims.length > 0) {
          await this.#whileBusy(this.#options.accept(claims))
          continue
        }
      } catch (error) {
        this.#options.onError(error)
        await this.#pause(Math.min(50 * 2 ** failures++, 5_000) * (0.5 + Math.random() / 2), true)
        continue
      }
      if (this.#rung) continue
      const again = LOOK_AGAIN_MS[this.#looks]
      this.#looks++
      await this.#pause(again ?? this.#options.pollMs * (0.8 + Math.random() * 0.2), true)
    }
  }

  async #whileBusy(work: Promise<void> | void): Promise<void> {
    if (!work) return
    this.#busy = true
    try {
      await work
    } finally {
      this.#busy = false
      this.#answeredAt = performance.now()
    }
  }

  #pause(ms: number | undefined, forWork: boolean): Promise<void> {
    if (!this.#running) return Promise.resolve()
    return new Promise((resolve) => {
      this.#wait = { resolve, forWork, timer: ms === undefined ? undefined : setTimeout(() => this.#resume(), ms) }
    })
  }

  #resume(): void {
    const wait = this.#wait
    if (!wait) return
    this.#wait = undefined
    clearTimeout(wait.timer)
    wait.resolve()
  }
}
