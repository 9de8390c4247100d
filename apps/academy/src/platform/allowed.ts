/**
 * The dangerous things that a process may do. Each is asked for by a variable, and without any all are off: that is
 * production. `npm start` asks for them where it runs for one developer on one machine.
 *
 *     DEMONSTRATIONS     on: visitors may make an institution of fictional people for themselves     default off
 *     REGISTRATION       open: visitors may register an institution                                 default closed
 *     PRIVATE_OUTBOUND   loopback: webhooks may call this machine, by http and on any port          default off
 *     MAILBOX_URL        http://127.0.0.1:3025: the mailbox of development, served without a sign-in    default none
 *     ADMINISTRATOR_CODE optional: no second factor is asked of administrators                    default asked
 *     DEMO_ACCOUNTS      on: accounts with the published password, made by bin/prepare.ts            default off
 *     INSECURE_ADDRESS   on: a public address without TLS, proxy and mail provider                   default off
 *
 * Those between REGISTRATION and INSECURE_ADDRESS are refused on a public address, whoever asks.
 */
import { isLoopbackName } from './http/hosts.ts'
import { SettingError } from './setting-error.ts'

export type Features = {
  /** Visitors may make an institution of fictional people for themselves. */
  demonstrations: boolean
  /** Visitors may register an institution. */
  registration: boolean
}

export type Allowed = Features & {
  /** Webhooks of institutions that are no demonstration may call this machine. */
  privateOutbound: boolean
  /** Where the mailbox of development listens; its pages are then part of ours. */
  mailboxUrl: string | undefined
  /** Whether a second factor is asked of administrators, or offered to them as to everybody. */
  administratorCode: 'asked' | 'optional'
  /** Accounts with the published password may be made. */
  demoAccounts: boolean
  /** A public address may be served without what production needs. */
  insecureAddress: boolean
}

type Env = Readonly<Record<string, string | undefined>>
export type Address = { host: string; publicUrl: string }

/** Others than the people at this machine may reach it. */
export const isPublic = ({ host, publicUrl }: Address): boolean =>
  !isLoopbackName(host) || !isLoopbackName(new URL(publicUrl).hostname)

/** @throws SettingError for a value that is none of the two, and for what a public address never gets. */
export function allowed(env: Env, address: Address): Allowed {
  const found = {
    demonstrations: oneOf(env, 'DEMONSTRATIONS', 'on', 'off'),
    registration: oneOf(env, 'REGISTRATION', 'open', 'closed'),
    privateOutbound: oneOf(env, 'PRIVATE_OUTBOUND', 'loopback', 'off'),
    mailboxUrl: env['MAILBOX_URL']?.replace(/\/+$/, '') || undefined,
    administratorCode: oneOf(env, 'ADMINISTRATOR_CODE', 'optional', 'asked')
      ? ('optional' as const)
      : ('asked' as const),
    demoAccounts: oneOf(env, 'DEMO_ACCOUNTS', 'on', 'off'),
    insecureAddress: oneOf(env, 'INSECURE_ADDRESS', 'on', 'off'),
  }
  if (isPublic(address)) {
    const where = `${address.publicUrl} on ${address.host} is a public address`
    if (found.privateOutbound) throw never('PRIVATE_OUTBOUND', 'loopback', where)
    if (found.mailboxUrl) throw never('MAILBOX_URL', found.mailboxUrl, where)
    if (found.administratorCode === 'optional') throw never('ADMINISTRATOR_CODE', 'optional', where)
    if (found.demoAccounts) throw never('DEMO_ACCOUNTS', 'on', where)
  }
  return found
}

const never = (name: string, value: string, where: string) =>
  new SettingError(name, value, `leave it out; ${where}, and this is for development on one machine.`)

function oneOf(env: Env, name: string, on: string, off: string): boolean {
  const value = env[name] || off
  if (value === on || value === off) return value === on
  throw new SettingError(name, value, `use ${on} or ${off}.`)
}
