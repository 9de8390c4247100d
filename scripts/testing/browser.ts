/**
 * The browser of `*.page.test.ts`: Debian's Chromium, which talks to nobody but the pages under test. It is the one without
 * windows: pages and their engine are the same, and a window of the other draws pages of its own.
 */
import { type Browser, chromium, type Page } from 'playwright-core'

/** Starts a browser with a new, empty profile. Close it in `afterAll`. CHROMIUM names another program. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium-headless-shell',
    args: [
      '--no-sandbox', // Chromium's sandbox refuses root, and containers
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--process-per-site', // pages of a context share what they have compiled
    ],
  })
}

let shared: Promise<Browser> | undefined

/**
 * The browser of all test files of this process, which ends with the process. A file leaves no page open; contexts that are kept
 * have compiled the client's scripts, which each file would do again in a browser of its own.
 */
export async function sharedBrowser(): Promise<Browser> {
  if (!(await shared)?.isConnected()) shared = launchBrowser()
  return shared as Promise<Browser>
}

/** How many times slower than this machine the pages run: 6 shows what a slow one would find. */
const CPU_THROTTLE = Number(process.env['CASCATA_TEST_CPU_THROTTLE'] ?? 1)

/** For each page of a test, before it is opened. */
export async function throttle(page: Page): Promise<void> {
  if (CPU_THROTTLE === 1) return
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_THROTTLE })
}
