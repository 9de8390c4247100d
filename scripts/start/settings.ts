/** What the start reads: its arguments, and from the environment what it decides itself. The rest goes on to the processes. */
import { isAbsolute, join } from 'node:path'
import { parseArgs } from 'node:util'
import { StartError } from './start-error.ts'

export const ROOT = join(import.meta.dirname, '../..')

export interface StartSettings {
  /** Reload what changes. */
  reload: boolean
  /** Demonstration data also in a database that is in use. */
  demo: boolean
  host: string
  port: number
  publicUrl: string
  /** Given by the environment; otherwise 3025 and 3026, or any free port where those are taken. */
  mailboxPort: number | undefined
  mailboxSmtpPort: number | undefined
  /** The same, for 3027. */
  paymentGatewayPort: number | undefined
  /** Of a database that somebody else runs. */
  databaseUrl: string | undefined
  /** Absolute. */
  dataDir: string
}

/** @throws StartError `bad-argument`, `bad-setting`. */
export function startSettings(args: string[], env: NodeJS.ProcessEnv, reload: boolean): StartSettings {
  const port = portOf('PORT', env) ?? 3000
  const dataDir = env['DATA_DIR'] || '.data'
  const databaseUrl = env['DATABASE_URL'] || undefined
  if (databaseUrl && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    throw new StartError(
      'bad-setting',
      'DATABASE_URL is no address of a PostgreSQL.',
      'set it to postgres://user@host:5432/database, or unset it for an embedded one.',
    )
  }
  return {
    reload,
    demo: demoOf(args),
    host: env['HOST'] || '127.0.0.1',
    port,
    publicUrl: env['PUBLIC_URL'] || `http://localhost:${port}`,
    mailboxPort: portOf('MAILBOX_PORT', env),
    mailboxSmtpPort: portOf('MAILBOX_SMTP_PORT', env),
    paymentGatewayPort: portOf('PAYMENT_GATEWAY_PORT', env),
    databaseUrl,
    dataDir: isAbsolute(dataDir) ? dataDir : join(ROOT, dataDir),
  }
}

function demoOf(args: string[]): boolean {
  try {
    return parseArgs({ args, options: { demo: { type: 'boolean' } } }).values.demo ?? false
  } catch (error) {
    throw new StartError('bad-argument', (error as Error).message, 'use --demo, or nothing: `npm start -- --demo`.')
  }
}

function portOf(name: string, env: NodeJS.ProcessEnv): number | undefined {
  const text = env[name]
  if (!text) return undefined
  const port = Number(text)
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw new StartError('bad-setting', `${name} is "${text}".`, 'use a number from 1 to 65535.')
}
