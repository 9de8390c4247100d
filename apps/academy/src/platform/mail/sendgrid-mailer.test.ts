/** Against a real HTTP server on the loopback that answers as SendGrid documents. */
import { Rejected } from 'cascata'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type AnsweringServer,
  cut,
  empty,
  failure,
  json,
  startAnsweringServer,
} from '../../../test-support/answering-server.ts'
import { createMailer } from './create-mailer.ts'
import { mailSettings } from './mail-settings.ts'
import { ChannelAtFault, DeliveryUnknown, type MailMessage } from './mailer.ts'

let server: AnsweringServer
beforeAll(async () => {
  server = await startAnsweringServer()
})
afterAll(() => server.close())
beforeEach(() => {
  server.seen.length = 0
})

const mailer = (timeoutMs = 10_000) =>
  createMailer(
    mailSettings({
      MAIL_URL: `sendgrid://127.0.0.1:${server.port}`,
      MAIL_API_KEY: 'SG.secret',
      MAIL_FROM: 'Academy <no-reply@academy.example>',
      MAIL_TIMEOUT_MS: String(timeoutMs),
    }),
  )

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

const errors = (text: string, field: string | null = null) => ({ errors: [{ message: text, field, help: null }] })

describe('SendGrid', () => {
  test('asks what is documented; 202 with an empty body is accepted, its id in a header', async () => {
    server.answer = empty(202, { 'x-message-id': 'sg-1' })
    await expect(mailer().send(message())).resolves.toEqual({ providerId: 'sg-1' })
    const [asked] = server.seen
    expect([asked?.method, asked?.url, asked?.headers.authorization]).toEqual([
      'POST',
      '/v3/mail/send',
      'Bearer SG.secret',
    ])
    expect(JSON.parse(asked?.body ?? '')).toEqual({
      personalizations: [{ to: [{ email: 'ana@student.example', name: 'Ana' }] }],
      from: { email: 'no-reply@academy.example', name: 'Academy' },
      subject: 'Nova atividade',
      content: [
        { type: 'text/plain', value: 'texto' },
        { type: 'text/html', value: '<p>texto</p>' },
      ],
      custom_args: { key: '0198c0de-0000-7000-8000-000000000001' },
      categories: ['new-class-activity'],
    })
  })

  test('202 without the header is accepted all the same', async () => {
    server.answer = empty(202)
    await expect(mailer().send(message())).resolves.toEqual({ providerId: `accepted:${message().key}` })
  })

  test.each([
    [401, 'The provided authorization grant is invalid, expired, or revoked'],
    [401, 'Maximum credits exceeded'],
    [402, 'Payment required'],
    [403, 'The from address does not match a verified Sender Identity'],
    [404, 'Not found'],
  ])('%i %s: the channel is at fault, the message waits', async (status, text) => {
    server.answer = json(status, errors(text))
    const error = await failure(mailer().send(message()))
    expect(error).toBeInstanceOf(ChannelAtFault)
    expect(error).toMatchObject({ retryable: true, countsAsFailure: false })
    expect(error.message).toContain(text)
    expect(error.message).not.toContain('SG.secret')
  })

  test.each([400, 405, 406, 413, 422])('%i: refused for good', async (status) => {
    server.answer = json(status, errors('Does not contain a valid address.', 'personalizations.0.to.0.email'))
    const error = await failure(mailer().send(message()))
    expect(error).toBeInstanceOf(Rejected)
    expect(error).not.toBeInstanceOf(ChannelAtFault)
    expect(error).toMatchObject({ retryable: false })
    expect(error.message).toContain('personalizations.0.to.0.email: Does not contain a valid address.')
  })

  test('429: until the Unix time of its own header, Retry-After before it; no failure counted', async () => {
    server.answer = json(429, errors('too many requests'), {
      'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 40),
    })
    const error = (await failure(mailer().send(message()))) as Rejected
    expect(error).toMatchObject({ retryable: true, countsAsFailure: false })
    expect(error.retryAfterMs).toBeGreaterThan(30_000)
    expect(error.retryAfterMs).toBeLessThanOrEqual(41_000)
    server.answer = json(429, errors('too many requests'), { 'x-ratelimit-reset': '1', 'retry-after': '7' })
    expect(await failure(mailer().send(message()))).toMatchObject({ retryAfterMs: 7_000 })
    server.answer = json(429, {})
    expect(await failure(mailer().send(message()))).toMatchObject({ retryAfterMs: undefined })
  })

  test.each([200, 408, 500, 502, 503, 504])('%i: unknown', async (status) => {
    server.answer = json(status, errors('internal'))
    expect(await failure(mailer().send(message()))).toBeInstanceOf(DeliveryUnknown)
  })

  test('a lost connection, or no answer in time: unknown', async () => {
    server.answer = cut
    expect(await failure(mailer().send(message()))).toBeInstanceOf(DeliveryUnknown)
    server.answer = () => {}
    expect(await failure(mailer(150).send(message()))).toBeInstanceOf(DeliveryUnknown)
  })

  test('an answer that is no JSON is judged by its status', async () => {
    server.answer = (_request, response) => response.writeHead(400).end('<html>')
    expect(await failure(mailer().send(message()))).toMatchObject({ retryable: false })
  })
})
