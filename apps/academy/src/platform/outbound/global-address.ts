/** Which addresses belong to the public internet: a service inside our own network must not be reached through us. */
import { BlockList, isIPv4, isIPv6 } from 'node:net'

const subnets = (list: readonly string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const block = new BlockList()
  for (const text of list) {
    const [network = '', bits] = text.split('/')
    block.addSubnet(network, Number(bits), family)
  }
  return block
}

/** IANA's special-purpose registry, multicast and reserved space. */
const SPECIAL_IPV4 = subnets(
  [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/4',
    '240.0.0.0/4',
  ],
  'ipv4',
)
/** All that is assigned for the internet; mapped IPv4, NAT64, local, link-local and multicast addresses lie outside. */
const UNICAST_IPV6 = subnets(['2000::/3'], 'ipv6')
/** Inside of it: Teredo and other protocols, documentation, 6to4 (which carries an IPv4 address). */
const SPECIAL_IPV6 = subnets(['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'], 'ipv6')
const LOOPBACK_IPV4 = subnets(['127.0.0.0/8'], 'ipv4')

export function isGlobalAddress(address: string): boolean {
  if (isIPv4(address)) return !SPECIAL_IPV4.check(address, 'ipv4')
  if (!isIPv6(address) || address.includes('%')) return false
  return UNICAST_IPV6.check(address, 'ipv6') && !SPECIAL_IPV6.check(address, 'ipv6')
}

export const isLoopbackAddress = (address: string): boolean =>
  isIPv4(address) ? LOOPBACK_IPV4.check(address, 'ipv4') : address === '::1'
