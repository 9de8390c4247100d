import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** Counts handlers that have run, then waits until nothing is unfinished. */
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

  /**
   * @param start of a worker; `isDone` when it can say by itself that it has nothing left to write: asking the database reads
   *   all the dead rows that a held snapshot keeps, in the time that is measured.
   */
  async measure(
    n: number,
    start: () => Promise<{ stop: () => Promise<unknown>; isDone?: () => boolean }>,
  ): Promise<number> {
    const client = new pg.Client({ connectionString: this.#url })
    await client.connect()
    try {
      this.#left = n
      this.#startedAt = 0
      const ran = new Promise<void>((resolve) => {
        this.#ran = resolve
      })
      const { stop, isDone } = await start()
      await ran
      const isOpen = async () => (await client.query(this.#unfinished)).rows.length > 0
      while (isDone ? !isDone() : await isOpen()) await sleep(2)
      const ms = performance.now() - this.#startedAt
      if (isDone && (await isOpen())) throw new Error('It said that it was done, and the database says otherwise.')
      await stop()
      return ms
    } finally {
      await client.end()
    }
  }
}
