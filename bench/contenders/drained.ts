import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** Counts handlers that have run, then asks the database until it holds nothing unfinished. */
export class Drain {
  readonly #url: string
  readonly #unfinished: string
  #startedAt = 0
  #left = 0
  #ran: (() => void) | undefined

  /** @param unfinished a query that gives a row while there is unfinished work. */
  constructor(url: string, unfinished: string) {
    this.#url = url
    this.#unfinished = unfinished
  }

  /** Called by every handler when it starts. */
  readonly onStart = (): void => {
    if (this.#startedAt === 0) this.#startedAt = performance.now()
    if (--this.#left === 0) this.#ran?.()
  }

  async measure(n: number, start: () => Promise<() => Promise<unknown>>): Promise<number> {
    const client = new pg.Client({ connectionString: this.#url })
    await client.connect()
    try {
      this.#left = n
      this.#startedAt = 0
      const ran = new Promise<void>((resolve) => {
        this.#ran = resolve
      })
      const stop = await start()
      await ran
      while ((await client.query(this.#unfinished)).rows.length > 0) await sleep(2)
      const ms = performance.now() - this.#startedAt
      await stop()
      return ms
    } finally {
      await client.end()
    }
  }
}
