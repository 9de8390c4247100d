/** Where a request comes from, for limits: the address, or for IPv6 the /64 that one subscriber has for themselves. */
import { isIPv6 } from 'node:net'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import { clientAddress, NO_PROXY, type TrustedProxies } from './trusted-proxies.ts'

/** What a request brings along besides itself: whose proxies the server trusts. */
export type ProxyBindings = { trustedProxies?: TrustedProxies }

export const networkOf = (c: Context): string => networkOfAddress(addressOf(c))

/** The other end of the socket, or whom a trusted proxy names. Nobody else's header is believed: anybody can send one. */
function addressOf(c: Context): string {
  const { trustedProxies = NO_PROXY } = (c.env ?? {}) as ProxyBindings
  return clientAddress(peerOf(c), c.req.header('x-forwarded-for'), trustedProxies)
}

function peerOf(c: Context): string {
  try {
    return getConnInfo(c).remote.address ?? 'unknown'
  } catch {
    return 'unknown' // called without a socket
  }
}

export function networkOfAddress(address: string): string {
  const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(address)
  if (mapped?.[1]) return mapped[1]
  if (!isIPv6(address)) return address
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  const all = [...groups, ...Array<string>(missing).fill('0'), ...(tail ? tail.split(':') : [])]
  const first = all.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''))
  return `${first.join(':')}::/64`
}
