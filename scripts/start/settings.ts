/** What the start reads: its arguments, and from the environment what it decides itself. The rest goes on to the processes. */
import { isAbsolute, join } from 'node:path'
import { parseArgs } from 'node:util'
import { isPublic } from '../../apps/academy/src/platform/allowed.ts'
import { StartError } from './start-error.ts'

export const ROOT = join(import.meta.dirname, '../..')

/** `npm start`, `npm run dev` and `npm run serve`. */
export type StartKind = 'start' | 'dev' | 'serve'

export interface StartSettings {
  kind: StartKind
  /** Reload what changes. */
  reload: boolean
  /** Demonstration data also in a database that is in use. */
  demo: boolean
  /** Others than the people at this machine may reach it. */
  isPublic: boolean
  /** Fictional people with a published password, and a mailbox that everybody at this machine reads. */
  isDemonstration: boolean
  /** The mail provider is somebody else's; otherwise the mailbox. */
  hasMailProvider: boolean
  /** Who is to be made administrator: nothing is started then. */
  administrator: string | undefined
  /** They, or somebody of an institution, lost the authenticator: nobody is made. */
  withoutAuthenticator: boolean
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
export function startSettings(args: string[], env: NodeJS.ProcessEnv, kind: StartKind): StartSettings {
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
  const { demo, administrator, withoutAuthenticator } = optionsOf(args, kind)
  const host = env['HOST'] || '127.0.0.1'
  const publicUrl = (env['PUBLIC_URL'] || `http://localhost:${port}`).replace(/\/+$/, '')
  if (!URL.canParse(publicUrl) || !/^https?:/.test(publicUrl)) {
    throw new StartError('bad-setting', 'PUBLIC_URL is no address.', 'use one such as https://school.example.')
  }
  const isReachable = isPublic({ host, publicUrl })
  if (demo && isReachable) {
    throw new StartError(
      'bad-argument',
      `--demo makes accounts with a published password, and ${publicUrl} on ${host} is a public address.`,
      'leave out --demo, or HOST and PUBLIC_URL.',
    )
  }
  if (kind === 'serve' && !databaseUrl) {
    throw new StartError(
      'bad-setting',
      'DATABASE_URL is not set.',
      'set it to the PostgreSQL that holds the data: postgres://user@host:5432/database (docs/guides/deploy.md).',
    )
  }
  return {
    kind,
    reload: kind === 'dev',
    demo,
    administrator,
    withoutAuthenticator,
    isPublic: isReachable,
    isDemonstration: kind !== 'serve' && !isReachable && (demo || databaseUrl === undefined),
    hasMailProvider: Boolean(env['MAIL_URL']),
    host,
    port,
    publicUrl,
    mailboxPort: portOf('MAILBOX_PORT', env),
    mailboxSmtpPort: portOf('MAILBOX_SMTP_PORT', env),
    paymentGatewayPort: portOf('PAYMENT_GATEWAY_PORT', env),
    databaseUrl,
    dataDir: isAbsolute(dataDir) ? dataDir : join(ROOT, dataDir),
  }
}

type Options = Pick<StartSettings, 'administrator' | 'withoutAuthenticator'> & { demo: boolean }

function optionsOf(args: string[], kind: StartKind): Options {
  try {
    if (kind === 'serve') {
      const { values } = parseArgs({
        args,
        options: { administrator: { type: 'string' }, 'without-authenticator': { type: 'boolean', default: false } },
      })
      const withoutAuthenticator = values['without-authenticator']
      if (withoutAuthenticator && values.administrator === undefined) throw new Error('It is not said who is let in.')
      return { demo: false, administrator: values.administrator, withoutAuthenticator }
    }
    const { values } = parseArgs({ args, options: { demo: { type: 'boolean' } } })
    return { demo: values.demo ?? false, administrator: undefined, withoutAuthenticator: false }
  } catch (error) {
    const fix =
      kind === 'serve'
        ? 'use --administrator address, or nothing: `npm run serve -- --administrator you@school.example`.'
        : 'use --demo, or nothing: `npm start -- --demo`.'
    throw new StartError('bad-argument', (error as Error).message, fix)
  }
}

function portOf(name: string, env: NodeJS.ProcessEnv): number | undefined {
  const text = env[name]
  if (!text) return undefined
  const port = Number(text)
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw new StartError('bad-setting', `${name} is "${text}".`, 'use a number from 1 to 65535.')
}
