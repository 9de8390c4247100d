import { EventEmitter } from 'node:events'
import type pg from 'pg'

/** Between tries for one more connection: doubling from the first to the longest, a quarter of it by chance. */
const FIRST_MS = 100
const LONGEST_MS = 5_000

type Connected = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  release: (broken?: unknown) => void,
) => void

export interface Availability {
  /** There is no connection, and the last try to make one failed. */
  readonly isAway: boolean
  /** @param listener called when there is a connection again. */
  onBack(listener: () => void): void
}

/**
 * Makes a pool as large as the server lets it be. When one more connection is refused (the limit of the server, the role or a
 * pooler is reached), the request waits for one of those that there are. When there is none, requests fail at once. While a
 * request waits or there is none, the pool itself tries to make one more, one at a time.
 */
export function adaptive<P extends pg.Pool>(pool: P): P & Availability {
  const { max } = pool.options
  const connect = pool.connect.bind(pool) as (connected: Connected) => void
  const made = new WeakSet<pg.ClientBase>()
  const listeners = new EventEmitter()
  /** Those whose try failed while others were still under way. */
  let refused: { readonly connected: Connected; readonly error: Error }[] = []
  let isAway = false
  let waitMs = FIRST_MS
  let timer: NodeJS.Timeout | undefined

  pool.on('connect', (client) => {
    made.add(client)
    waitMs = FIRST_MS
    const wasAway = isAway
    isAway = false
    if (refused.length > 0) adapt()
    if (wasAway) setImmediate(() => listeners.emit('back')) // whoever made it has it by then
  })

  const adapt = () => {
    const { _clients: clients } = pool as unknown as { _clients: readonly pg.ClientBase[] }
    const open = clients.filter((client) => made.has(client)).length
    if (open === 0 && clients.length > 0) return // the others' tries will tell
    isAway = open === 0
    pool.options.max = open || max
    if (!timer) {
      timer = setTimeout(tryOneMore, waitMs * (0.75 + Math.random() / 4)).unref()
      waitMs = Math.min(waitMs * 2, LONGEST_MS)
    }
    const requests = refused
    refused = []
    for (const { connected, error } of requests) {
      if (isAway) connected(error, undefined, () => {})
      else connectOrWait(connected)
    }
  }

  const tryOneMore = () => {
    timer = undefined
    const isWanted = isAway || (pool.waitingCount > 0 && pool.totalCount < max)
    pool.options.max = isWanted && !isAway ? pool.totalCount + 1 : max
    if (!isWanted || pool.ending) return
    connect((error, _, release) => {
      if (error) return adapt()
      release()
      tryOneMore()
    })
  }

  const connectOrWait = (connected: Connected): void =>
    connect((error, client, release) => {
      if (!error || pool.ending) return connected(error, client, release)
      refused.push({ connected, error })
      adapt()
    })

  return Object.defineProperties(pool, {
    connect: {
      value: (connected?: Connected) => {
        if (connected) return connectOrWait(connected)
        return new Promise<pg.PoolClient>((resolve, reject) => {
          connectOrWait((error, client) => (error ? reject(error) : resolve(client as pg.PoolClient)))
        })
      },
    },
    isAway: { get: () => isAway },
    onBack: { value: (listener: () => void) => listeners.on('back', listener) },
  }) as P & Availability
}
