/**
 * A device on which somebody has signed in is known from then on: guessing that goes on elsewhere asks its owner for nothing
 * (OWASP calls it a device cookie). It opens nothing by itself. It names accounts by a keyed hash, so that whoever reads it
 * on a shared computer learns no address.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { parseSigned, serializeSigned } from 'hono/utils/cookie'

const DAYS = 180
/** A family's, or a laboratory's: those who signed in last. */
const ACCOUNTS_MAX = 8

export type DeviceCookies = {
  /** The device that this cookie header names, if this account has signed in on it. */
  deviceOf: (cookie: string | null | undefined, account: string) => Promise<string | undefined>
  /** The `Set-Cookie` line by which this device is known to the account from now on. */
  remember: (cookie: string | null | undefined, account: string) => Promise<string>
}

/** @param secure sent through TLS only, and to this host only. */
export function createDeviceCookies({ secret, secure }: { secret: string; secure: boolean }): DeviceCookies {
  const name = secure ? '__Host-academy.device' : 'academy.device'
  const key = createHmac('sha256', secret).update('device cookie').digest('base64url')
  const nameOf = (account: string) =>
    createHmac('sha256', key).update(account.trim().toLowerCase()).digest('base64url').slice(0, 22)

  const read = async (cookie: string | null | undefined) => {
    if (!cookie) return undefined
    const value = (await parseSigned(cookie, key, name))[name]
    if (!value) return undefined
    const [device, ...accounts] = value.split('.')
    return device === undefined ? undefined : { device, accounts }
  }

  return {
    async deviceOf(cookie, account) {
      const known = await read(cookie)
      return known?.accounts.includes(nameOf(account)) ? known.device : undefined
    },
    async remember(cookie, account) {
      const known = await read(cookie)
      const own = nameOf(account)
      const others = (known?.accounts ?? []).filter((other) => other !== own).slice(0, ACCOUNTS_MAX - 1)
      const value = [known?.device ?? randomBytes(12).toString('base64url'), own, ...others].join('.')
      return serializeSigned(name, value, key, {
        path: '/',
        httpOnly: true,
        sameSite: 'Lax',
        secure,
        maxAge: DAYS * 24 * 3600,
      })
    },
  }
}
