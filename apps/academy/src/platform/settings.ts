/** What a process of the academy reads from its environment. */
import { join } from 'node:path'
import { type Allowed, allowed } from './allowed.ts'
import { type DatabaseUrls, databaseUrls } from './database/prepare-database.ts'
import { loadSecrets, type Secrets } from './database/secrets.ts'
import { type TrustedProxies, trustedProxies } from './http/trusted-proxies.ts'
import { operatorContact } from './operator-contact.ts'
import { SettingError } from './setting-error.ts'

type Env = Readonly<Record<string, string | undefined>>

export type Settings = {
  /** Connection string of the role that prepares the database. */
  databaseUrl: string
  database: DatabaseUrls
  secrets: Secrets
  /** Where they are kept. */
  secretsFile: string
  host: string
  port: number
  publicUrl: string
  secureCookies: boolean
  /** Whose word is taken for a client's address. */
  trustedProxies: TrustedProxies
  /** At which whoever runs the installation is reached. */
  operatorContact: string | undefined
  allowed: Allowed
}

/**
 *     DATABASE_URL   postgres://…       a role that may create roles and schemas; the others' passwords are kept by us
 *     DATA_DIR       .data              holds the secrets file (0600)
 *     HOST, PORT     127.0.0.1, 3000
 *     PUBLIC_URL     http://localhost:PORT   where people reach it; https:// makes the session cookie secure
 *     TRUST_PROXY    127.0.0.1, 10.0.0.0/8   reverse proxies in front, whose X-Forwarded-For says who calls; default nobody
 *     OPERATOR_CONTACT   help@school.example, or https://…   told to whoever lost all that lets them in; default nothing
 *
 * What is dangerous and has to be asked for: allowed.ts.
 */
export async function readSettings(env: Env): Promise<Settings> {
  const databaseUrl = env['DATABASE_URL'] ?? ''
  if (!/^postgres(ql)?:\/\//.test(databaseUrl)) {
    throw new SettingError(
      'DATABASE_URL',
      databaseUrl && 'no PostgreSQL address',
      'set it to postgres://user@host:5432/database.',
    )
  }
  const port = Number(env['PORT'] || 3000)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new SettingError('PORT', env['PORT'], 'use a number from 0 to 65535.')
  }
  const publicUrl = (env['PUBLIC_URL'] || `http://localhost:${port}`).replace(/\/+$/, '')
  if (!URL.canParse(publicUrl) || !/^https?:/.test(publicUrl)) {
    throw new SettingError('PUBLIC_URL', env['PUBLIC_URL'], 'use an address such as https://academy.example.org.')
  }
  const trusted = readTrustedProxies(env['TRUST_PROXY'])
  const contact = operatorContact(env['OPERATOR_CONTACT'])
  const host = env['HOST'] || '127.0.0.1'
  const secretsFile = join(env['DATA_DIR'] || '.data', 'academy-secrets.json')
  const secrets = await loadSecrets(secretsFile)
  return {
    databaseUrl,
    database: databaseUrls(databaseUrl, secrets),
    secrets,
    secretsFile,
    host,
    port,
    publicUrl,
    secureCookies: publicUrl.startsWith('https:'),
    trustedProxies: trusted,
    operatorContact: contact,
    allowed: allowed(env, { host, publicUrl }),
  }
}

function readTrustedProxies(text = ''): TrustedProxies {
  try {
    return trustedProxies(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SettingError(
      'TRUST_PROXY',
      text,
      `list the addresses of your reverse proxies, or networks such as 10.0.0.0/8, with commas between them; ${reason}.`,
    )
  }
}
