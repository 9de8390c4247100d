/** The processes of the system, with what each is told through its environment. */
import { randomBytes } from 'node:crypto'
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import { REFUSED_ADDRESS } from '../../apps/academy/src/demo/people.ts'
import { VITE, WEB } from './pages.ts'
import { ROOT, type StartSettings } from './settings.ts'
import { type Change, Supervised } from './supervised.ts'

export interface Addresses {
  databaseUrl: string
  mailboxPort: number
  mailboxSmtpPort: number
  paymentGatewayPort: number
  /** Where the API listens: the public port, or behind the reloading client. */
  apiPort: number
}

/** What the payment gateway signs its messages with, known to it and to the API, for as long as they run. */
const CALLBACK_SECRET = `whsec_${randomBytes(32).toString('base64')}`

/**
 * What the academy's own programs read. What somebody has set (MAIL_URL, say) stays as it is. For one developer on one
 * machine the start asks for what is dangerous elsewhere.
 */
function environment(settings: StartSettings, addresses: Addresses): NodeJS.ProcessEnv {
  const { kind, isPublic, isDemonstration, hasMailProvider } = settings
  const isDevelopment = kind !== 'serve'
  const openToStrangers = isDevelopment && !isPublic && !hasMailProvider
  return {
    ...(hasMailbox(settings)
      ? {
          MAIL_URL: `mail+http://127.0.0.1:${addresses.mailboxPort}`,
          MAIL_API_KEY: 'development',
          MAIL_FROM: 'Cascata <nao-responda@cascata.example>',
        }
      : {}),
    ...(hasPaymentSimulator(settings)
      ? {
          PAYMENT_GATEWAY_URL: `http://127.0.0.1:${addresses.paymentGatewayPort}`,
          PAYMENT_GATEWAY_KEY: 'development',
          PAYMENT_CALLBACK_SECRET: CALLBACK_SECRET,
        }
      : {}),
    ...(openToStrangers ? { DEMONSTRATIONS: 'on', REGISTRATION: 'open' } : {}),
    ...(isDevelopment && !isPublic ? { PRIVATE_OUTBOUND: 'loopback', ADMINISTRATOR_CODE: 'optional' } : {}),
    ...(isDevelopment && isPublic ? { INSECURE_ADDRESS: 'on' } : {}),
    ...process.env,
    DATABASE_URL: addresses.databaseUrl,
    DATA_DIR: settings.dataDir,
    HOST: settings.host,
    PORT: String(addresses.apiPort),
    PUBLIC_URL: settings.publicUrl,
    MAILBOX_URL: isDemonstration && hasMailbox(settings) ? mailboxUrl(addresses) : '',
    MAILBOX_HOST: '127.0.0.1',
    MAILBOX_PORT: String(addresses.mailboxPort),
    MAILBOX_SMTP_PORT: String(addresses.mailboxSmtpPort),
    PAYMENT_GATEWAY_PORT: String(addresses.paymentGatewayPort),
    PAYMENT_GATEWAY_DATA: join(settings.dataDir, 'payment-gateway'),
    MAILBOX_DATA: join(settings.dataDir, 'mailbox'),
    // One failure of the demonstration, to be found in the console and repaired.
    MAILBOX_REJECTS: isDemonstration ? REFUSED_ADDRESS : '',
    // Everybody reaches it through our port, under whatever name they use for us.
    MAILBOX_ALLOWED_HOSTS: new URL(settings.publicUrl).hostname,
  }
}

/** Mail has to go somewhere: where nobody named a provider, into a mailbox that this machine alone reaches. */
export const hasMailbox = ({ kind, hasMailProvider }: StartSettings): boolean => kind !== 'serve' && !hasMailProvider
export const hasPaymentSimulator = ({ kind, isPublic }: StartSettings): boolean => kind !== 'serve' && !isPublic

export const mailboxUrl = ({ mailboxPort }: Addresses): string => `http://127.0.0.1:${mailboxPort}`

const COMPILE_CACHE = join(import.meta.dirname, 'compile-cache.ts')

/** Arguments of `node` for one of the academy's programs. */
export const bin = (name: string): string[] => ['--import', COMPILE_CACHE, join(ROOT, `apps/academy/bin/${name}.ts`)]

export interface Processes {
  all: Supervised[]
  /** Serves requests: stopped first. */
  api: Supervised
  daemon: Supervised
  mailbox: Supervised | undefined
  gateway: Supervised | undefined
  /** The reloading client, when there is one. */
  pages: Supervised | undefined
}

export interface Listeners {
  onChange: (name: string, change: Change) => void
  /** Lines that people should see without opening the log. */
  onTrouble: (name: string, text: string) => void
}

export function createProcesses(settings: StartSettings, addresses: Addresses, listeners: Listeners): Processes {
  const env = environment(settings, addresses)
  const logs = join(settings.dataDir, 'logs')
  mkdirSync(logs, { recursive: true })
  const make = (name: string, args: string[], ready: RegExp, more: NodeJS.ProcessEnv = {}) => {
    const log = createWriteStream(join(logs, `${name.toLowerCase()}.log`), { flags: 'w' })
    return new Supervised({
      name,
      args,
      env: { ...env, ...more },
      ready,
      onLine: (line) => hear(line, log, (text) => listeners.onTrouble(name, text)),
      onChange: (change) => listeners.onChange(name, change),
    })
  }
  const api = make('API', bin('server'), /\bapi ready\b/)
  const daemon = make('Daemon', bin('daemon'), /\bdaemon ready\b/)
  const mailbox = hasMailbox(settings) ? make('Mailbox', bin('mailbox'), /\bmailbox ready\b/) : undefined
  const gateway = hasPaymentSimulator(settings)
    ? make('Gateway', bin('payment-gateway'), /\bpayment gateway ready\b/)
    : undefined
  const pages = settings.reload
    ? make(
        'Pages',
        [VITE, WEB, '--host', settings.host, '--port', String(settings.port), '--strictPort'],
        /\bready in\b/,
        {
          API_URL: `http://127.0.0.1:${addresses.apiPort}`,
          NO_COLOR: '1',
        },
      )
    : undefined
  const all = [mailbox, gateway, api, daemon, pages].filter((each) => each !== undefined)
  return { all, api, daemon, mailbox, gateway, pages }
}

/** All goes to the log. People are shown what is no log record (a crash's trace), and records of errors. */
function hear(line: string, log: WriteStream, trouble: (text: string) => void): void {
  log.write(`${line}\n`)
  if (!line.startsWith('{')) {
    if (line.trim() !== '' && !/\b(ready|VITE|Local:|Network:|press h)\b/.test(line)) trouble(line)
    return
  }
  try {
    const { level, msg, err } = JSON.parse(line) as { level: number; msg?: string; err?: { message?: string } }
    if (level >= 50) trouble([msg, err?.message].filter(Boolean).join(': '))
  } catch {
    trouble(line)
  }
}
