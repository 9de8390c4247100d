/**
 * Where e-mails go, read from an environment-like object:
 *
 *     MAIL_URL       mail+http://127.0.0.1:3025    the HTTP API in Brevo's shape (mail+https:// outside this machine)
 *                    brevo://                      Brevo itself; sendgrid:// (EU: sendgrid://api.eu.sendgrid.com) and
 *                                                  mandrill:// (Mailchimp Transactional); a host after // is asked instead,
 *                                                  by https unless it is this machine
 *                    smtp://127.0.0.1:3026         SMTP, upgraded by STARTTLS where offered; smtps:// for TLS from the first byte
 *     MAIL_FROM      "Academy <no-reply@example.org>"
 *     MAIL_API_KEY   for mail+http(s), brevo, sendgrid, mandrill
 *     MAIL_USER, MAIL_PASSWORD                     for smtp(s)
 *     MAIL_TIMEOUT_MS                              for one attempt, default 30000
 *
 * Secrets are never part of the URL: URLs end up in logs.
 */

export interface HttpMailSettings {
  transport: 'http'
  /** No trailing slash; `/v3/smtp/email` is appended. */
  baseUrl: string
  apiKey: string
  from: Sender
  timeoutMs: number
}

/** A provider with an API of its own. */
export interface ProviderMailSettings extends Omit<HttpMailSettings, 'transport'> {
  transport: 'sendgrid' | 'mandrill'
}

export interface SmtpMailSettings {
  transport: 'smtp'
  host: string
  port: number
  /** TLS from the first byte. */
  secure: boolean
  /** Refuse to speak without STARTTLS: always when a password would travel outside this machine. */
  requireTls: boolean
  auth?: { user: string; password: string }
  from: Sender
  timeoutMs: number
}

export type MailSettings = HttpMailSettings | ProviderMailSettings | SmtpMailSettings

export interface Sender {
  email: string
  name?: string
}

export const MAIL_SETTINGS_ERRORS = {
  'mail-url-missing': 'Without MAIL_URL the application does not know where to send e-mail.',
  'mail-url-invalid': 'MAIL_URL is not an address of one of the transports.',
  'mail-secret-in-url': 'A secret in MAIL_URL would end up in logs.',
  'mail-secret-in-clear': 'The secret would cross the network unencrypted.',
  'mail-api-key-missing': 'Every provider with an HTTP API is signed in to with MAIL_API_KEY.',
  'mail-login-incomplete': 'MAIL_USER and MAIL_PASSWORD only make sense together.',
  'mail-from-invalid': 'MAIL_FROM is not an address such as "Academy <no-reply@example.org>".',
  'mail-timeout-invalid': 'MAIL_TIMEOUT_MS is not a whole number of milliseconds from 100 to 600000.',
} as const

export type MailSettingsErrorCode = keyof typeof MAIL_SETTINGS_ERRORS

/** A setting that cannot work: a stable `code`, what is wrong, why it matters, and the fix. Never contains a secret. */
export class MailSettingsError extends Error {
  readonly code: MailSettingsErrorCode
  readonly what: string
  readonly why: string
  readonly fix: string

  constructor(code: MailSettingsErrorCode, what: string, fix: string) {
    const why = MAIL_SETTINGS_ERRORS[code]
    super(`[${code}] ${what} ${why} Fix: ${fix}`)
    this.name = 'MailSettingsError'
    this.code = code
    this.what = what
    this.why = why
    this.fix = fix
  }
}

const FORMS =
  'brevo://, sendgrid://, mandrill://, mail+http://host:port, mail+https://host, smtp://host:port or smtps://host'
const SCHEMES = new Set(['mail+http:', 'mail+https:', 'smtp:', 'smtps:'])

/** Providers by scheme, with the host that answers unless the address names another. */
const PROVIDERS: Readonly<Record<string, { transport: 'http' | 'sendgrid' | 'mandrill'; host: string }>> = {
  'brevo:': { transport: 'http', host: 'api.brevo.com' },
  'sendgrid:': { transport: 'sendgrid', host: 'api.sendgrid.com' },
  'mandrill:': { transport: 'mandrill', host: 'mandrillapp.com' },
}

