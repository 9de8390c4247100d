/** The gateway by itself: its contract, its page, its process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type AnsweringServer, empty, startAnsweringServer } from '../../test-support/answering-server.ts'
import { waitFor } from '../../test-support/wait-for.ts'
import { newWebhookSecret } from '../platform/standard-webhooks/standard-webhooks.ts'
import { type RunningPaymentGateway, startPaymentGateway } from './start-payment-gateway.ts'

const callbackSecret = newWebhookSecret()
let data: string
let merchant: AnsweringServer
let gateway: RunningPaymentGateway

const start = () => startPaymentGateway({ data, port: 0, apiKey: 'key', callbackSecret, repeatAfterMs: 20 })

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'gateway-'))
  merchant = await startAnsweringServer()
  merchant.answer = empty(204)
  gateway = await start()
})
afterEach(async () => {
  await gateway.close()
  await merchant.close()
  await rm(data, { recursive: true, force: true })
})

const order = (over: object = {}) => ({
  reference: 'order-1',
  amountCents: 15_000,
  description: 'Matrícula <b>',
  metadata: { institutionId: 'i' },
  callbackUrl: `${merchant.url}/callback`,
  ...over,
})

type Shown = { id: string; status: string; payUrl: string; code?: string }

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(gateway.url + path, {
    method,
    headers: { authorization: 'Bearer key', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Shown & { charges?: Shown[] } }
}
const charge = (key = 'key-1', over: object = {}) => ask('POST', '/v1/charges', order(over), { 'idempotency-key': key })
const pay = (payUrl: string, choice = 'pay') =>
  fetch(payUrl, { method: 'POST', body: new URLSearchParams({ choice }), redirect: 'manual' })

test('one charge a key, however many orders come at once; the same key for another order is refused', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => charge()))
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  expect(await charge('key-1', { amountCents: 1 })).toMatchObject({
    status: 422,
    body: { code: 'idempotency_key_reused' },
  })
  expect((await charge('key-2')).body.id).not.toBe(answers[0]?.body.id)
  expect((await ask('GET', '/v1/charges?idempotency_key=key-1')).body.charges).toMatchObject([{ status: 'pending' }])
  expect((await ask('GET', '/v1/charges?idempotency_key=unknown')).body.charges).toEqual([])
})

test('paid once; the merchant is told until it answers, under one id, with a signature that verifies', async () => {
  const { body } = await charge()
  merchant.answer = empty(503)
  await pay(body.payUrl)
  await waitFor('third message', async () => merchant.seen.length >= 3)
  merchant.answer = empty(204)
  await waitFor('end of the messages', async () =>
    (await readFile(join(data, 'charges.ndjson'), 'utf8')).includes('"untold":null}\n'),
  )
  await pay(body.payUrl, 'refuse') // too late
  const ids = merchant.seen.map(({ headers }) => headers['webhook-id'])
  expect(new Set(ids).size).toBe(1)
  const [{ headers, body: payload }] = merchant.seen as [(typeof merchant.seen)[0]]
  const message = new Webhook(callbackSecret).verify(payload, headers as Record<string, string>)
  expect(message).toMatchObject({
    type: 'charge.paid',
    data: { id: body.id, reference: 'order-1', amountCents: 15_000, metadata: { institutionId: 'i' } },
  })
  expect((await ask('GET', '/v1/charges?idempotency_key=key-1')).body.charges).toMatchObject([{ status: 'paid' }])
})

test('the payer’s page: in their language, escaped, without a button once it is paid', async () => {
  const { body } = await charge()
  const page = async (language: string) =>
    (await fetch(body.payUrl, { headers: { 'accept-language': language } })).text()
  expect(await page('pt-BR')).toContain('Matrícula &lt;b&gt;')
  expect(await page('pt-BR')).toContain('>Pagar</button>')
  expect(await page('en-GB')).toContain('>Refuse</button>')
  await pay(body.payUrl, 'refuse')
  expect(await page('en')).toContain('Payment refused.')
  expect(await page('en')).not.toContain('<button')
  expect((await fetch(`${gateway.url}/pay/ch_00`)).status).toBe(404)
})

test.each([
  ['no key', 'POST', '/v1/charges', {}, { 'idempotency-key': '' }, 400, 'idempotency_key_missing'],
  ['another account', 'POST', '/v1/charges', {}, { authorization: 'Bearer other' }, 401, 'unauthorized'],
  ['no JSON', 'POST', '/v1/charges', '{', { 'idempotency-key': 'k' }, 400, 'unreadable'],
  ['no amount', 'POST', '/v1/charges', { reference: 'r' }, { 'idempotency-key': 'k' }, 422, 'invalid_charge'],
  ['too much', 'POST', '/v1/charges', 'x'.repeat(70_000), { 'idempotency-key': 'k' }, 400, 'unreadable'],
  ['a behaviour nobody knows', 'PUT', '/simulator', { fail: 'explode' }, {}, 422, 'invalid_behaviour'],
  ['a path nobody knows', 'GET', '/v2', undefined, {}, 404, 'not_found'],
])('%s', async (_name, method, path, body, headers, status, code) => {
  expect(await ask(method, path, body, headers)).toMatchObject({ status, body: { code } })
})

describe('misbehaving on request', () => {
  const behave = (settings: object) => ask('PUT', '/simulator', settings)

  test('for as many orders as asked, then no more', async () => {
    await behave({ fail: '500', times: 2 })
    const statuses = []
    for (let n = 0; n < 3; n++) statuses.push((await charge()).status)
    expect(statuses).toEqual([500, 500, 201])
  })

  test('dropped after accepting: the charge is there', async () => {
    await behave({ fail: 'drop', times: 1 })
    await expect(charge()).rejects.toThrow('fetch failed')
    expect((await ask('GET', '/v1/charges?idempotency_key=key-1')).body.charges).toHaveLength(1)
    expect((await charge()).status).toBe(200)
  })

  test('slow', async () => {
    await behave({ latencyMs: 150 })
    const from = performance.now()
    await charge()
    expect(performance.now() - from).toBeGreaterThanOrEqual(149)
  })

  test('slower than the caller waits: the charge is there', async () => {
    await behave({ latencyMs: 5_000 })
    const given = fetch(`${gateway.url}/v1/charges`, {
      method: 'POST',
      headers: { authorization: 'Bearer key', 'idempotency-key': 'key-1' },
      body: JSON.stringify(order()),
      signal: AbortSignal.timeout(1_000),
    })
    await expect(given).rejects.toThrow('timeout')
    await behave({})
    expect((await ask('GET', '/v1/charges?idempotency_key=key-1')).body.charges).toHaveLength(1)
    expect((await charge()).status).toBe(200)
  })
})

test('what it knew it knows after an end, half a line left aside, and it tells what nobody has answered', async () => {
  const { body } = await charge()
  merchant.answer = empty(500)
  await pay(body.payUrl)
  await waitFor('message', async () => merchant.seen.length > 0)
  await gateway.close()
  await writeFile(join(data, 'charges.ndjson'), '{"id":"ch_half', { flag: 'a' })
  merchant.seen.length = 0
  merchant.answer = empty(204)
  gateway = await start()
  await waitFor('message after the restart', async () => merchant.seen.length > 0)
  expect((await charge()).body).toMatchObject({ id: body.id, status: 'paid' })
})

describe('the process', () => {
  const program = join(import.meta.dirname, '../../bin/payment-gateway.ts')
  const run = (env: Record<string, string>): ChildProcess =>
    spawn(process.execPath, [program], {
      env: { PATH: process.env['PATH'], PAYMENT_GATEWAY_DATA: data, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const needed = { PAYMENT_GATEWAY_PORT: '0', PAYMENT_GATEWAY_KEY: 'key', PAYMENT_CALLBACK_SECRET: callbackSecret }

  test('says when it is ready, and ends with 0 when asked to', async () => {
    const child = run(needed)
    const line = await new Promise<string>((resolve) => {
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).once('line', resolve)
    })
    const url = /^payment gateway ready {2}(http:\S+)$/.exec(line)?.[1]
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'up' })
    child.kill('SIGTERM')
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0)
  }, 30_000)

  test.each([
    ['PAYMENT_GATEWAY_PORT', { PAYMENT_GATEWAY_PORT: 'x' }],
    ['PAYMENT_GATEWAY_KEY', { PAYMENT_GATEWAY_KEY: '' }],
    ['PAYMENT_CALLBACK_SECRET', { PAYMENT_CALLBACK_SECRET: '' }],
  ])(
    '%s is refused with what to do',
    async (name, env) => {
      const child = run({ ...needed, ...env })
      let said = ''
      child.stderr?.on('data', (chunk) => {
        said += chunk
      })
      expect(await new Promise((resolve) => child.once('close', resolve))).toBe(1)
      expect(said).toMatch(new RegExp(`^\\[payment-gateway-setting-invalid\\] ${name} .+ Fix: .+`))
    },
    30_000,
  )
})
