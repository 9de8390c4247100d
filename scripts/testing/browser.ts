/** The browser of `*.page.test.ts`: Debian's Chromium, which talks to nobody but the pages under test. */
import { type Browser, chromium } from 'playwright-core'

/** Starts a browser with a new, empty profile. Close it in `afterAll`. CHROMIUM names another program. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', // Chromium's sandbox refuses root, and containers
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  })
}
