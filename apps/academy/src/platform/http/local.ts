/** Requests of programs and people at this machine itself: not of others, for whom a proxy on this machine asks. */
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import { isLoopbackAddress } from '../outbound/global-address.ts'

const SET_BY_PROXIES = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip']

export function isLocal(c: Context): boolean {
  if (SET_BY_PROXIES.some((name) => c.req.header(name) !== undefined)) return false
  try {
    const peer = getConnInfo(c).remote.address ?? ''
    return isLoopbackAddress(peer.replace(/^::ffff:(?=\d+\.)/i, ''))
  } catch {
    return false // called without a socket
  }
}
