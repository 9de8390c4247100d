/**
 * The reverse proxies whose word is taken for a client's address. Only `X-Forwarded-For` is read: a proxy that sets one of
 * the forwarding headers hands on the others as the client wrote them. Scheme and host come from PUBLIC_URL, and from no
 * header.
 */
import { BlockList, isIP, isIPv6 } from 'node:net'

export type TrustedProxies = {
  has: (address: string) => boolean
}

export const NO_PROXY: TrustedProxies = { has: () => false }

/**
 * @param text addresses and networks (CIDR) with commas or spaces between them; without any nobody is trusted.
 * @throws Error that names the first part that is neither, or that would trust everybody.
 */
export function trustedProxies(text: string): TrustedProxies {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '')
  if (parts.length === 0) return NO_PROXY
  const list = new BlockList()
  for (const part of parts) {
    const [address = '', prefix] = part.split('/')
    const version = isIP(address)
    const bits = version === 6 ? 128 : 32
    const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN
    if (version === 0 || !(length >= 1 && length <= bits)) throw new Error(`"${part}" is no address and no network`)
    list.addSubnet(address, length, version === 6 ? 'ipv6' : 'ipv4')
  }
  return {
    has(address) {
      const plain = plainAddress(address)
      return isIP(plain) !== 0 && list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
    },
  }
}

/**
 * The right-most address that no trusted proxy has: each proxy appends the one that it was called from, so what stands
 * further to the left is what a client made up.
 * @param peer the other end of the socket.
 * @param forwardedFor the header `X-Forwarded-For`, of which nothing is read unless the peer is trusted.
 */
export function clientAddress(peer: string, forwardedFor: string | undefined, trusted: TrustedProxies): string {
  const hops = (forwardedFor ?? '').split(',').map((hop) => withoutPort(hop.trim()))
  let client = plainAddress(peer)
  while (trusted.has(client)) {
    const hop = hops.pop()
    // A proxy that does not know who called it says so in words of its own; nothing further left is to be believed.
    if (hop === undefined || isIP(hop) === 0) break
    client = plainAddress(hop)
  }
  return client
}

function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(hop)
  if (bracketed?.[1]) return bracketed[1]
  return /^(\d+(?:\.\d+){3}):\d+$/.exec(hop)?.[1] ?? hop
}

/** An IPv4 address that came through a socket of both versions, as it is written elsewhere. */
const plainAddress = (address: string) => /^::ffff:(\d+(?:\.\d+){3})$/i.exec(address)?.[1] ?? address
