/** What has to be true before others than the people at this machine are let in. */
import { verifyPassword } from 'better-auth/crypto'
import type pg from 'pg'
import { DEMO_PASSWORD } from '../demo/people.ts'
import { isPublic } from './allowed.ts'
import { NO_PROXY } from './http/trusted-proxies.ts'
import { mailSettings } from './mail/mail-settings.ts'
import type { Settings } from './settings.ts'

export const PRODUCTION_ERRORS = {
  'address-without-tls': 'Passwords and sessions would cross the network for everybody on the way to read.',
  'address-without-proxy': 'TLS ends at a reverse proxy; without its word for who calls, all clients count as one.',
  'demo-password': 'That password is published with the source: whoever reads it signs in.',
} as const
type ProductionErrorCode = keyof typeof PRODUCTION_ERRORS

/** Read by a person: what, why, and the fix. */
export class ProductionError extends Error {
  readonly code: ProductionErrorCode
  readonly what: string
  readonly why: string
  readonly fix: string

  constructor(code: ProductionErrorCode, what: string, fix: string) {
    const why = PRODUCTION_ERRORS[code]
    super(`[${code}] ${what} ${why} Fix: ${fix}`)
    this.name = 'ProductionError'
    this.code = code
    this.what = what
    this.why = why
    this.fix = fix
  }
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * Refuses settings that are not safe on a public address. An address of this machine needs none of it.
 * @throws ProductionError, and MailSettingsError where no mail can be sent.
 */
export function checkAddress(settings: Pick<Settings, 'host' | 'publicUrl' | 'trustedProxies'>, env: Env): void {
  if (!isPublic(settings)) return
  const { publicUrl, trustedProxies } = settings
  if (!publicUrl.startsWith('https:')) {
    throw new ProductionError(
      'address-without-tls',
      `PUBLIC_URL is ${publicUrl}, and HOST is ${settings.host}.`,
      'put a reverse proxy with TLS in front (docs/guides/deploy.md) and set PUBLIC_URL=https://….',
    )
  }
  if (trustedProxies === NO_PROXY) {
    throw new ProductionError(
      'address-without-proxy',
      'TRUST_PROXY is not set.',
      'set it to the address of the reverse proxy: TRUST_PROXY=127.0.0.1 where it runs on this machine.',
    )
  }
  mailSettings(env)
}

/**
 * Refuses a database in which somebody has the demonstration's password. Looked at are administrators, and all who share
 * one hash, as only people do who were made together: hashes have a salt of their own.
 * @param pool signed in as `academy_auth`.
 * @throws ProductionError
 */
export async function checkPasswords(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ password: string; email: string; people: number }>(
    `select a.password, min(u.email) as email, count(*)::int as people
     from academy_auth.accounts a join academy_auth.users u on u.id = a.user_id
     where a.provider_id = 'credential' and a.password is not null
     group by a.password having count(*) > 1 or bool_or(u.role = 'administrator')`,
  )
  for (const { password, email, people } of rows) {
    if (!(await verifyPassword({ hash: password, password: DEMO_PASSWORD }).catch(() => false))) continue
    throw new ProductionError(
      'demo-password',
      `${people === 1 ? `The account ${email} has` : `${email} and ${people - 1} more have`} the demonstration’s password.`,
      'use a database of its own for production; one with demonstration data stays on this machine.',
    )
  }
}
