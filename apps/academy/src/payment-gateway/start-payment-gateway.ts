/**
 * A payment gateway for development and tests: one charge an idempotency key, a page on which a charge is paid, a signed
 * message (Standard Webhooks) when it was, repeated until it is answered, and a simulator that makes it misbehave. What it
 * knows is kept in a file, so that it survives being ended.
 *
 *     POST /v1/charges                      {reference, amountCents, description, metadata, callbackUrl}, idempotency-key
 *     GET  /v1/charges?idempotency_key=…    what was made with it: one or none
 *     GET  /pay/<id>, POST /pay/<id>        the payer's page, with a button to pay and one to refuse
 *     GET  /simulator, PUT /simulator       how it behaves: {latencyMs, fail, times}
 *     GET  /health
 */
import { randomUUID, timingSafeEqual } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { signWebhook } from '../platform/standard-webhooks/standard-webhooks.ts'
import { payPage } from './pay-page.ts'

export interface PaymentGatewayOptions {
  /** Folder of its file; made when missing. */
  data: string
  /** 0: any. */
  port: number
  host?: string
  /** What callers sign in with. */
  apiKey: string
  /** `whsec_…`: signs its messages. */
  callbackSecret: string
  /** Between two tries of a message, times two each time. Default 1 s. */
  repeatAfterMs?: number
}

export interface RunningPaymentGateway {
  url: string
  close(): Promise<void>
}

/** `500`: refuses before accepting. `drop`: accepts, and cuts the connection instead of answering. `busy`: 429. */
const simulator = z.strictObject({
  latencyMs: z.int().min(0).max(60_000).default(0),
  fail: z.enum(['none', '500', 'drop', 'busy']).default('none'),
  /** For how many orders; then it behaves again. Null: for all. */
  times: z.int().min(1).max(1_000_000).nullable().default(null),
})
type Simulator = z.output<typeof simulator>

const order = z.strictObject({
  reference: z.string().min(1).max(200),
  amountCents: z.int().min(1),
  description: z.string().min(1).max(500),
  metadata: z.record(z.string(), z.string()).default({}),
  callbackUrl: z.url({ protocol: /^https?$/ }),
})

export type KeptCharge = z.output<typeof order> & {
  id: string
  key: string
  status: 'pending' | 'paid' | 'refused'
  createdAt: string
  /** Id of the message about its end, until that is answered. */
  untold: string | null
}

const BODY_BYTES_MAX = 64 * 1024
const TELL_TIMES_MAX = 12
const TELL_WAIT_MAX_MS = 60_000

