/** Against a real HTTP server on the loopback that answers as told: each row is one thing that a provider may do. */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Rejected } from 'cascata'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { httpMailer } from './http-mailer.ts'
import { ChannelAtFault, DeliveryUnknown, type MailMessage } from './mailer.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

let server: Server
let answer: Answer
const seen: { headers: IncomingMessage['headers']; url: string | undefined; body: Record<string, unknown> }[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      seen.push({ headers: request.headers, url: request.url, body: JSON.parse(Buffer.concat(chunks).toString()) })
      answer(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  seen.length = 0
})

const baseUrl = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const mailer = (more: { baseUrl?: string; timeoutMs?: number } = {}) =>
  httpMailer({
    transport: 'http',
    baseUrl: more.baseUrl ?? baseUrl(),
    apiKey: 'the-key',
    from: { email: 'no-reply@academy.example', name: 'Academy' },
    timeoutMs: more.timeoutMs ?? 10_000,
  })

const message = (more: Partial<MailMessage> = {}): MailMessage => ({
  to: 'ana@student.example',
  toName: 'Ana',
  subject: 'Nova atividade',
  text: 'texto',
  html: '<p>texto</p>',
  key: '0198c0de-0000-7000-8000-000000000001',
  tags: ['new-class-activity'],
  ...more,
})

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }

async function failure(run: Promise<unknown>): Promise<Error> {
  return run.then(
    (value) => Promise.reject(new Error(`it succeeded: ${JSON.stringify(value)}`)),
    (error: Error) => error,
  )
}

