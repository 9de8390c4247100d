/**
 * E-mail over SMTP, by nodemailer's connection (not its transport: that one does not tell whether the content had begun
 * to leave when a connection broke, and this is exactly what decides between `Rejected` and `DeliveryUnknown`).
 *
 * SMTP has no idempotency key: a message whose outcome is unknown and that is sent again may arrive twice, with the same
 * Message-ID, `<key@domain>`. At-least-once, said plainly.
 *
 * Sources: RFC 5321 §4.2.1 and §4.2.5 (4yz transient, 5yz permanent; a sender that got a 4yz or 5yz reply to the end of
 * data has not handed the message over), §4.1.1.4 (before the end of data nothing is delivered), §3.8 (421 may answer
 * anything), §4.5.4.1 (retry later); RFC 3463 for enhanced codes; nodemailer `lib/errors.js` for its own codes.
 */
import { Readable } from 'node:stream'
import { Rejected } from 'cascata'
import MailComposer from 'nodemailer/lib/mail-composer'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SmtpMailSettings } from './mail-settings.ts'
import {
  ChannelAtFault,
  DeliveryUnknown,
  type MailMessage,
  type OpenMailer,
  refuseUnsendable,
  senderName,
} from './mailer.ts'

/** Connections at a time: relays limit it, and beyond a few the relay, not the network, sets the pace. */
const CONNECTIONS_MAX = 5
/** Relays hang up on idle clients after a minute or more; we do it first. */
const IDLE_CLOSE_MS = 5_000
const CONNECT_TIMEOUT_MS = 10_000

/** What nodemailer puts on its errors. */
interface SmtpError extends Error {
  code?: string
  command?: string
  responseCode?: number
  response?: string
  originalCode?: string
}

interface Line {
  connection: SMTPConnection
  used: boolean
  idleTimer?: NodeJS.Timeout
}

export function smtpMailer(settings: SmtpMailSettings): OpenMailer {
  const idle: Line[] = []
  const waiting: (() => void)[] = []
  let busy = 0
  let closed = false

  async function open(): Promise<Line> {
    const connection = new SMTPConnection({
      host: settings.host,
      port: settings.port,
      secure: settings.secure,
      requireTLS: settings.requireTls,
      name: 'localhost',
      connectionTimeout: Math.min(CONNECT_TIMEOUT_MS, settings.timeoutMs),
      greetingTimeout: Math.min(CONNECT_TIMEOUT_MS, settings.timeoutMs),
      socketTimeout: settings.timeoutMs,
    })
    try {
      await settle<void>(connection, undefined, (done) => connection.connect((error) => done(error ?? null)))
      const { auth } = settings
      if (auth) {
        await settle<void>(connection, undefined, (done) =>
          connection.login({ user: auth.user, credentials: { user: auth.user, pass: auth.password } }, (error) =>
            done(error ?? null),
          ),
        )
      }
    } catch (error) {
      connection.close()
      throw beforeContent(error as SmtpError, settings)
    }
    // An idle connection may break at any time; it is then dropped, not an error of anyone's message.
    const line: Line = { connection, used: false }
    connection.on('error', () => {})
    connection.on('end', () => forget(line))
    return line
  }

  function forget(line: Line): void {
    clearTimeout(line.idleTimer)
    const at = idle.indexOf(line)
    if (at >= 0) idle.splice(at, 1)
  }

  function release(line: Line): void {
    if (closed || line.connection.destroyed) {
      line.connection.close()
      return
    }
    line.used = true
    line.idleTimer = setTimeout(() => {
      forget(line)
      line.connection.quit()
    }, IDLE_CLOSE_MS)
    line.idleTimer.unref()
    idle.push(line)
  }

  async function sendOn(line: Line, content: Uint8Array, message: MailMessage, signal: AbortSignal): Promise<string> {
    const body = Readable.from([content])
    try {
      const info = await settle<{ response: string }>(line.connection, signal, (done) =>
        line.connection.send(
          { from: settings.from.email, to: [message.to], size: content.length },
          body,
          (error, sent) => done(error ?? null, sent as { response: string }),
        ),
      )
      release(line)
      return info.response
    } catch (error) {
      line.connection.close()
      // The content is piped only after the server's 354; what was never read never left.
      const failure = body.readableDidRead
        ? afterContent(error as SmtpError, settings)
        : beforeContent(error as SmtpError, settings)
      body.destroy()
      throw Object.assign(failure, { stale: line.used && !body.readableDidRead && !(error as SmtpError).responseCode })
    }
  }

  async function turn(signal: AbortSignal): Promise<void> {
    if (busy < CONNECTIONS_MAX) {
      busy++
      return
    }
    await new Promise<void>((resolve, reject) => {
      const mine = () => {
        signal.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = () => {
        waiting.splice(waiting.indexOf(mine), 1)
        reject(calledOff(signal))
      }
      signal.addEventListener('abort', giveUp, { once: true })
      waiting.push(mine)
    })
  }

  function nextTurn(): void {
    const next = waiting.shift()
    if (next) next()
    else busy--
  }

  return {
    async send(message) {
      refuseUnsendable(message)
      const content = await compose(settings, message)
      const timeout = AbortSignal.timeout(settings.timeoutMs)
      const signal = message.signal ? AbortSignal.any([timeout, message.signal]) : timeout
      await turn(signal)
      try {
        for (;;) {
          const line = idle.pop() ?? (await open())
          clearTimeout(line.idleTimer)
          if (line.connection.destroyed) continue
          if (signal.aborted) {
            release(line)
            throw calledOff(signal)
          }
          try {
            const response = await sendOn(line, content, message, signal)
            return { providerId: providerId(response) ?? messageId(settings, message) }
          } catch (error) {
            // The relay hung up on a connection that had been idle: nothing of this message left, so take a fresh one.
            if (!(error as { stale?: boolean }).stale || signal.aborted) throw error
          }
        }
      } finally {
        nextTurn()
      }
    },
    async close() {
      closed = true
      for (const line of idle.splice(0)) {
        clearTimeout(line.idleTimer)
        line.connection.quit()
      }
    },
  }
}

/** One step of the conversation as a promise: its callback, the connection's `error`, or the end of our patience. */
function settle<T>(
  connection: SMTPConnection,
  signal: AbortSignal | undefined,
  step: (done: (error: Error | null, value?: T) => void) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const finish = (error: Error | null, value?: T) => {
      connection.off('error', finish)
      signal?.removeEventListener('abort', abort)
      if (error) reject(error)
      else resolve(value as T)
    }
    const abort = () => finish(new Error('called off', { cause: signal?.reason }))
    connection.on('error', finish)
    signal?.addEventListener('abort', abort, { once: true })
    step(finish)
  })
}

