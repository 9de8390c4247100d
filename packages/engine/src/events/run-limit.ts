import { Deadline } from '../processor/deadline.ts'

/** How long a run may take: until its time is up, or the daemon shuts down and waits no longer. */
export class RunLimit {
  readonly #ms: number
  readonly #shutdown: AbortSignal | undefined
  readonly #waitedMs: () => number
  #over: 'time' | 'shutdown' | undefined
  #controller: AbortController | undefined
  #deadline: Deadline | undefined
  #end: Promise<never> | undefined
  #reject: (why: Error) => void = () => {}

  /** @param waitedMs asked when the time is up: how many milliseconds of it do not count. */
  constructor(ms: number, shutdown?: AbortSignal, waitedMs = () => 0) {
    this.#ms = ms
    this.#shutdown = shutdown
    this.#waitedMs = waitedMs
  }

  /** Why it is over, if it is. */
  get over(): 'time' | 'shutdown' | undefined {
    return this.#over
  }

  /** Aborted when it is over. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#over) this.#controller.abort()
    return this.#controller.signal
  }

  /** What the work resolves to, if it is done in time; else rejects. The clock runs from the first call on. */
  within<T>(work: PromiseLike<T>): Promise<T> {
    this.#end ??= this.#begin()
    return Promise.race([work, this.#end])
  }

  end(): void {
    this.#deadline?.clear()
    this.#shutdown?.removeEventListener('abort', this.#onShutdown)
  }

  #begin(): Promise<never> {
    const end = new Promise<never>((_, reject) => {
      this.#reject = reject
    })
    end.catch(() => {})
    this.#deadline = new Deadline(this.#ms, () => this.#stop('time', 'The time of this run is up.'), this.#waitedMs)
    if (this.#shutdown?.aborted) this.#onShutdown()
    else this.#shutdown?.addEventListener('abort', this.#onShutdown)
    return end
  }

  readonly #onShutdown = (): void => this.#stop('shutdown', 'The daemon is shutting down.')

  #stop(over: 'time' | 'shutdown', text: string): void {
    this.#over ??= over
    const why = new Error(text)
    this.#controller?.abort(why)
    this.#reject(why)
  }
}
