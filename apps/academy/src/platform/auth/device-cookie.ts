/**
 * A device on which somebody has signed in is known from then on: guessing that goes on elsewhere asks its owner for nothing
 * (OWASP calls it a device cookie). It opens nothing by itself. It names accounts by a keyed hash, so that whoever reads it
 * on a shared computer learns no address.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { parseSigned, serializeSigned } from 'hono/utils/cookie'

const DAYS = 180
/** A family's, or a laboratory's: those who signed in last. An account whose code was right here has two. */
const NAMES_MAX = 12

export type DeviceCookies = {
  /** The device that this cookie header names, if it is known by this name of an account. */
  deviceOf: (cookie: string | null | undefined, name: string) => Promise<string | undefined>
  /** The `Set-Cookie` line by which this device is known by these names from now on. */
  remember: (cookie: string | null | undefined, names: readonly string[]) => Promise<string>
}

/** @param secure sent through TLS only, and to this host only. */
export function createDeviceCookies({ secret, secure }: { secret: string; secure: boolean }): DeviceCookies {
  const cookieName = secure ? '__Host-academy.device' : 'academy.device'
  const key = createHmac('sha256', secret).update('device cookie').digest('base64url')
  const hashOf = (name: string) =>
    createHmac('sha256', key).update(name.trim().toLowerCase()).digest('base64url').slice(0, 22)

  const read = async (cookie: string | null | undefined) => {
    if (!cookie) return undefined
    const value = (await parseSigned(cookie, key, cookieName))[cookieName]
    if (!value) return undefined
    const [device, ...hashes] = value.split('.')
    return device === undefined ? undefined : { device, hashes }
  }

  return {
    async deviceOf(cookie, name) {
      const known = await read(cookie)
      return known?.hashes.includes(hashOf(name)) ? known.device : undefined
    },
    async remember(cookie, names) {
      const known = await read(cookie)
      const hashes = new Set([...names.map(hashOf), ...(known?.hashes ?? [])])
      const kept = [...hashes].slice(0, NAMES_MAX)
      const value = [known?.device ?? randomBytes(12).toString('base64url'), ...kept].join('.')
      return serializeSigned(cookieName, value, key, {
        path: '/',
        httpOnly: true,
        sameSite: 'Lax',
        secure,
        maxAge: DAYS * 24 * 3600,
      })
    },
  }
}