async function compose(settings: SmtpMailSettings, message: MailMessage): Promise<Uint8Array> {
  const composer = new MailComposer({
    from: { name: senderName(message, settings.from) ?? '', address: settings.from.email },
    to: { name: message.toName ?? '', address: message.to },
    subject: message.subject,
    text: message.text,
    html: message.html,
    messageId: messageId(settings, message),
    headers: [
      { key: 'Auto-Submitted', value: 'auto-generated' }, // RFC 3834 §5: keeps vacation responders quiet
      ...(message.tags ?? []).map((tag) => ({ key: 'X-Tag', value: tag })),
    ],
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: '\r\n',
  })
  return composer.compile().build()
}

const messageId = (settings: SmtpMailSettings, message: MailMessage) =>
  `<${message.key}@${settings.from.email.slice(settings.from.email.lastIndexOf('@') + 1)}>`

/** Most relays name the queue id in the last reply ("250 2.0.0 Ok: queued as 4F9D195432"); RFC 5321 leaves the text free. */
const providerId = (response: string) => /queued as\s+<?([^\s<>]+)>?/i.exec(response)?.[1]

/** No byte of the content left, so whatever went wrong, the message was not accepted. */
function beforeContent(error: SmtpError, settings: SmtpMailSettings): Error {
  const { responseCode } = error
  if (responseCode === undefined) {
    const reason = error.originalCode ?? error.code ?? error.message
    if (error.code === 'ETLS' || error.code === 'EAUTH') {
      return new ChannelAtFault(`${settings.host} (${reason}).`, { cause: error })
    }
    return new Rejected(`No message was handed to ${settings.host}:${settings.port} (${reason}).`, {
      retryable: true,
      cause: error,
    })
  }
  // Greeting, EHLO, STARTTLS and AUTH speak of the channel; MAIL FROM, RCPT TO and DATA of the message.
  const aboutMessage = error.command === 'RCPT TO' || error.command === 'DATA' || error.command === 'MAIL FROM'
  const channel = responseCode >= 500 && (!aboutMessage || responseCode === 530 || responseCode === 535)
  if (channel) return new ChannelAtFault(`${settings.host} said ${error.response}`, { cause: error })
  return refusal(error)
}

/** The content left, at least in part: only the server's own reply to it is certain. */
function afterContent(error: SmtpError, settings: SmtpMailSettings): Error {
  if (error.responseCode !== undefined && error.responseCode >= 400) return refusal(error)
  return new DeliveryUnknown(
    `The connection to ${settings.host} was lost after the content had begun to leave (${error.originalCode ?? error.code ?? error.message}).`,
    { cause: error },
  )
}

function refusal(error: SmtpError): Rejected {
  const response = (error.response ?? '').slice(0, 500)
  // 503 (bad sequence of commands) speaks of the session, so a new one may succeed.
  const retryable = (error.responseCode ?? 0) < 500 || error.responseCode === 503
  const retryAfterMs = retryable ? delayNamedIn(response) : undefined
  return new Rejected(`The mail server refused the message: ${response}`, {
    retryable,
    // With a delay it is a rate limit, not a failure of ours.
    ...(retryAfterMs === undefined ? {} : { retryAfterMs, countsAsFailure: false }),
    cause: error,
  })
}

/**
 * "451 4.7.1 Greylisted, please try again in 300 seconds", "421 Try again in 5 minutes", "Retry-After: 30". There is no
 * standard for it; these are the forms that Postgrey, Exchange and our own mailbox use.
 */
function delayNamedIn(response: string): number | undefined {
  const match =
    /(?:retry[- ]after|(?:try|retry) (?:again )?(?:in|after)):?\s+(\d{1,6})\s*(s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?)?\b/i.exec(
      response,
    )
  if (!match) return undefined
  const unit = match[2]?.[0]?.toLowerCase()
  return Number(match[1]) * (unit === 'h' ? 3_600_000 : unit === 'm' ? 60_000 : 1000)
}

const calledOff = (signal: AbortSignal) =>
  new Rejected('Sending was called off, or waited too long, before the message left.', {
    retryable: true,
    countsAsFailure: false,
    cause: signal.reason,
  })
