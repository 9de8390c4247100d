/**
 * The address at which a browser finds an academy. It stays when the academy behind it goes, for the next one: scripts that the
 * browser has compiled are those of an address.
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { AXE } from '../../../../scripts/testing/accessibility.ts'
import { type ListenOptions, listen } from '../../src/platform/http/listen.ts'
import { securityHeaders } from '../../src/platform/http/security.ts'

/** A door answers this path with axe for its pages, whatever is behind it. */
export const AXE_PATH = '/axe-for-tests.js'

/** A door answers this path with a page without content, whose headers put it into one process with the academy's. */
export const EMPTY_PATH = '/empty-for-tests'

type Fetch = ListenOptions['fetch']
type Door = { url: string; behind: Fetch | undefined; server: ReturnType<typeof listen> }

const doorsOf = new WeakMap<Browser, Door[]>()

/** Opens a door of the browser's that is closed, or a new one: academies that are there at once have one each. */
export async function openDoor(browser: Browser, fetch: Fetch): Promise<{ url: string; close: () => void }> {
  const doors = doorsOf.get(browser) ?? []
  doorsOf.set(browser, doors)
  const door = doors.find(({ behind }) => !behind) ?? (await newDoor(browser))
  if (!doors.includes(door)) doors.push(door)
  door.behind = fetch
  return {
    url: door.url,
    close: () => {
      door.behind = undefined
      door.server.closeAllConnections()
    },
  }
}

const KEPT_SCRIPT = { 'content-type': 'text/javascript', 'cache-control': 'public, max-age=31536000, immutable' }

const EMPTY_PAGE = { ...Object.fromEntries(securityHeaders(false)), 'content-type': 'text/html' }

/** Whether an address leads to one of the browser's doors. */
export function isDoor(browser: Browser, address: string): boolean {
  return doorsOf.get(browser)?.some(({ url }) => new URL(address).origin === url) ?? false
}

async function newDoor(browser: Browser): Promise<Door> {
  const server = listen({
    fetch: (request, bindings) => {
      const { pathname } = new URL(request.url)
      if (pathname === AXE_PATH) return new Response(AXE, { headers: KEPT_SCRIPT })
      if (pathname === EMPTY_PATH) return new Response('<title>Empty</title>', { headers: EMPTY_PAGE })
      return door.behind?.(request, bindings) ?? new Response(null, { status: 503 })
    },
    hostname: '127.0.0.1',
    port: 0,
    secure: false,
  })
  const door: Door = { url: '', behind: undefined, server }
  await once(server, 'listening')
  door.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  browser.once('disconnected', () => server.close())
  return door
}
