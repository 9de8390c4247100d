/** The mailbox's own JSON API, for its page and for tests. Errors are RFC 9457 problems with `code` and `errors`. */
import { type Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import { simulatorSchema } from './simulator.ts'
import type { MailStore } from './store.ts'

const HEARTBEAT_MS = 15_000

const listQuery = z.strictObject({
  to: z.string().max(320).optional(),
  q: z.string().max(200).optional(),
  tag: z.string().max(200).optional(),
  key: z.string().max(500).optional(),
  after: z
    .string()
    .regex(/^\d{1,15}$/, 'The id of a message.')
    .optional(),
  limit: z.coerce.number().int().min(1).max(250).default(50),
})

export function api(store: MailStore, closing: AbortSignal) {
  const app = new Hono()

  app.get('/messages', (c) => {
    const query = listQuery.safeParse(c.req.query())
    if (!query.success) return invalid(c, query.error)
    const { to, q, tag, key, after, limit } = query.data
    return c.json(store.list({ to, q, tag, key, after, limit }))
  })

  app.get('/messages/:id', (c) => {
    const message = store.get(c.req.param('id'))
    if (!message) return notFound(c)
    const attempts = message.key === null ? [] : (store.attemptsOf(message.key)?.attempts ?? [])
    return c.json({ ...message, attempts })
  })

  app.delete('/messages', async (c) => {
    await store.clear()
    return c.body(null, 204)
  })

  app.get('/keys/:key', (c) => {
    const state = store.attemptsOf(c.req.param('key').toLowerCase())
    return state ? c.json(state) : notFound(c)
  })

  app.get('/attempts', (c) => {
    const query = z
      .strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) })
      .safeParse(c.req.query())
    return query.success ? c.json({ items: store.recentAttempts(query.data.limit) }) : invalid(c, query.error)
  })

  app.get('/counts', (c) => {
    const tag = c.req.query('tag')
    return c.json(store.counts(tag === '' ? undefined : tag))
  })

  app.get('/simulator', (c) => c.json(store.simulator))

  // Replaces the whole: what is left out is back at its default, so a test states all that it relies on.
  app.put('/simulator', async (c) => {
    const body: unknown = await c.req.json().catch(() => undefined)
    const settings = simulatorSchema.safeParse(body)
    if (!settings.success) return invalid(c, settings.error)
    await store.setSimulator(settings.data)
    return c.json(store.simulator)
  })

  /** `message` carries a summary and an id to resume from; `attempt`, `simulator` and `cleared` are only told to who listens. */
  app.get('/stream', (c) => {
    c.header('x-accel-buffering', 'no')
    return streamSSE(c, async (stream) => {
      const lastEventId = c.req.header('last-event-id')
      const ended = new Promise<void>((resolve) => {
        stream.onAbort(resolve)
        closing.addEventListener('abort', () => resolve(), { once: true })
      })
      const send = (event: string, data: unknown, id?: string) => {
        stream.writeSSE({ event, data: JSON.stringify(data), ...(id ? { id } : {}) }).catch(() => {})
      }
      const onMessage = (message: Parameters<MailStore['summary']>[0]) =>
        send('message', store.summary(message), message.id)
      const onAttempt = (attempt: unknown) => send('attempt', attempt)
      const onSimulator = (settings: unknown) => send('simulator', settings)
      const onCleared = () => send('cleared', {})
      // Listen first, replay then: what arrives in between is written after it, in order.
      store.on('message', onMessage).on('attempt', onAttempt).on('simulator', onSimulator).on('cleared', onCleared)
      const heartbeat = setInterval(() => send('heartbeat', {}), HEARTBEAT_MS)
      try {
        send('ready', store.counts())
        if (lastEventId && /^\d{1,15}$/.test(lastEventId)) {
          for (const summary of store.newerThan(Number(lastEventId))) send('message', summary, summary.id)
        }
        await ended
      } finally {
        clearInterval(heartbeat)
        store
          .off('message', onMessage)
          .off('attempt', onAttempt)
          .off('simulator', onSimulator)
          .off('cleared', onCleared)
      }
    })
  })

  return app
}

export function problem(
  c: Context,
  status: 403 | 404 | 422 | 500,
  code: string,
  title: string,
  more: { detail?: string; errors?: { field: string; code: string; message: string }[] } = {},
) {
  c.header('content-type', 'application/problem+json')
  return c.body(JSON.stringify({ type: 'about:blank', title, status, code, ...more }), status)
}

const notFound = (c: Context) =>
  problem(c, 404, 'not-found', 'Not found', { detail: 'It never was here, it was deleted, or it was dropped for age.' })

function invalid(c: Context, error: z.ZodError) {
  const errors = error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ field: key, code: 'unrecognized', message: 'There is no such field.' }))
      : [{ field: issue.path.join('.'), code: issue.code, message: issue.message }],
  )
  return problem(c, 422, 'invalid', 'The request does not fit', { errors })
}
