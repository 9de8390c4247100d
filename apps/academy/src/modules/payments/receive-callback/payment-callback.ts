/**
 * `POST /payments/callback`: the gateway tells how a charge ended. Its signature is checked on the bytes that came, the
 * message is kept once whatever number of times it comes, and answered at once: the work is a command's. No session, and
 * no cookie: only whoever has the secret can say anything here.
 */
import { enqueue } from 'cascata'
import type { Context } from 'hono'
import type pg from 'pg'
import { z } from 'zod'
import { withTenant } from '../../../platform/database/with-tenant.ts'
import { localeOf } from '../../../platform/http/locale.ts'
import { type ProblemCode, problem } from '../../../platform/http/problem.ts'
import type { Log } from '../../../platform/http/server-log.ts'
import { verifyWebhook } from '../../../platform/standard-webhooks/standard-webhooks.ts'
import { SettleCharge } from './settle-charge.commands.ts'

const BODY_BYTES_MAX = 64 * 1024
const MESSAGE_ID_LENGTH_MAX = 200

const message = z.object({
  type: z.enum(['charge.paid', 'charge.refused']),
  data: z.object({
    id: z.string().min(1).max(200),
    reference: z.uuid(),
    amountCents: z.int().min(0),
    metadata: z.object({ institutionId: z.uuid().toLowerCase() }),
  }),
})

export type PaymentCallbackOptions = { pool: pg.Pool; secret: string; log: Log }

export const paymentCallback =
  ({ pool, secret, log }: PaymentCallbackOptions) =>
  async (c: Context): Promise<Response> => {
    const requestId = crypto.randomUUID()
    const no = (code: ProblemCode) => problem(code, { locale: localeOf(c.req.header('accept-language')), requestId })
    const raw = await readBody(c.req.raw)
    if (raw === undefined) return no('too-large')
    const messageId = verifyWebhook(c.req.raw.headers, raw, secret, new Date())
    if (messageId === undefined || messageId.length > MESSAGE_ID_LENGTH_MAX) return no('unauthenticated')
    const parsed = message.safeParse(parse(raw))
    if (!parsed.success) return no('malformed-request')
    const { type, data } = parsed.data
    const { institutionId } = data.metadata
    try {
      const known = await withTenant(pool, { institutionId }, async (tx) => {
        const where = [institutionId, data.reference]
        const charge = await tx.query('select 1 from academy.charges where institution_id = $1 and id = $2', where)
        if (charge.rows.length === 0) return false
        const kept = await tx.query(
          `insert into academy.payment_callbacks (institution_id, charge_id, id, type, body)
           values ($1, $2, $3, $4, $5) on conflict do nothing`,
          [...where, messageId, type, raw],
        )
        if (kept.rowCount > 0) await enqueue(tx, SettleCharge({ callbackId: messageId }), { tenant: institutionId })
        return true
      })
      return known ? c.body(null, 204) : no('not-found')
    } catch (error) {
      log.error({ err: error, requestId, path: c.req.path }, 'a message of the payment gateway could not be kept')
      return no('unavailable') // it will come again
    }
  }

/** undefined when it is longer than a message of the gateway is. */
async function readBody(request: Request): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function parse(raw: string): unknown {
  try {
    // PostgreSQL stores no U+0000, and nobody has an honest use for one.
    return raw.includes('\\u0000') ? undefined : JSON.parse(raw)
  } catch {
    return undefined
  }
}