describe('httpMailer', () => {
  test('asks what Brevo documents, and returns the messageId', async () => {
    answer = json(201, { messageId: '<1@relay>' })
    await expect(mailer().send(message())).resolves.toEqual({ providerId: '<1@relay>' })
    expect(seen).toHaveLength(1)
    expect(seen[0]?.url).toBe('/v3/smtp/email')
    expect(seen[0]?.headers['api-key']).toBe('the-key')
    expect(seen[0]?.body).toEqual({
      sender: { email: 'no-reply@academy.example', name: 'Academy' },
      to: [{ email: 'ana@student.example', name: 'Ana' }],
      subject: 'Nova atividade',
      htmlContent: '<p>texto</p>',
      textContent: 'texto',
      headers: { idempotencyKey: '0198c0de-0000-7000-8000-000000000001' },
      tags: ['new-class-activity'],
    })
  })

  test.each([
    ['Rafael Antunes via Universidade Serra Azul', 'Rafael Antunes via Universidade Serra Azul'],
    ['Rafael\r\nBcc: x@y.example', 'Rafael Bcc: x@y.example'],
    ['\u202eRafael', 'Rafael'],
    [' ', 'Academy'],
    ['x'.repeat(80), `${'x'.repeat(69)}…`],
  ])('%j is shown as the sender %j, whose address stays ours', async (fromName, name) => {
    answer = json(201, { messageId: '<1@relay>' })
    await mailer().send(message({ fromName }))
    expect(seen.at(-1)?.body).toMatchObject({ sender: { email: 'no-reply@academy.example', name } })
  })

  test('a service that is out of order is told from one that does not answer', async () => {
    answer = json(503, {})
    expect(await failure(mailer().send(message()))).toMatchObject({ name: 'DeliveryUnknown', isDown: true })
    answer = json(504, {})
    expect(await failure(mailer().send(message()))).toMatchObject({ name: 'DeliveryUnknown', isDown: false })
  })

  test('duplicate_request is an acceptance', async () => {
    answer = json(400, { code: 'duplicate_request', message: 'again' })
    await expect(mailer().send(message())).resolves.toEqual({ providerId: `duplicate:${message().key}` })
    answer = json(400, { code: 'duplicate_request', message: 'again', messageId: '<1@relay>' })
    await expect(mailer().send(message())).resolves.toEqual({ providerId: '<1@relay>' })
  })

  test.each([
    ['Retry-After in seconds', { 'retry-after': '7' }, 7_000],
    ["Brevo's own header", { 'x-sib-ratelimit-reset': '12' }, 12_000],
    ['Retry-After before the other', { 'retry-after': '7', 'x-sib-ratelimit-reset': '12' }, 7_000],
    ['neither', {}, undefined],
    ['nonsense', { 'retry-after': 'soon' }, undefined],
  ])('429, %s', async (_name, headers, retryAfterMs) => {
    answer = json(429, { code: 'too_many_requests' }, headers)
    const error = await failure(mailer().send(message()))
    expect(error).toBeInstanceOf(Rejected)
    expect(error).toMatchObject({ retryable: true, countsAsFailure: false, retryAfterMs })
  })

  test('429 with a date: as long as until then', async () => {
    answer = json(429, {}, { 'retry-after': new Date(Date.now() + 90_000).toUTCString() })
    const error = (await failure(mailer().send(message()))) as Rejected
    expect(error.retryAfterMs).toBeGreaterThan(60_000)
    expect(error.retryAfterMs).toBeLessThanOrEqual(90_000)
  })

  test.each([
    [400, 'invalid_parameter'],
    [400, 'missing_parameter'],
    [405, 'method_not_allowed'],
    [406, 'not_acceptable'],
    [413, 'bad_request'],
    [422, 'unprocessable_entity'],
  ])('%i %s: refused for good', async (status, code) => {
    answer = json(status, { code, message: 'email is not valid in to' })
    const error = await failure(mailer().send(message()))
    expect(error).toBeInstanceOf(Rejected)
    expect(error).not.toBeInstanceOf(ChannelAtFault)
    expect(error).toMatchObject({ retryable: false, countsAsFailure: true })
    expect(error.message).toContain('email is not valid in to')
  })

  test.each([
    [401, 'unauthorized'],
    [402, 'not_enough_credits'],
    [403, 'permission_denied'],
    [404, 'not_found'],
    [400, 'not_enough_credits'],
    [400, 'account_under_validation'],
    [302, 'moved'],
  ])('%i %s: the channel is at fault, the message waits', async (status, code) => {
    answer = json(status, { code, message: 'no' }, status === 302 ? { location: '/elsewhere' } : {})
    const error = await failure(mailer().send(message()))
    expect(error).toBeInstanceOf(ChannelAtFault)
    expect(error).toBeInstanceOf(Rejected)
    expect(error).toMatchObject({ retryable: true, countsAsFailure: false, channelAtFault: true })
    expect(error.message).toContain('channel is at fault')
    expect(error.message).not.toContain('the-key')
    expect(seen).toHaveLength(1)
  })

  test.each([500, 502, 503, 504, 408])('%i: unknown', async (status) => {
    answer = json(status, { code: 'service_unavailable', message: 'x' })
    const error = await failure(mailer().send(message()))
    expect(error).toBeInstanceOf(DeliveryUnknown)
    expect(error).not.toBeInstanceOf(Rejected)
  })

  test('the connection is cut after the request arrived: unknown', async () => {
    answer = (request) => request.socket.destroy()
    expect(await failure(mailer().send(message()))).toBeInstanceOf(DeliveryUnknown)
    expect(seen).toHaveLength(1)
  })

  test('201 cut in the middle of its body: unknown', async () => {
    answer = (request, response) => {
      response.writeHead(201, { 'content-type': 'application/json', 'content-length': '100' })
      response.write('{"messageId":', () => request.socket.destroy())
    }
    expect(await failure(mailer().send(message()))).toBeInstanceOf(DeliveryUnknown)
  })

  test('no answer within the time: unknown', async () => {
    answer = () => {}
    const error = await failure(mailer({ timeoutMs: 150 }).send(message()))
    expect(error).toBeInstanceOf(DeliveryUnknown)
    expect(error.message).toContain('150 ms')
    expect(seen).toHaveLength(1)
  })

  test('called off while the provider thinks: unknown', async () => {
    const controller = new AbortController()
    answer = () => controller.abort()
    expect(await failure(mailer().send(message({ signal: controller.signal })))).toBeInstanceOf(DeliveryUnknown)
  })

  test('nobody listens: certainly not sent', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    for (const host of ['127.0.0.1', 'localhost']) {
      const error = await failure(mailer({ baseUrl: `http://${host}:${port}` }).send(message()))
      expect(error).toBeInstanceOf(Rejected)
      expect(error).toMatchObject({ retryable: true, countsAsFailure: true })
    }
  })

  test('a name that does not resolve: certainly not sent', async () => {
    const error = await failure(mailer({ baseUrl: 'http://nowhere.invalid' }).send(message()))
    expect(error).toBeInstanceOf(Rejected)
    expect(error).toMatchObject({ retryable: true })
  })

  test.each([
    ['a key that is no UUID', { key: 'command-1' }, false],
    ['an address without @', { to: 'ana' }, false],
    ['an address with a line break', { to: 'ana@student.example\r\nBcc: all@student.example' }, false],
    ['called off before', { signal: AbortSignal.abort() }, true],
  ])('%s: refused before a byte leaves', async (_name, more, retryable) => {
    answer = json(201, { messageId: randomUUID() })
    const error = await failure(mailer().send(message(more)))
    expect(error).toBeInstanceOf(Rejected)
    expect(error).toMatchObject({ retryable })
    expect(seen).toHaveLength(0)
  })
})