export function mailSettings(env: Readonly<Record<string, string | undefined>>): MailSettings {
  const text = env['MAIL_URL']?.trim()
  if (!text) throw new MailSettingsError('mail-url-missing', 'MAIL_URL is not set.', `set it to ${FORMS}.`)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && (url.username || url.password || url.search || url.hash)) {
    throw new MailSettingsError(
      'mail-secret-in-url',
      'MAIL_URL contains a user name, a password or a query.',
      'use MAIL_API_KEY, or MAIL_USER and MAIL_PASSWORD.',
    )
  }
  const provider = url && PROVIDERS[url.protocol]
  if (!url || !(provider || (SCHEMES.has(url.protocol) && url.hostname))) {
    throw new MailSettingsError('mail-url-invalid', `MAIL_URL is "${text}".`, `use ${FORMS}.`)
  }
  const shared = { from: sender(env['MAIL_FROM']), timeoutMs: timeout(env['MAIL_TIMEOUT_MS']) }
  if (provider) {
    const protocol = isLoopback(url.hostname) ? 'http' : 'https'
    const baseUrl = `${protocol}://${url.host || provider.host}${url.pathname.replace(/\/+$/, '')}`
    return { transport: provider.transport, baseUrl, apiKey: apiKeyOf(env), ...shared }
  }
  return url.protocol.startsWith('mail+') ? http(url, env, shared) : smtp(url, env, shared)
}

type Shared = { from: Sender; timeoutMs: number }

function http(url: URL, env: Readonly<Record<string, string | undefined>>, shared: Shared): HttpMailSettings {
  const apiKey = apiKeyOf(env)
  const protocol = url.protocol.slice('mail+'.length)
  if (protocol === 'http:' && !isLoopback(url.hostname) && !isLocalName(url.hostname)) {
    throw new MailSettingsError(
      'mail-secret-in-clear',
      `MAIL_URL sends MAIL_API_KEY to ${url.hostname} over plain HTTP.`,
      'use mail+https://.',
    )
  }
  return {
    transport: 'http',
    baseUrl: `${protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`,
    apiKey,
    ...shared,
  }
}

function apiKeyOf(env: Readonly<Record<string, string | undefined>>): string {
  const apiKey = env['MAIL_API_KEY']?.trim()
  if (apiKey) return apiKey
  throw new MailSettingsError(
    'mail-api-key-missing',
    'MAIL_API_KEY is not set.',
    'set it to the key of your provider; the development mailbox takes any.',
  )
}

function smtp(url: URL, env: Readonly<Record<string, string | undefined>>, shared: Shared): SmtpMailSettings {
  if (url.pathname !== '' && url.pathname !== '/') {
    throw new MailSettingsError(
      'mail-url-invalid',
      `MAIL_URL has a path ("${url.pathname}").`,
      'an SMTP address has none.',
    )
  }
  const user = env['MAIL_USER']
  const password = env['MAIL_PASSWORD']
  if (Boolean(user) !== Boolean(password)) {
    throw new MailSettingsError(
      'mail-login-incomplete',
      `${user ? 'MAIL_PASSWORD' : 'MAIL_USER'} is not set.`,
      'set both, or neither.',
    )
  }
  const secure = url.protocol === 'smtps:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return {
    transport: 'smtp',
    host,
    port: url.port ? Number(url.port) : secure ? 465 : 587,
    secure,
    requireTls: !secure && Boolean(user) && !isLoopback(url.hostname) && !isLocalName(url.hostname),
    ...(user && password ? { auth: { user, password } } : {}),
    ...shared,
  }
}

function sender(text = ''): Sender {
  const match = /^\s*(?:"?([^"<>\r\n]*?)"?\s*<([^<>\s@]+@[^<>\s@]+)>|([^<>\s@]+@[^<>\s@]+))\s*$/.exec(text)
  const email = match?.[2] ?? match?.[3]
  if (!email) {
    throw new MailSettingsError(
      'mail-from-invalid',
      text.trim() ? `MAIL_FROM is "${text}".` : 'MAIL_FROM is not set.',
      'set it to an address that your provider has verified.',
    )
  }
  return match?.[1] ? { email, name: match[1] } : { email }
}

function timeout(text: string | undefined): number {
  if (text === undefined || text.trim() === '') return 30_000
  const ms = Number(text)
  if (!Number.isInteger(ms) || ms < 100 || ms > 600_000) {
    throw new MailSettingsError('mail-timeout-invalid', `MAIL_TIMEOUT_MS is "${text}".`, 'leave it out for 30000.')
  }
  return ms
}

const isLoopback = (host: string) => host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host)

/** A single label, as containers are called on a private network of one machine ("mailbox"); public names have a dot. */
const isLocalName = (host: string) => /^[a-z0-9-]+$/i.test(host) && !/^\d+$/.test(host)
