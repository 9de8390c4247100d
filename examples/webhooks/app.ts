import { createHmac } from 'node:crypto'
import { command, createApp, effect, event, module, on, Rejected } from 'cascata'
import { z } from 'zod'

const book = z.object({ bookId: z.uuid() })
export const BookPublished = event('book.published', book)
const CallWebhook = command('webhook.call', book, { retry: { attempts: 10, backoff: 'exponential', base: '50ms' } })

// A fact becomes an order …
const callWebhooks = on(BookPublished, 'call-webhooks', ({ bookId }) => CallWebhook({ bookId }))

// … to make one call, signed as Standard Webhooks 1.0 says. `key` is the same at every try: the receiver ignores repetitions.
const callWebhook = effect(CallWebhook, async ({ bookId }, { key, signal }) => {
  const id = `msg_${key}`
  const timestamp = String(Math.floor(Date.now() / 1000))
  const body = JSON.stringify({ type: 'book.published', data: { bookId } })
  const signature = createHmac('sha256', SECRET).update(`${id}.${timestamp}.${body}`).digest('base64')
  const response = await fetch(process.env['WEBHOOK_URL'] ?? '', {
    method: 'POST',
    headers: { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` },
    body,
    redirect: 'manual',
    signal,
  })
  if (!response.ok) throw new Rejected(`It answered ${response.status}.`, { retryable: response.status !== 410 })
})

export const app = createApp([module('webhooks', [callWebhooks, callWebhook])])

/** Of this example only: a real one is made of random bytes, for each receiver. */
export const SECRET = Buffer.alloc(32, 1)
