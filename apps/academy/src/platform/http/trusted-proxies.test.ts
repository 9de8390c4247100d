import { expect, test } from 'vitest'
import { readSettings } from '../settings.ts'
import { clientAddress, trustedProxies } from './trusted-proxies.ts'

const PROXY = '10.0.0.2'
const trusted = trustedProxies('10.0.0.0/24, 192.0.2.7 2001:db8:1::/48')

test.each([
  ['nobody is between', '203.0.113.9', undefined, '203.0.113.9'],
  ['the proxy says who called it', PROXY, '203.0.113.9', '203.0.113.9'],
  ['what the client made up stands further left', PROXY, '198.51.100.1, 203.0.113.9', '203.0.113.9'],
  ['two proxies in a row', PROXY, '198.51.100.1, 203.0.113.9, 192.0.2.7', '203.0.113.9'],
  ['a stranger is not believed', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['a proxy that says nothing', PROXY, undefined, PROXY],
  ['a proxy that does not know', PROXY, '198.51.100.1, unknown', PROXY],
  ['proxies only', PROXY, '10.0.0.3', '10.0.0.3'],
  ['with a port', PROXY, '203.0.113.9:4711', '203.0.113.9'],
  ['IPv6 with a port', '2001:db8:1::2', '[2001:db8:9::5]:4711', '2001:db8:9::5'],
  ['IPv4 through a socket of both versions', `::ffff:${PROXY}`, '::ffff:203.0.113.9', '203.0.113.9'],
  ['called without a socket', 'unknown', '203.0.113.9', 'unknown'],
])('%s', (_, peer, forwardedFor, client) => {
  expect(clientAddress(peer, forwardedFor, trusted)).toBe(client)
})

test('without a setting nobody is trusted', () => {
  expect(clientAddress('127.0.0.1', '203.0.113.9', trustedProxies(' '))).toBe('127.0.0.1')
})

test.each(['nginx', '10.0.0.0/33', '10.0.0.0/0', '::/0', '10.0.0.1/', '10.0.0'])('%s is refused', (part) => {
  expect(() => trustedProxies(`192.0.2.7,${part}`)).toThrow(`"${part}"`)
})

test('a setting that cannot be read stops the process, and says how it is written', async () => {
  const settings = readSettings({ DATABASE_URL: 'postgres://u@host/db', TRUST_PROXY: 'nginx' })
  await expect(settings).rejects.toThrow(/^TRUST_PROXY is "nginx". Fix: list the addresses .*10\.0\.0\.0\/8/)
})