export async function startPaymentGateway(options: PaymentGatewayOptions): Promise<RunningPaymentGateway> {
  const { apiKey, callbackSecret, host = '127.0.0.1', repeatAfterMs = 1_000 } = options
  mkdirSync(options.data, { recursive: true })
  const file = join(options.data, 'charges.ndjson')
  const charges = readCharges(file)
  const byKey = new Map([...charges.values()].map((charge) => [charge.key, charge]))
  const closing = new AbortController()
  const telling = new Set<Promise<void>>()
  let behaviour: Simulator = simulator.parse({})
  let url = ''

  const keep = async (charge: KeptCharge): Promise<void> => {
    charges.set(charge.id, charge)
    byKey.set(charge.key, charge)
    await appendFile(file, `${JSON.stringify(charge)}\n`)
  }

  const shown = ({ id, status, reference, amountCents, description, createdAt }: KeptCharge) => ({
    id,
    status,
    reference,
    amountCents,
    description,
    createdAt,
    payUrl: `${url}/pay/${id}`,
  })

  /** Tells the merchant until it answers 2xx, and gives up after some hours' worth of tries; a restart tries anew. */
  const tell = async (charge: KeptCharge, messageId: string): Promise<void> => {
    const payload = JSON.stringify({
      type: `charge.${charge.status}`,
      timestamp: new Date().toISOString(),
      data: { ...shown(charge), metadata: charge.metadata },
    })
    for (let tries = 0; tries < TELL_TIMES_MAX && !closing.signal.aborted; tries++) {
      const headers = signWebhook({ id: messageId, at: new Date(), payload }, [callbackSecret])
      const told = await fetch(charge.callbackUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: payload,
        redirect: 'manual',
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(10_000)]),
      }).then(
        ({ ok }) => ok,
        () => false,
      )
      if (told) return await keep({ ...charge, untold: null })
      await sleep(Math.min(repeatAfterMs * 2 ** tries, TELL_WAIT_MAX_MS), undefined, { signal: closing.signal }).catch(
        () => {},
      )
    }
  }
  const startTelling = (charge: KeptCharge): void => {
    if (!charge.untold) return
    const run: Promise<void> = tell(charge, charge.untold).finally(() => telling.delete(run))
    telling.add(run)
  }

  /** Whether this order is one of those that go wrong. */
  const misbehaves = (): Simulator['fail'] => {
    const { fail, times } = behaviour
    if (fail === 'none' || times === null) return fail
    behaviour = times > 1 ? { ...behaviour, times: times - 1 } : { ...behaviour, fail: 'none', times: null }
    return fail
  }

  /** A slow gateway has done the work before it answers: an order is kept though nobody waits for the answer any more. */
  const slowly = async (): Promise<void> => {
    if (behaviour.latencyMs > 0) await sleep(behaviour.latencyMs)
  }

  const createCharge = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const key = request.headers['idempotency-key']
    if (typeof key !== 'string' || key === '') return answer(response, 400, { code: 'idempotency_key_missing' })
    const parsed = order.safeParse(await readJson(request))
    if (!parsed.success) return answer(response, 422, { code: 'invalid_charge', errors: parsed.error.issues })
    const fail = misbehaves()
    if (fail === '500' || fail === 'busy') {
      await slowly()
      if (fail === '500') return answer(response, 500, { code: 'internal' })
      return answer(response, 429, { code: 'too_many_requests' }, { 'retry-after': '1' })
    }
    const known = byKey.get(key)
    if (known && !sameOrder(known, parsed.data)) return answer(response, 422, { code: 'idempotency_key_reused' })
    const charge: KeptCharge = known ?? {
      ...parsed.data,
      id: `ch_${randomUUID().replaceAll('-', '')}`,
      key,
      status: 'pending',
      createdAt: new Date().toISOString(),
      untold: null,
    }
    if (!known) await keep(charge)
    await slowly()
    if (fail === 'drop') return void request.socket.destroy()
    answer(response, known ? 200 : 201, shown(charges.get(charge.id) ?? charge))
  }

  const settle = async (charge: KeptCharge, status: 'paid' | 'refused'): Promise<void> => {
    if (charge.status !== 'pending') return
    const settled: KeptCharge = { ...charge, status, untold: `msg_${randomUUID()}` }
    await keep(settled)
    startTelling(settled)
  }

  const signedIn = ({ headers }: IncomingMessage): boolean => {
    const given = Buffer.from(headers.authorization ?? '')
    const wanted = Buffer.from(`Bearer ${apiKey}`)
    return given.length === wanted.length && timingSafeEqual(given, wanted)
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://gateway')
    const path = `${request.method} ${pathname}`
    if (path === 'GET /health') return answer(response, 200, { status: 'up' })
    if (path === 'GET /simulator') return answer(response, 200, behaviour)
    if (path === 'PUT /simulator') {
      const parsed = simulator.safeParse(await readJson(request))
      if (!parsed.success) return answer(response, 422, { code: 'invalid_behaviour', errors: parsed.error.issues })
      behaviour = parsed.data
      return answer(response, 200, behaviour)
    }
    if (pathname === '/v1/charges') {
      if (!signedIn(request)) return answer(response, 401, { code: 'unauthorized' })
      if (request.method === 'POST') return createCharge(request, response)
      await slowly()
      const found = byKey.get(searchParams.get('idempotency_key') ?? '')
      return answer(response, 200, { charges: found ? [shown(found)] : [] })
    }
    const payment = /^\/pay\/(ch_[0-9a-f]+)$/.exec(pathname)
    const charge = payment?.[1] === undefined ? undefined : charges.get(payment[1])
    if (!charge) return answer(response, 404, { code: 'not_found' })
    if (request.method === 'POST') {
      const choice = new URLSearchParams(await readText(request)).get('choice')
      await settle(charge, choice === 'refuse' ? 'refused' : 'paid')
      response.writeHead(303, { location: `/pay/${charge.id}` }).end()
      return
    }
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    })
    response.end(payPage(charges.get(charge.id) as KeptCharge, request.headers['accept-language']))
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) return void response.destroy()
      answer(response, error instanceof BadRequest ? 400 : 500, {
        code: error instanceof BadRequest ? 'unreadable' : 'internal',
      })
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, host, resolve)
  })
  url = `http://${host}:${(server.address() as AddressInfo).port}`
  for (const charge of charges.values()) startTelling(charge)

  return {
    url,
    close: async () => {
      closing.abort()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      await Promise.all(telling)
    },
  }
}

class BadRequest extends Error {}

/** The last line about a charge is how it stands; one that was cut off by an end is left out. */
function readCharges(file: string): Map<string, KeptCharge> {
  const charges = new Map<string, KeptCharge>()
  let text = ''
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  for (const line of text.split('\n')) {
    try {
      const charge = JSON.parse(line) as KeptCharge
      charges.set(charge.id, charge)
    } catch {
      // half a line
    }
  }
  return charges
}

const sameOrder = (one: KeptCharge, other: z.output<typeof order>) =>
  one.reference === other.reference && one.amountCents === other.amountCents && one.callbackUrl === other.callbackUrl

function answer(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) throw new BadRequest('too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse(await readText(request))
  } catch {
    throw new BadRequest('no JSON')
  }
}
