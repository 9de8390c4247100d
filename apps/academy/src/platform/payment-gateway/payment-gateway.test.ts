/** The client against a server that answers as told: what certainly was not charged, and what nobody knows. */
import { Rejected } from 'cascata'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type AnsweringServer,
  cut,
  failure,
  json,
  startAnsweringServer,
} from '../../../test-support/answering-server.ts'
import { createPaymentGateway, PaymentUnknown } from './payment-gateway.ts'

let server: AnsweringServer
beforeAll(async () => {
  server = await startAnsweringServer()
})
afterAll(() => server.close())
beforeEach(() => {
  server.seen.length = 0
})

const gateway = (more: { url?: string; timeoutMs?: number } = {}) =>
  createPaymentGateway({ url: server.url, apiKey: 's3cret', ...more })
const charge = {
  key: 'key-1',
  reference: 'charge-1',
  amountCents: 15_000,
  description: 'Matrícula',
  metadata: { institutionId: 'i' },
  callbackUrl: 'https://academy.example/payments/callback',
}
const made = { id: 'ch_1', status: 'pending', payUrl: 'https://gateway.example/pay/ch_1' }

test('orders with its key, and takes a repetition as the same charge', async () => {
  for (const status of [201, 200]) {
    server.answer = json(status, { ...made, extra: true })
    expect(await gateway().createCharge(charge)).toEqual(made)
  }
  const { key, ...body } = charge
  expect(server.seen[0]).toMatchObject({ method: 'POST', url: '/v1/charges' })
  expect(server.seen[0]?.headers).toMatchObject({ 'idempotency-key': key, authorization: 'Bearer s3cret' })
  expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual(body)
})

describe('certainly no charge', () => {
  test.each([
    [400, false, true],
    [422, false, true],
    [401, true, true],
    [403, true, true],
    [302, true, true],
    [429, true, false],
  ])('%i: worth another try %s, counted %s', async (status, retryable, countsAsFailure) => {
    server.answer = json(status, { code: 'no' }, { 'retry-after': '3', location: '/elsewhere' })
    const error = await failure(gateway().createCharge(charge))
    expect(error).toBeInstanceOf(Rejected)
    expect(error).toMatchObject({ retryable, countsAsFailure })
    if (status === 429) expect(error).toMatchObject({ retryAfterMs: 3_000 })
    expect(error.message).not.toContain('s3cret')
    expect(server.seen).toHaveLength(1)
  })

  test('nobody listens', async () => {
    const closed = await startAnsweringServer()
    await closed.close()
    const error = await failure(gateway({ url: closed.url }).createCharge(charge))
    expect(error).toBeInstanceOf(Rejected)
    expect(error).toMatchObject({ retryable: true })
  })
})

describe('nobody knows', () => {
  test.each([500, 502, 503, 504, 408, 202])('%i', async (status) => {
    server.answer = json(status, {})
    expect(await failure(gateway().createCharge(charge))).toBeInstanceOf(PaymentUnknown)
  })

  test.each([
    ['no id', { ...made, id: undefined }],
    ['a status nobody knows', { ...made, status: 'floating' }],
    ['a page that is no address', { ...made, payUrl: 'javascript:alert(1)' }],
    ['no object', null],
  ])('201 with %s', async (_name, body) => {
    server.answer = json(201, body)
    expect(await failure(gateway().createCharge(charge))).toBeInstanceOf(PaymentUnknown)
  })

  test('cut, too late, called off', async () => {
    server.answer = cut
    expect(await failure(gateway().createCharge(charge))).toBeInstanceOf(PaymentUnknown)
    server.answer = () => {}
    expect(await failure(gateway({ timeoutMs: 100 }).createCharge(charge))).toBeInstanceOf(PaymentUnknown)
    const leave = new AbortController()
    server.answer = () => leave.abort()
    expect(await failure(gateway().createCharge({ ...charge, signal: leave.signal }))).toBeInstanceOf(PaymentUnknown)
  })
})

describe('asked after a key', () => {
  test('known, and not known', async () => {
    server.answer = json(200, { charges: [made] })
    expect(await gateway().findCharge('a&b')).toEqual(made)
    expect(server.seen[0]).toMatchObject({ method: 'GET', url: '/v1/charges?idempotency_key=a%26b' })
    server.answer = json(200, { charges: [] })
    expect(await gateway().findCharge('k')).toBeUndefined()
  })

  test.each([
    ['500', json(500, {})],
    ['200 without charges', json(200, {})],
    ['200 with a charge that is none', json(200, { charges: [{}] })],
    ['no answer', cut],
  ])('%s is no answer: asked again later, and never taken for "not known"', async (_name, answer) => {
    server.answer = answer
    const error = await failure(gateway().findCharge('k'))
    expect(error).toBeInstanceOf(Rejected)
    expect(error).toMatchObject({ retryable: true })
  })
})
