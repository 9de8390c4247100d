/** The academy as people meet it: the API and the built client at one address, and a browser to look at it. */
import type { Browser } from 'playwright-core'
import { inject } from 'vitest'
import { sharedBrowser } from '../../../../scripts/testing/browser.ts'
import type {} from '../../../../scripts/testing/built-pages.ts' // what it provides
import { createServer, type ServerOptions } from '../../src/create-server.ts'
import type { Features } from '../../src/platform/allowed.ts'
import { servedHosts } from '../../src/platform/http/hosts.ts'
import { QUICK_PASSWORDS } from '../../test-support/quick-passwords.ts'
import { type Academy, CALLBACK_SECRET, TEST_SECRETS, TEST_SERVICES } from '../../test-support/start-academy.ts'
import { leaveAll } from './kept-contexts.ts'
import { openDoor } from './open-door.ts'

export type ServedAcademy = {
  url: string
  browser: Browser
  /** Closes what each test left open: it would go on asking the server while the next one runs. */
  closePages: () => Promise<void>
  close: () => Promise<void>
}

export type Installation = {
  administratorCode?: NonNullable<ServerOptions['administratorCode']>
  /** Features that visitors are offered; by default all. */
  features?: Features
  /** At which whoever runs it is reached; by default nowhere. */
  operatorContact?: string
  /** Whose visitors come: by default the one that all files of a process share. */
  browser?: Browser
}

/** Starts to serve. The browser stays when it ends. Close it before the academy stops. */
export async function serveAcademy(
  { pools, logged }: Academy,
  { administratorCode = 'optional', features = TEST_SERVICES.features, operatorContact, ...given }: Installation = {},
): Promise<ServedAcademy> {
  const { fetch } = createServer({
    pools,
    services: { ...TEST_SERVICES, features, operatorContact },
    paymentCallbackSecret: CALLBACK_SECRET,
    sessionSecret: TEST_SECRETS.sessionSecret,
    secureCookies: false,
    administratorCode,
    passwords: QUICK_PASSWORDS,
    hosts: servedHosts({ publicUrl: 'http://academy.test', loopbackPorts: 'any' }),
    pages: inject('pages'),
    log: { info: () => {}, error: (fields, message) => logged.push({ ...fields, message }) },
  })
  const browser = given.browser ?? (await sharedBrowser())
  const door = await openDoor(browser, fetch)
  const closePages = () => leaveAll(browser)
  return {
    url: door.url,
    browser,
    closePages,
    close: async () => {
      await closePages()
      door.close()
    },
  }
}
