/** Looks at something again and again for all who follow it, so that a hundred open pages cost one query, not a hundred. */

type Watched = {
  followers: Set<(value: unknown) => void>
  fail: Set<(error: unknown) => void>
  latest: { value: unknown; text: string } | undefined
  stop: () => void
}

/** A look without an answer for so long has failed: a page that follows is told, and asks again. */
const LOOK_MS_MAX = 8_000

export class Watches {
  readonly #watched = new Map<string, Watched>()
  readonly #lookMsMax: number

  constructor({ lookMsMax = LOOK_MS_MAX } = {}) {
    this.#lookMsMax = lookMsMax
  }

  /**
   * Yields what `look` finds whenever it differs from what this follower saw last, at once for the first time.
   * @param key followers with the same key share one look; it must name everything that the answer depends on.
   */
  async *follow<T>(key: string, everyMs: number, look: () => Promise<T>, signal: AbortSignal): AsyncIterable<T> {
    const watched = this.#watched.get(key) ?? this.#start(key, everyMs, look)
    let seen: string | undefined
    let failure: unknown
    let wake = () => {}
    const onValue = () => wake()
    const onFailure = (error: unknown) => {
      failure = error
      wake()
    }
    watched.followers.add(onValue)
    watched.fail.add(onFailure)
    signal.addEventListener('abort', onValue)
    try {
      while (!signal.aborted) {
        if (failure !== undefined) throw failure
        const { latest } = watched
        if (latest && latest.text !== seen) {
          seen = latest.text
          yield latest.value as T
          continue
        }
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    } finally {
      signal.removeEventListener('abort', onValue)
      watched.followers.delete(onValue)
      watched.fail.delete(onFailure)
      if (watched.followers.size === 0) {
        watched.stop()
        if (this.#watched.get(key) === watched) this.#watched.delete(key)
      }
    }
  }

  async #inTime<T>(looking: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('The database does not answer.')), this.#lookMsMax)
    })
    try {
      return await Promise.race([looking, late])
    } finally {
      clearTimeout(timer)
    }
  }

  #start<T>(key: string, everyMs: number, look: () => Promise<T>): Watched {
    let timer: NodeJS.Timeout | undefined
    let stopped = false
    const watched: Watched = {
      followers: new Set(),
      fail: new Set(),
      latest: undefined,
      stop: () => {
        stopped = true
        clearTimeout(timer)
      },
    }
    const again = async () => {
      try {
        const value = await this.#inTime(look())
        const text = JSON.stringify(value)
        if (text !== watched.latest?.text) {
          watched.latest = { value, text }
          for (const follower of watched.followers) follower(value)
        }
      } catch (error) {
        for (const fail of watched.fail) fail(error)
        this.#watched.delete(key)
        return
      }
      if (!stopped) timer = setTimeout(again, everyMs)
    }
    this.#watched.set(key, watched)
    void again()
    return watched
  }
}

/** One for the process. */
export const watches = new Watches()
