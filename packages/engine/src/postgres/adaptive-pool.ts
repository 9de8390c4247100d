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

/** The driver keeps both to itself. */
interface Inside {
  readonly _clients: readonly pg.ClientBase[]
  readonly _pendingQueue: { readonly callback: Connected }[]
}

export interface Availability {
  /** There is no connection, and the last try to make one failed. */
  readonly isAway: boolean
  /** @param listener called when there is a connection again. */
  onBack(listener: () => void): void
}

/**
 * Makes a pool as large as the server lets it be. When one more connection is refused (the limit of the server, the role or a
 * pooler is reached), the request waits for one of those that there are. When there is none, all requests fail together as soon
 * as the tries under way have, and none is begun meanwhile. While a request waits or there is none, the pool itself tries to
 * make one more, one at a time. The end of the pool refuses requests that wait.
 */
export function adaptive<P extends pg.Pool>(pool: P): P & Availability {
  const { max } = pool.options
  const connect = pool.connect.bind(pool) as (connected: Connected) => void
  const end = pool.end.bind(pool) as (ended?: () => void) => Promise<void>
  const made = new WeakSet<pg.ClientBase>()
  const listeners = new EventEmitter()
  /** There is no connection, and tries are under way that will tell whether there can be one. */
  let undecided: { readonly connected: Connected; readonly error: Error }[] = []
  let isAway = false
  let waitMs = FIRST_MS
  /** Until its try has ended. */
  let timer: NodeJS.Timeout | undefined

  const inside = () => pool as unknown as Inside

  pool.on('connect', (client) => {
    made.add(client)
    waitMs = FIRST_MS
    const wasAway = isAway
    isAway = false
    if (undecided.length > 0) adapt()
    if (wasAway) setImmediate(() => listeners.emit('back')) // whoever made it has it by then
  })

  /** @param error of the try that failed; none: one succeeded. */
  const adapt = (error?: Error) => {
    const { _clients: clients } = inside()
    if (!timer) {
      timer = setTimeout(tryOneMore, waitMs * (0.75 + Math.random() / 4)).unref()
      waitMs = Math.min(waitMs * 2, LONGEST_MS)
    }
    const open = clients.filter((client) => made.has(client)).length
    if (open === 0 && error) failWaiting(error)
    if (open === 0 && clients.length > 0) return
    isAway = open === 0
    pool.options.max = open || max
    const requests = undecided
    undecided = []
    for (const request of requests) {
      if (isAway) request.connected(request.error, undefined, () => {})
      else connectOrWait(request.connected)
    }
  }

  /** Requests in the pool's own queue get an error, as if their try had failed. */
  const failWaiting = (error: Error) => {
    for (const { callback } of inside()._pendingQueue.splice(0)) callback(error, undefined, () => {})
  }

  const tryOneMore = () => {
    const isWanted = isAway ? pool.totalCount === 0 : pool.waitingCount > 0 && pool.totalCount < max
    pool.options.max = isWanted && !isAway ? pool.totalCount + 1 : max
    if (!isWanted || pool.ending) {
      timer = undefined
      return
    }
    connect((error, _, release) => {
      if (error) {
        timer = undefined
        return adapt(error)
      }
      release()
      tryOneMore()
    })
  }

  const connectOrWait = (connected: Connected): void => {
    const first = undecided[0]
    if (first) {
      undecided.push({ connected, error: first.error })
      return
    }
    connect((error, client, release) => {
      if (!error || pool.ending) return connected(error, client, release)
      undecided.push({ connected, error })
      adapt(error)
    })
  }

  return Object.defineProperties(pool, {
    connect: {
      value: (connected?: Connected) => {
        if (connected) return connectOrWait(connected)
        return new Promise<pg.PoolClient>((resolve, reject) => {
          connectOrWait((error, client) => (error ? reject(error) : resolve(client as pg.PoolClient)))
        })
      },
    },
    end: {
      value: (ended?: () => void) => {
        const over = end(ended)
        const error = new Error('The pool has ended.')
        failWaiting(error)
        for (const { connected } of undecided.splice(0)) connected(error, undefined, () => {})
        return over
      },
    },
    isAway: { get: () => isAway },
    onBack: { value: (listener: () => void) => listeners.on('back', listener) },
  }) as P & Availability
}
