/** The whole mailbox over real HTTP and SMTP, asked by the application's own mailers. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Rejected } from 'cascata'
import { createTransport } from 'nodemailer'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createMailer } from '../platform/mail/create-mailer.ts'
import { mailSettings } from '../platform/mail/mail-settings.ts'
import { DeliveryUnknown, type MailMessage, type OpenMailer } from '../platform/mail/mailer.ts'
import { DEFAULT_SIMULATOR, type SimulatorSettings } from './simulator.ts'
import { type Mailbox, startMailbox } from './start-mailbox.ts'

// Sixty mails in a row over loopback take seconds on a machine that does other things as well.
vi.setConfig({ testTimeout: 30_000 })

let folder: string
let mailbox: Mailbox
let mailers: Record<'http' | 'smtp', OpenMailer>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailbox-'))
  mailbox = await startMailbox({ data: folder, port: 0, smtpPort: 0 })
  const env = { MAIL_FROM: 'Academy <no-reply@academy.example>', MAIL_API_KEY: 'any', MAIL_TIMEOUT_MS: '5000' }
  mailers = {
    http: createMailer(mailSettings({ ...env, MAIL_URL: `mail+${mailbox.url}` })),
    smtp: createMailer(mailSettings({ ...env, MAIL_URL: `smtp://127.0.0.1:${mailbox.smtpPort}` })),
  }
})
afterEach(async () => {
  await Promise.all([mailers.http.close(), mailers.smtp.close()])
  await mailbox.close()
  await rm(folder, { recursive: true, force: true })
})

const message = (more: Partial<MailMessage> = {}): MailMessage => ({
  to: 'ana@student.example',
  toName: 'Ana Conceição',
  subject: 'Nova atividade: ação',
  text: 'Olá, Ana.',
  html: '<p>Olá, Ana.</p>',
  key: randomUUID(),
  tags: ['new-class-activity', 'inst-1'],
  ...more,
})

async function get<T = Record<string, unknown>>(path: string): Promise<T> {
  const response = await fetch(mailbox.url + path)
  expect(response.status).toBe(200)
  return (await response.json()) as T
}

async function simulate(settings: Partial<SimulatorSettings>): Promise<void> {
  const response = await fetch(`${mailbox.url}/api/simulator`, { method: 'PUT', body: JSON.stringify(settings) })
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ ...DEFAULT_SIMULATOR, ...settings })
}

async function failure(run: Promise<unknown>): Promise<Error> {
  return run.then(
    (value) => Promise.reject(new Error(`it succeeded: ${JSON.stringify(value)}`)),
    (error: Error) => error,
  )
}

type Listed = {
  items: { id: string; key: string; subject: string; attempts: { total: number } }[]
  next: string | null
}

describe.each(['http', 'smtp'] as const)('the provider over %s', (via) => {
  const send = (of: MailMessage) => mailers[via].send(of)

  test('keeps what it accepts, with its words whole', async () => {
    const sent = message()
    const { providerId } = await send(sent)
    const { items } = await get<Listed>('/api/messages')
    expect(items).toHaveLength(1)
    const stored = await get(`/api/messages/${items[0]?.id}`)
    expect(stored).toMatchObject({
      via,
      key: sent.key,
      from: { email: 'no-reply@academy.example', name: 'Academy' },
      to: [{ email: sent.to, name: sent.toName }],
      subject: sent.subject,
      tags: sent.tags,
      attempts: [{ n: 1, outcome: 'accepted', status: via === 'http' ? 201 : 250 }],
    })
    expect(String(stored['text']).trim()).toBe(sent.text)
    expect(String(stored['html']).trim()).toBe(sent.html)
    expect(String(stored['messageId'])).toContain(providerId.replace(/[<>]/g, ''))
    expect(String(stored['source']).length).toBeGreaterThan(100)
  })

  test('a key is stored once, however often and however concurrently it comes', async () => {
    const sent = message()
    const answers = await Promise.all(Array.from({ length: 12 }, () => send(sent)))
    expect(new Set(answers.map((answer) => answer.providerId)).size).toBe(1)
    expect(await get('/api/counts')).toEqual({
      messages: 1,
      keys: 1,
      attempts: { total: 12, accepted: 1, duplicate: 11, dropped: 0, rejected: 0 },
      kept: 1,
    })
    const state = await get<{ attempts: { n: number }[] }>(`/api/keys/${sent.key}`)
    expect(state.attempts.map((attempt) => attempt.n).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, n) => n + 1),
    )
  })

  test('down: nothing is stored', async () => {
    await simulate({ mode: 'down' })
    const error = await failure(send(message()))
    // A 503 may have been made up by a proxy; a 421 comes from the server itself.
    if (via === 'http') expect(error).toBeInstanceOf(DeliveryUnknown)
    else expect(error).toMatchObject({ name: 'Rejected', retryable: true })
    expect(await get('/api/counts')).toMatchObject({ messages: 0, keys: 1, attempts: { rejected: 1 } })
  })

  test('rate-limit: says for how long', async () => {
    await simulate({ mode: 'rate-limit', retryAfterSeconds: 9 })
    const error = await failure(send(message()))
    expect(error).toBeInstanceOf(Rejected)
    expect(error).toMatchObject({ retryable: true, retryAfterMs: 9_000, countsAsFailure: false })
  })

  test('an address that is refused for good, and only this one', async () => {
    await simulate({ rejectAddresses: ['ana@student.example', '*@gone.example'] })
    for (const to of ['ana@student.example', 'bruno@gone.example']) {
      const error = await failure(send(message({ to })))
      expect(error).toBeInstanceOf(Rejected)
      expect(error).toMatchObject({ retryable: false })
    }
    await send(message({ to: 'carla@student.example' }))
    expect(await get('/api/counts')).toMatchObject({ messages: 1, attempts: { rejected: 2, accepted: 1 } })
  })

  test('failNext counts down, and the page can read what is left', async () => {
    await simulate({ failNext: 2 })
    const sent = message()
    await failure(send(sent))
    expect(await get('/api/simulator')).toMatchObject({ failNext: 1 })
    await failure(send(sent))
    await send(sent)
    expect(await get('/api/simulator')).toMatchObject({ failNext: 0 })
    expect(await get(`/api/keys/${sent.key}`)).toMatchObject({ counts: { total: 3, rejected: 2, accepted: 1 } })
  })

  test('drop-after-accept: unknown to the sender, once; the same key then finds the message', async () => {
    await simulate({ mode: 'drop-after-accept', percent: 100 })
    const sent = message()
    expect(await failure(send(sent))).toBeInstanceOf(DeliveryUnknown)
    expect(await get('/api/counts')).toMatchObject({ messages: 1, attempts: { dropped: 1, accepted: 0 } })
    await send(sent)
    expect(await get('/api/counts')).toMatchObject({ messages: 1, attempts: { dropped: 1, duplicate: 1 } })
  })

  test('slow: a sender without patience does not know, yet the message arrives', async () => {
    await simulate({ mode: 'slow', delayMs: 3_000 })
    const impatient = createMailer(
      mailSettings({
        MAIL_FROM: 'no-reply@academy.example',
        MAIL_API_KEY: 'any',
        MAIL_TIMEOUT_MS: '1500', // a busy machine has sent it by then
        MAIL_URL: via === 'http' ? `mail+${mailbox.url}` : `smtp://127.0.0.1:${mailbox.smtpPort}`,
      }),
    )
    const stream = await listen()
    expect(await failure(impatient.send(message()))).toBeInstanceOf(DeliveryUnknown)
    expect(await stream.next('message')).toMatchObject({ via })
    await impatient.close()
  })

  test('fail-percent: the same seed fails the same attempts, whatever the concurrency', async () => {
    await simulate({ mode: 'fail-percent', percent: 35, seed: 11 })
    const keys = Array.from({ length: 40 }, () => randomUUID())
    const round = async (order: string[], atOnce: boolean) => {
      const outcome = async (key: string) =>
        send(message({ key })).then(
          () => [key, true] as const,
          () => [key, false] as const,
        )
      const results: (readonly [string, boolean])[] = []
      if (atOnce) results.push(...(await Promise.all(order.map(outcome))))
      else for (const key of order) results.push(await outcome(key))
      return Object.fromEntries([...results].sort(([a], [b]) => a.localeCompare(b)))
    }
    const first = await round(keys, true)
    expect(new Set(Object.values(first)).size).toBe(2)
    expect((await fetch(`${mailbox.url}/api/messages`, { method: 'DELETE' })).status).toBe(204)
    expect(await round([...keys].reverse(), false)).toEqual(first)
  })
})

test('HTTP and SMTP know the same keys', async () => {
  const sent = message()
  await mailers.http.send(sent)
  await mailers.smtp.send(sent)
  expect(await get('/api/counts')).toMatchObject({ messages: 1, attempts: { accepted: 1, duplicate: 1 } })
})

test('counts by tag', async () => {
  await mailers.http.send(message({ tags: ['a'] }))
  await mailers.http.send(message({ tags: ['a', 'b'] }))
  expect(await get('/api/counts?tag=a')).toMatchObject({ messages: 2, keys: 2, attempts: { total: 2 } })
  expect(await get('/api/counts?tag=b')).toMatchObject({ messages: 1 })
  expect(await get('/api/counts?tag=c')).toMatchObject({ messages: 0 })
})

test('SMTP from another client: attachments, no key of ours, several recipients', async () => {
  const other = createTransport({ host: '127.0.0.1', port: mailbox.smtpPort, auth: { user: 'any', pass: 'any' } })
  await other.sendMail({
    from: 'x@y.example',
    to: ['Ana <ana@student.example>', 'bruno@student.example'],
    subject: 'Plain',
    text: 'only text',
    messageId: '<something@elsewhere>',
    attachments: [{ filename: 'note.txt', content: 'hello' }],
  })
  other.close()
  const { items } = await get<Listed>('/api/messages?to=bruno@student.example')
  expect(await get(`/api/messages/${items[0]?.id}`)).toMatchObject({
    key: 'something@elsewhere',
    html: '',
    to: [{ email: 'ana@student.example', name: 'Ana' }, { email: 'bruno@student.example' }],
    attachments: [{ name: 'note.txt', type: 'text/plain', bytes: 5 }],
  })
})

test.each([
  ['no api-key', {}, {}, 401, 'unauthorized'],
  ['not JSON', { 'api-key': 'k' }, 'nonsense', 400, 'invalid_parameter'],
  [
    'no recipient',
    { 'api-key': 'k' },
    { sender: { email: 'a@b' }, subject: 's', textContent: 't' },
    400,
    'invalid_parameter',
  ],
  [
    'no content',
    { 'api-key': 'k' },
    { sender: { email: 'a@b' }, to: [{ email: 'a@b' }], subject: 's' },
    400,
    'invalid_parameter',
  ],
  [
    'a key that is no UUID',
    { 'api-key': 'k' },
    {
      sender: { email: 'a@b' },
      to: [{ email: 'a@b' }],
      subject: 's',
      textContent: 't',
      headers: { idempotencyKey: 'x' },
    },
    400,
    'invalid_parameter',
  ],
  [
    'too large',
    { 'api-key': 'k' },
    { sender: { email: 'a@b' }, to: [{ email: 'a@b' }], subject: 's', textContent: 't'.repeat(6_000_000) },
    413,
    'invalid_parameter',
  ],
])('the HTTP API refuses: %s', async (_name, headers, body, status, code) => {
  const response = await fetch(`${mailbox.url}/v3/smtp/email`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ code })
  expect(await get('/api/counts')).toMatchObject({ attempts: { total: 0 } })
})

test('what the JSON API refuses is a problem that names the fields', async () => {
  const put = await fetch(`${mailbox.url}/api/simulator`, {
    method: 'PUT',
    body: JSON.stringify({ mode: 'broken', percent: 200, nope: 1 }),
  })
  expect(put.status).toBe(422)
  expect(put.headers.get('content-type')).toContain('application/problem+json')
  expect(await put.json()).toMatchObject({
    status: 422,
    code: 'invalid',
    errors: [{ field: 'mode' }, { field: 'percent', code: 'too_big' }, { field: 'nope', code: 'unrecognized' }],
  })
  expect(await get('/api/simulator')).toEqual(DEFAULT_SIMULATOR)
  for (const path of ['/api/messages?limit=0', '/api/messages?after=x', '/api/messages?unknown=1']) {
    expect((await fetch(mailbox.url + path)).status).toBe(422)
  }
  for (const path of ['/api/messages/99', '/api/keys/none', '/nothing', '/mailbox/99/html']) {
    expect((await fetch(mailbox.url + path)).status).toBe(404)
  }
})

test('the same API answers below the page, for a proxy', async () => {
  await mailers.http.send(message())
  expect(await get('/mailbox/api/counts')).toMatchObject({ messages: 1 })
  expect(await get('/health')).toMatchObject({ status: 'ok', messages: 1, simulator: 'ok' })
})

test('a name that is not of this machine is refused: DNS rebinding', async () => {
  const status = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const asked = request(
        { host: '127.0.0.1', port: mailbox.port, path: '/api/messages', headers: { host } },
        (response) => {
          response.resume()
          resolve(response.statusCode)
        },
      )
      asked.on('error', reject).end()
    })
  expect(await status('evil.example')).toBe(403)
  expect(await status('evil.example:3025')).toBe(403)
  expect(await status(`localhost:${mailbox.port}`)).toBe(200)
})

test('the stream tells of messages at once, and a reconnect misses none', async () => {
  const live = await listen()
  await mailers.http.send(message({ subject: 'first' }))
  expect(await live.next('message')).toMatchObject({ id: '1', subject: 'first' })
  expect(await live.next('attempt')).toMatchObject({ n: 1, outcome: 'accepted' })
  await mailers.http.send(message({ subject: 'second' }))
  await mailers.http.send(message({ subject: 'third' }))
  const again = await listen({ 'last-event-id': '1' })
  expect(await again.next('message')).toMatchObject({ id: '2', subject: 'second' })
  expect(await again.next('message')).toMatchObject({ id: '3', subject: 'third' })
  await simulate({ mode: 'down' })
  expect(await again.next('simulator')).toMatchObject({ mode: 'down' })
  await fetch(`${mailbox.url}/api/messages`, { method: 'DELETE' })
  expect(await again.next('cleared')).toEqual({})
})

test('closing does not wait for clients that hold on', async () => {
  const stream = await listen()
  await simulate({ mode: 'slow', delayMs: 60_000 })
  const sent = message()
  const slow = failure(mailers.http.send(sent))
  await expect.poll(async () => (await fetch(`${mailbox.url}/api/keys/${sent.key}`)).status).toBe(200)
  await mailbox.close()
  expect(await slow).toBeInstanceOf(DeliveryUnknown)
  await expect(stream.next('message')).rejects.toThrow()
  mailbox = await startMailbox({ data: folder, port: 0, smtpPort: 0 })
  expect(await get('/api/simulator')).toMatchObject({ mode: 'slow' })
})

/** A stream that is listening (its "ready" has come) by the time this resolves; `next` waits for an event of a kind. */
async function listen(headers: Record<string, string> = {}): Promise<{ next(kind: string): Promise<unknown> }> {
  const response = await fetch(`${mailbox.url}/api/stream`, { headers })
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const next = async (kind: string) => {
    for (;;) {
      const match = new RegExp(`event: ${kind}\\ndata: (.*)\\n`).exec(text)
      if (match) {
        text = text.slice(match.index + match[0].length)
        return JSON.parse(match[1] ?? '')
      }
      const { value, done } = await reader.read()
      if (done) throw new Error(`the stream ended without "${kind}"`)
      text += value
    }
  }
  await next('ready')
  return { next }
}
