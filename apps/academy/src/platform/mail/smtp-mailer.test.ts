/** Against a real SMTP server on the loopback that answers as told, and a bare socket where a server would be too polite. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { Rejected } from 'cascata'
import { simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ChannelAtFault, DeliveryUnknown, type MailMessage, type OpenMailer } from './mailer.ts'
import { smtpMailer } from './smtp-mailer.ts'

vi.setConfig({ testTimeout: 30_000 })

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

const key = '0198c0de-0000-7000-8000-000000000001'

const message = (more: Partial<MailMessage> = {}): MailMessage => ({
  to: 'ana@student.example',
  toName: 'Ana Conceição',
  subject: 'Nova atividade: ação',
  text: 'texto\n.ponto',
  html: '<p>texto ação</p>',
  key,
  tags: ['new-class-activity', 'inst-1'],
  ...more,
})

function mailer(
  port: number,
  more: { timeoutMs?: number; auth?: { user: string; password: string } } = {},
): OpenMailer {
  const opened = smtpMailer({
    transport: 'smtp',
    host: '127.0.0.1',
    port,
    secure: false,
    requireTls: false,
    from: { email: 'no-reply@academy.example', name: 'Academy' },
    timeoutMs: 10_000,
    ...more,
  })
  closers.push(() => void opened.close())
  return opened
}

async function relay(options: SMTPServerOptions): Promise<{ port: number; connections: () => number }> {
  let connections = 0
  const server = new SMTPServer({ disabledCommands: ['STARTTLS'], authOptional: true, closeTimeout: 100, ...options })
  server.on('error', () => {})
  server.server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  return { port: (server.server.address() as AddressInfo).port, connections: () => connections }
}

/** Accepts, reading all of it. */
const accepting = (contents: Buffer[] = [], text = 'OK: queued as 4F9D195432'): SMTPServerOptions => ({
  onData(stream, _session, callback) {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      contents.push(Buffer.concat(chunks))
      callback(null, text)
    })
  },
})

const says = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode })

