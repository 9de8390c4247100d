/**
 * The provider over SMTP. Every answer of the simulator is given to the end of the content, when the key (the Message-ID) is known:
 * RFC 5321 §4.2.5 lets a server refuse there for any reason, and the client must take it as "not handed over".
 */
import type { Socket } from 'node:net'
import { type AddressObject, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { deliver, type Statuses } from './deliver.ts'
import type { Address, Draft } from './message.ts'
import type { MailStore } from './store.ts'

const STATUSES: Statuses = {
  accepted: 250,
  duplicate: 250,
  down: 421,
  'rate-limit': 451,
  unavailable: 451,
  address: 550,
}

const CONTENT_BYTES_MAX = 5 * 1024 * 1024

export function smtpProvider(store: MailStore, options: { wait: (ms: number) => Promise<void> }): SMTPServer {
  const sockets = new Map<string, Socket>()

  const server = new SMTPServer({
    name: 'mailbox.localhost',
    banner: 'development mailbox',
    size: CONTENT_BYTES_MAX,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    authOptional: true,
    allowInsecureAuth: true,
    closeTimeout: 1_000,
    onAuth: (auth, _session, callback) => callback(null, { user: auth.username ?? 'anyone' }),
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        if (stream.sizeExceeded) return callback(reply(552, '5.3.4 Message too big'))
        const recipients = session.envelope.rcptTo.map((address) => address.address)
        answer(Buffer.concat(chunks), recipients).then(
          (text) => {
            if (text === undefined) sockets.get(peer(session.remoteAddress, session.remotePort))?.destroy()
            else callback(null, text)
          },
          (error: Error) => callback(error),
        )
      })
    },
  })

  // smtp-server hides the socket from its session; cutting a connection without a word needs it.
  server.server.on('connection', (socket) => {
    const name = peer(socket.remoteAddress ?? '', socket.remotePort ?? 0)
    sockets.set(name, socket)
    socket.once('close', () => sockets.delete(name))
  })
  server.on('error', () => {}) // a client that went away; the session is over, the server is not

  /** The text of a 250, or undefined: no answer. Refusals are thrown. */
  async function answer(content: Buffer, recipients: string[]): Promise<string | undefined> {
    const verdict = await deliver(store, await parse(content, recipients), STATUSES, options.wait)
    switch (verdict.kind) {
      case 'accepted':
        return `2.0.0 OK: queued as ${verdict.messageId}`
      case 'duplicate':
        return `2.0.0 OK: a message with this Message-ID was accepted before, queued as ${verdict.messageId}`
      case 'dropped':
        return undefined
      case 'refused':
        break
    }
    switch (verdict.refusal) {
      case 'down':
        throw reply(421, '4.3.2 Service not available, closing transmission channel')
      case 'rate-limit':
        throw reply(451, `4.7.1 Rate limit exceeded, try again in ${verdict.retryAfterSeconds} seconds`)
      case 'unavailable':
        throw reply(451, '4.3.0 Requested action aborted: local error in processing')
      case 'address':
        throw reply(550, '5.1.1 Mailbox unavailable')
    }
  }

  return server
}

const peer = (address: string, port: number) => `${address.replace(/^::ffff:/, '')} ${port}`

const reply = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode })

async function parse(content: Buffer, recipients: string[]): Promise<Draft> {
  const mail = await simpleParser(content, { skipTextToHtml: true, skipImageLinks: true })
  const named = new Map(addresses(mail.to).map((address) => [address.email.toLowerCase(), address.name]))
  const headers = mail.headerLines.map(({ line }): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  const tags = headers.filter(([name]) => name.toLowerCase() === 'x-tag').map(([, value]) => value.slice(0, 200))
  return {
    via: 'smtp',
    key: keyOf(mail.messageId),
    from: addresses(mail.from)[0] ?? { email: '', name: '' },
    // Whom the envelope names; the header only lends the names.
    to: recipients.map((email) => ({ email, name: named.get(email.toLowerCase()) ?? '' })),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html || '',
    tags: tags.slice(0, 20),
    headers,
    attachments: mail.attachments.map((attachment) => ({
      name: attachment.filename ?? '',
      type: attachment.contentType,
      bytes: attachment.size,
    })),
    source: content.toString('utf8'),
  }
}

function addresses(header: AddressObject | AddressObject[] | undefined): Address[] {
  const objects = header === undefined ? [] : Array.isArray(header) ? header : [header]
  return objects.flatMap((object) => object.value.map(({ address, name }) => ({ email: address ?? '', name })))
}

/** `<key@domain>` when the local part is a UUID, as our mailer writes it; else the whole Message-ID. */
function keyOf(messageId: string | undefined): string | null {
  if (!messageId) return null
  const whole = messageId.replace(/^<|>$/g, '')
  const local = whole.slice(0, whole.indexOf('@'))
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(local) ? local.toLowerCase() : whole.slice(0, 500)
}
