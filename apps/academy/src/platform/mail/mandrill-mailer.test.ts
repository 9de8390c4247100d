/** Against a real HTTP server on the loopback that answers as Mailchimp Transactional documents. */
import { Rejected } from 'cascata'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type AnsweringServer,
  cut,
  failure,
  json,
  startAnsweringServer,
} from '../../../test-support/answering-server.ts'
import { createMailer } from './create-mailer.ts'
import { mailSettings } from './mail-settings.ts'
import { ChannelAtFault, DeliveryUnknown, type MailMessage, type OpenMailer } from './mailer.ts'

let server: AnsweringServer
let mailer: OpenMailer
beforeAll(async () => {
  server = await startAnsweringServer()
})
afterAll(() => server.close())
beforeEach(() => {
  server.seen.length = 0
  mailer = open()
})

const open = (timeoutMs = 10_000) =>
  createMailer(
    mailSettings({
      MAIL_URL: `mandrill://127.0.0.1:${server.port}`,
      MAIL_API_KEY: 'md-secret',
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

const recipient = (more: object) => [{ email: 'ana@student.example', _id: 'md-1', reject_reason: null, ...more }]
const problem = (code: number, name: string) => ({ status: 'error', code, name, message: `because of ${name}` })

/** Whatever is thrown, the key that travels in the body is in none of its words. */
async function refused(run: Promise<unknown>): Promise<Error> {
  const error = await failure(run)
  const words = JSON.stringify([error.message, error.stack, String(error.cause), { ...error }])
  expect(words).not.toContain('md-secret')
  return error
}

describe('Mailchimp Transactional', () => {
  test('asks what is documented, with the key in the body', async () => {
    server.answer = json(200, recipient({ status: 'sent' }))
    await expect(mailer.send(message())).resolves.toEqual({ providerId: 'md-1' })
    const [asked] = server.seen
    expect([asked?.method, asked?.url]).toEqual(['POST', '/api/1.4/messages/send'])
    expect(JSON.parse(asked?.body ?? '')).toEqual({
      key: 'md-secret',
      message: {
        from_email: 'no-reply@academy.example',
        from_name: 'Academy',
        to: [{ email: 'ana@student.example', name: 'Ana', type: 'to' }],
        subject: 'Nova atividade',
        html: '<p>texto</p>',
        text: 'texto',
        metadata: { key: '0198c0de-0000-7000-8000-000000000001' },
        tags: ['new-class-activity'],
      },
      async: false,
    })
  })

  test.each([
    ['scheduled', {}],
    ['queued', {}],
    ['queued', { queued_reason: 'sending-backlogged' }],
    ['queued', { queued_reason: 'multiple-recipients' }],
  ])('200 %s %j: accepted', async (status, more) => {
    server.answer = json(200, recipient({ status, ...more }))
    await expect(mailer.send(message())).resolves.toEqual({ providerId: 'md-1' })
  })

  test.each([
    ['rejected', 'hard-bounce'],
    ['rejected', 'unsub'],
    ['invalid', null],
  ])('200 %s (%s): refused for good', async (status, reason) => {
    server.answer = json(200, recipient({ status, reject_reason: reason }))
    const error = await refused(mailer.send(message()))
    expect(error).toBeInstanceOf(Rejected)
    expect(error).not.toBeInstanceOf(ChannelAtFault)
    expect(error).toMatchObject({ retryable: false })
  })

  test.each(['hourly-quota-exhausted', 'sending-suspended', 'account-suspended'])(
    '200 queued because of %s is no delivery: it waits, is asked after, and never sent a second time',
    async (reason) => {
      server.answer = json(200, recipient({ status: 'queued', queued_reason: reason }))
      const error = await refused(mailer.send(message()))
      expect(error).toBeInstanceOf(ChannelAtFault)
      expect(error).toMatchObject({ retryable: true, countsAsFailure: false })
      expect(error.message).toContain(reason)

      server.answer = json(200, { _id: 'md-1', state: 'queued' })
      expect(await refused(mailer.send(message()))).toBeInstanceOf(ChannelAtFault)
      server.answer = json(500, problem(-1, 'GeneralError'))
      expect(await refused(mailer.send(message()))).toBeInstanceOf(ChannelAtFault)
      server.answer = json(200, { _id: 'md-1', state: 'sent' })
      await expect(mailer.send(message())).resolves.toEqual({ providerId: 'md-1' })
      expect(server.seen.map(({ url }) => url.split('/').at(-1))).toEqual(['send', 'info', 'info', 'info'])
      expect(JSON.parse(server.seen[1]?.body ?? '')).toEqual({ key: 'md-secret', id: 'md-1' })
    },
  )

  test('held, and in the end refused', async () => {
    server.answer = json(200, recipient({ status: 'queued', queued_reason: 'sending-suspended' }))
    await refused(mailer.send(message()))
    server.answer = json(200, { _id: 'md-1', state: 'rejected' })
    expect(await refused(mailer.send(message()))).toMatchObject({ retryable: false })
  })

  test('code −2 by its name: ValidationError is final, ServiceUnavailable is not', async () => {
    server.answer = json(500, problem(-2, 'ValidationError'))
    const final = await refused(mailer.send(message()))
    expect(final).toBeInstanceOf(Rejected)
    expect(final).toMatchObject({ retryable: false })
    server.answer = json(500, problem(-2, 'ServiceUnavailable'))
    const passing = await refused(mailer.send(message()))
    expect(passing).toBeInstanceOf(Rejected)
    expect(passing).toMatchObject({ retryable: true, countsAsFailure: true })
  })

  test.each([
    [401, -1, 'Invalid_Key'],
    [500, -1, 'Invalid_Key'],
    [402, -99, 'PaymentRequired'],
    [403, -1, 'Forbidden'],
    [404, -1, 'NotFound'],
  ])('%i %i %s: the channel is at fault', async (status, code, name) => {
    server.answer = json(status, problem(code, name))
    expect(await refused(mailer.send(message()))).toBeInstanceOf(ChannelAtFault)
  })

  test('Unknown_Subaccount: final', async () => {
    server.answer = json(404, problem(12, 'Unknown_Subaccount'))
    const error = await refused(mailer.send(message()))
    expect(error).toMatchObject({ retryable: false })
    expect(error).not.toBeInstanceOf(ChannelAtFault)
  })

  test.each([
    [429, { 'retry-after': '9' }, 9_000],
    [500, {}, undefined],
  ])('RequestLimitExceeded as %i: later, and no failure counted', async (status, headers, retryAfterMs) => {
    server.answer = json(status, problem(-6, 'RequestLimitExceeded'), headers as Record<string, string>)
    const error = await refused(mailer.send(message()))
    expect(error).toMatchObject({ retryable: true, countsAsFailure: false, retryAfterMs })
  })

  test.each([500, 502, 503, 504, 408])('%i without a name we know: unknown', async (status) => {
    server.answer = json(status, problem(-1, 'GeneralError'))
    expect(await refused(mailer.send(message()))).toBeInstanceOf(DeliveryUnknown)
  })

  test.each([
    ['an object instead of the array', {}],
    ['an empty array', []],
    ['a status that nobody documents', recipient({ status: 'postponed' })],
    ['no id', [{ status: 'sent' }]],
  ])('200 with %s: unknown', async (_name, body) => {
    server.answer = json(200, body)
    expect(await refused(mailer.send(message()))).toBeInstanceOf(DeliveryUnknown)
  })

  test('a lost connection, or no answer in time: unknown', async () => {
    server.answer = cut
    expect(await refused(mailer.send(message()))).toBeInstanceOf(DeliveryUnknown)
    server.answer = () => {}
    expect(await refused(open(150).send(message()))).toBeInstanceOf(DeliveryUnknown)
  })

  test('nobody listens: certainly not sent', async () => {
    const closed = await startAnsweringServer()
    await closed.close()
    const settings = {
      MAIL_URL: `mandrill://127.0.0.1:${closed.port}`,
      MAIL_API_KEY: 'md-secret',
      MAIL_FROM: 'a@b.example',
    }
    const error = await refused(createMailer(mailSettings(settings)).send(message()))
    expect(error).toBeInstanceOf(Rejected)
    expect(error).toMatchObject({ retryable: true })
  })
})
