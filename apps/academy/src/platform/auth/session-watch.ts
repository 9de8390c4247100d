/**
 * Answers that go on, streams of events, end with the session that asked for them. One look in a while serves all that are
 * open, however many.
 */
import type pg from 'pg'
import type { Actor } from '../http/route.ts'

const LOOK_MS = 2_000

type Watched = Pick<Actor, 'sessionId' | 'sessionEndsAt'>

export type SessionWatch = {
  /** The same answer, which ends within some seconds of the session. */
  untilEnd: (session: Watched, response: Response) => Response
}

/** @param pool signed in as `academy_auth`. */
export function createSessionWatch(pool: pg.Pool, onError: (error: unknown) => void): SessionWatch {
  const followers = new Map<() => void, Watched>()
  let looking = false

  const lookLater = () => {
    looking = true
    setTimeout(look, LOOK_MS).unref()
  }

  async function look(): Promise<void> {
    if (followers.size === 0) {
      looking = false
      return
    }
    try {
      const asked = [...followers]
      const ids = [...new Set(asked.map(([, { sessionId }]) => sessionId))]
      const { rows } = await pool.query<{ id: string }>(
        'select id from academy_auth.sessions where id = any($1) and expires_at > now()',
        [ids],
      )
      const alive = new Set(rows.map(({ id }) => id))
      const now = new Date()
      for (const [end, { sessionId, sessionEndsAt }] of asked) {
        if (!alive.has(sessionId) || sessionEndsAt <= now) end()
      }
    } catch (error) {
      onError(error) // while the database is away nobody can be signed out, and streams have nothing to tell
    }
    lookLater()
  }

  return {
    untilEnd(session, response) {
      if (!response.body) return response
      const ended = new AbortController()
      const end = () => ended.abort()
      followers.set(end, session)
      if (!looking) lookLater()
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
      response.body
        .pipeTo(writable, { signal: ended.signal, preventAbort: true })
        .catch(() => writable.close()) // ended, or its reader has gone
        .catch(() => {})
        .finally(() => followers.delete(end))
      return new Response(readable, response)
    },
  }
}
