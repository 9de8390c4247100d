/**
 * The provider over HTTP: `POST /v3/smtp/email` in Brevo's shape (developers.brevo.com/reference/sendtransacemail).
 *
 * Of its own it adds two things: a repeated key is answered `400 duplicate_request` *with* the `messageId` of the first
 * request, and unknown fields are ignored instead of refused.
 */
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import { deliver, type Statuses } from './deliver.ts'
import type { Draft } from './message.ts'
import type { MailStore } from './store.ts'

const STATUSES: Statuses = {
  accepted: 201,
  duplicate: 400,
  down: 503,
  'rate-limit': 429,
  unavailable: 503,
  address: 400,
}

const person = z.looseObject({
  email: z.string().regex(/^[^\s@]+@[^\s@]+$/, 'is not valid'),
  name: z.string().optional(),
})

const requestSchema = z.looseObject({
  sender: person,
  to: z.array(person).min(1).max(99),
  subject: z.string().min(1).max(2_000),
  htmlContent: z.string().optional(),
  textContent: z.string().optional(),
  headers: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  tags: z.array(z.string().min(1).max(200)).max(20).optional(),
})

export const BODY_BYTES_MAX = 5 * 1024 * 1024

export function httpProvider(
  store: MailStore,
  options: { apiKey: string | undefined; wait: (ms: number) => Promise<void> },
) {
  const app = new Hono<{ Bindings: HttpBindings }>()

  app.post(
    '/v3/smtp/email',
    bodyLimit({
      maxSize: BODY_BYTES_MAX,
      onError: (c) =>
        c.json({ code: 'invalid_parameter', message: `body is larger than ${BODY_BYTES_MAX} bytes` }, 413),
    }),
    async (c) => {
      const apiKey = c.req.header('api-key')
      if (!apiKey || (options.apiKey !== undefined && apiKey !== options.apiKey)) {
        return c.json({ code: 'unauthorized', message: apiKey ? 'Key not found' : 'API key is missing' }, 401)
      }
      const source = await c.req.text()
      const request = parse(source)
      if (typeof request === 'string') return c.json({ code: 'invalid_parameter', message: request }, 400)

      const verdict = await deliver(store, request, STATUSES, options.wait)
      switch (verdict.kind) {
        case 'accepted':
          return c.json({ messageId: verdict.messageId }, 201)
        case 'duplicate':
          return c.json(
            {
              code: 'duplicate_request',
              message: 'A request with this idempotencyKey was accepted before',
              messageId: verdict.messageId,
            },
            400,
          )
        case 'dropped':
          c.env.incoming.socket.destroy()
          return RESPONSE_ALREADY_SENT
        case 'refused':
          break
      }
      const { refusal, retryAfterSeconds } = verdict
      if (refusal === 'rate-limit') {
        c.header('retry-after', String(retryAfterSeconds))
        c.header('x-sib-ratelimit-limit', '0')
        c.header('x-sib-ratelimit-remaining', '0')
        c.header('x-sib-ratelimit-reset', String(retryAfterSeconds))
        return c.json({ code: 'too_many_requests', message: 'Rate limit exceeded' }, 429)
      }
      if (refusal === 'address') {
        return c.json({ code: 'invalid_parameter', message: 'email is blocked or does not exist in to' }, 400)
      }
      return c.json({ code: 'service_unavailable', message: 'The service is temporarily unavailable' }, 503)
    },
  )

  return app
}

/** A draft, or what is wrong in the words of the API. */
function parse(source: string): Draft | string {
  let json: unknown
  try {
    json = JSON.parse(source)
  } catch {
    return 'body is not valid JSON'
  }
  const parsed = requestSchema.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return `${issue?.path.join('.') || 'body'} ${issue?.message ?? 'is not valid'}`
  }
  const { sender, to, subject, htmlContent, textContent, headers = {}, tags = [] } = parsed.data
  if (!htmlContent && !textContent) return 'htmlContent or textContent is missing'
  const key = headers['idempotencyKey']
  if (key !== undefined && !z.uuid().safeParse(key).success) return 'headers.idempotencyKey is not a UUID'
  return {
    via: 'http',
    key: key === undefined ? null : String(key).toLowerCase(),
    from: { email: sender.email, name: sender.name ?? '' },
    to: to.map((address) => ({ email: address.email, name: address.name ?? '' })),
    subject,
    text: textContent ?? '',
    html: htmlContent ?? '',
    tags,
    headers: [
      ['From', sender.name ? `${sender.name} <${sender.email}>` : sender.email],
      ['To', to.map((address) => (address.name ? `${address.name} <${address.email}>` : address.email)).join(', ')],
      ['Subject', subject],
      ...Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    ],
    attachments: [],
    source: JSON.stringify(json, null, 2),
  }
}