/** Speaks just enough SMTP to reach a step, and then does what the test says with the socket. */
async function bareRelay(
  step: 'connect' | 'rcpt' | 'data' | 'content',
  then: (socket: Socket) => void,
): Promise<number> {
  const server: Server = createServer((socket) => {
    let inContent = false
    socket.on('error', () => {})
    if (step === 'connect') return then(socket)
    socket.write('220 bare\r\n')
    socket.on('data', (data) => {
      for (const line of data.toString().split('\r\n')) {
        if (inContent) {
          if (line === '.') then(socket)
        } else if (/^EHLO/i.test(line)) socket.write('250 bare\r\n')
        else if (/^MAIL/i.test(line)) socket.write('250 ok\r\n')
        else if (/^RCPT/i.test(line)) step === 'rcpt' ? then(socket) : socket.write('250 ok\r\n')
        else if (/^DATA/i.test(line)) {
          if (step === 'data') return then(socket)
          inContent = true
          socket.write('354 go\r\n')
        }
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  return (server.address() as AddressInfo).port
}

async function failure(run: Promise<unknown>): Promise<Error> {
  return run.then(
    (value) => Promise.reject(new Error(`it succeeded: ${JSON.stringify(value)}`)),
    (error: Error) => error,
  )
}

describe('smtpMailer', () => {
  test('hands over a message with the key as Message-ID, and returns the queue id', async () => {
    const contents: Buffer[] = []
    const { port } = await relay(accepting(contents))
    await expect(mailer(port).send(message())).resolves.toEqual({ providerId: '4F9D195432' })
    const parsed = await simpleParser(contents[0] as Buffer)
    expect(parsed).toMatchObject({ messageId: `<${key}@academy.example>`, subject: 'Nova atividade: ação' })
    expect(parsed.to).toMatchObject({ value: [{ address: 'ana@student.example', name: 'Ana Conceição' }] })
    expect(parsed.from).toMatchObject({ value: [{ address: 'no-reply@academy.example', name: 'Academy' }] })
    expect(parsed.text?.trim()).toBe('texto\n.ponto')
    expect(parsed.html).toContain('<p>texto ação</p>')
    expect(parsed.headerLines.filter(({ key }) => key === 'x-tag').map(({ line }) => line)).toEqual([
      'X-Tag: new-class-activity',
      'X-Tag: inst-1',
    ])
  })

  test('a relay that names no id: the Message-ID stands for it', async () => {
    const { port } = await relay(accepting([], 'thank you'))
    await expect(mailer(port).send(message())).resolves.toEqual({ providerId: `<${key}@academy.example>` })
  })

  test('connections are used again, and never more than five at a time', async () => {
    const { port, connections } = await relay(accepting())
    const opened = mailer(port)
    for (let n = 0; n < 3; n++) await opened.send(message())
    expect(connections()).toBe(1)
    await Promise.all(Array.from({ length: 40 }, () => opened.send(message())))
    expect(connections()).toBeLessThanOrEqual(5)
  })

  test('a connection that the relay closed while idle costs nothing', async () => {
    const contents: Buffer[] = []
    const sockets: Socket[] = []
    const server = new SMTPServer({ disabledCommands: ['STARTTLS'], authOptional: true, ...accepting(contents) })
    server.server.on('connection', (socket: Socket) => sockets.push(socket))
    server.on('error', () => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(() => server.close())
    const opened = mailer((server.server.address() as AddressInfo).port)
    await opened.send(message())
    sockets[0]?.destroy()
    await opened.send(message())
    expect(contents).toHaveLength(2)
    expect(sockets).toHaveLength(2)
  })

  test.each([
    [421, '4.7.0 Try again in 5 minutes, closing connection', { retryAfterMs: 300_000, countsAsFailure: false }],
    [450, '4.2.0 Greylisted, please try again in 300 seconds', { retryAfterMs: 300_000, countsAsFailure: false }],
    [451, '4.7.1 Rate limit exceeded, try again in 30 seconds', { retryAfterMs: 30_000, countsAsFailure: false }],
    [451, '4.3.0 Local error in processing', { retryAfterMs: undefined, countsAsFailure: true }],
  ])('%i %s, to the content: may be tried again', async (code, text, expected) => {
    const { port } = await relay({
      onData(stream, _session, callback) {
        stream.resume()
        stream.on('end', () => callback(says(code, text)))
      },
    })
    const error = await failure(mailer(port).send(message()))
    expect(error).toBeInstanceOf(Rejected)
    expect(error).toMatchObject({ retryable: true, ...expected })
  })

  test.each([550, 553])('%i to the recipient: refused for good', async (code) => {
    const { port } = await relay({
      ...accepting(),
      onRcptTo: (_address, _session, callback) => callback(says(code, 'no such user')),
    })
    const error = await failure(mailer(port).send(message()))
    expect(error).toBeInstanceOf(Rejected)
    expect(error).not.toBeInstanceOf(ChannelAtFault)
    expect(error).toMatchObject({ retryable: false })
    expect(error.message).toContain('no such user')
  })

  test('451 to the recipient: may be tried again', async () => {
    const { port } = await relay({
      ...accepting(),
      onRcptTo: (_address, _session, callback) => callback(says(451, 'try again after 2 minutes')),
    })
    expect(await failure(mailer(port).send(message()))).toMatchObject({
      name: 'Rejected',
      retryable: true,
      retryAfterMs: 120_000,
    })
  })

  test('550 to the content: refused for good', async () => {
    const { port } = await relay({
      onData(stream, _session, callback) {
        stream.resume()
        stream.on('end', () => callback(says(550, 'looks like spam')))
      },
    })
    expect(await failure(mailer(port).send(message()))).toMatchObject({ name: 'Rejected', retryable: false })
  })

  test('wrong credentials: the channel is at fault', async () => {
    const { port } = await relay({
      ...accepting(),
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, callback) => callback(says(535, 'Authentication failed')),
    })
    const error = await failure(mailer(port, { auth: { user: 'u', password: 's3cret' } }).send(message()))
    expect(error).toBeInstanceOf(ChannelAtFault)
    expect(error).toMatchObject({ retryable: true, countsAsFailure: false })
    expect(error.message).not.toContain('s3cret')
  })

  test('554 as greeting: the channel is at fault', async () => {
    const port = await bareRelay('connect', (socket) => socket.end('554 no service here\r\n'))
    expect(await failure(mailer(port).send(message()))).toBeInstanceOf(ChannelAtFault)
  })

  test.each(['connect', 'rcpt', 'data'] as const)(
    'the connection breaks at %s, before the content: certainly not sent',
    async (step) => {
      const port = await bareRelay(step, (socket) => socket.destroy())
      const error = await failure(mailer(port).send(message()))
      expect(error).toBeInstanceOf(Rejected)
      expect(error).toMatchObject({ retryable: true })
    },
  )

  test.each([
    ['is reset', (socket: Socket) => socket.resetAndDestroy()],
    ['is closed', (socket: Socket) => socket.end()],
    ['is closed in the middle of a 250', (socket: Socket) => socket.end('25')],
  ])('the connection %s after the content: unknown', async (_name, then) => {
    const port = await bareRelay('content', then)
    const error = await failure(mailer(port).send(message()))
    expect(error).toBeInstanceOf(DeliveryUnknown)
    expect(error).not.toBeInstanceOf(Rejected)
  })

  test('no answer to the content within the time: unknown', async () => {
    const port = await bareRelay('content', () => {})
    expect(await failure(mailer(port, { timeoutMs: 200 }).send(message()))).toBeInstanceOf(DeliveryUnknown)
  })

  test('no greeting within the time: certainly not sent', async () => {
    const port = await bareRelay('connect', () => {})
    const error = await failure(mailer(port, { timeoutMs: 200 }).send(message()))
    expect(error).toMatchObject({ name: 'Rejected', retryable: true })
  })

  test('called off while the relay thinks about the content: unknown', async () => {
    const controller = new AbortController()
    const port = await bareRelay('content', () => controller.abort())
    expect(await failure(mailer(port).send(message({ signal: controller.signal })))).toBeInstanceOf(DeliveryUnknown)
  })

  test('called off while waiting for a connection: certainly not sent', async () => {
    const controller = new AbortController()
    let arrived = 0
    let allArrived = () => {}
    const five = new Promise<void>((resolve) => {
      allArrived = resolve
    })
    const port = await bareRelay('content', () => {
      if (++arrived === 5) allArrived()
    })
    const opened = mailer(port, { timeoutMs: 2_000 })
    const busy = Array.from({ length: 5 }, () => failure(opened.send(message())))
    await five
    const sixth = failure(opened.send(message({ signal: controller.signal })))
    controller.abort()
    expect(await sixth).toMatchObject({ name: 'Rejected', retryable: true, countsAsFailure: false })
    expect(arrived).toBe(5)
    for (const error of await Promise.all(busy)) expect(error).toBeInstanceOf(DeliveryUnknown)
  })

  test('nobody listens: certainly not sent', async () => {
    const port = await bareRelay('connect', () => {})
    for (const close of closers.splice(0)) close()
    const error = await failure(mailer(port).send(message()))
    expect(error).toMatchObject({ name: 'Rejected', retryable: true })
    expect(error.message).toContain('ECONNREFUSED')
  })
})
