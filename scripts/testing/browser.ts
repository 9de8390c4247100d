/** The browser of `*.page.test.ts`: Debian's Chromium, which talks to nobody but the pages under test. */
import { type Browser, chromium, type Page } from 'playwright-core'

/**
 * The address bar's suggestions are two pages of their own in every window, which took two thirds of what an empty page
 * costs. Nobody types an address here.
 */
const SUGGESTIONS = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup']

/** Features that Playwright switches off. Chromium heeds the last list only, so ours repeats them. */
const OFF_FOR_PLAYWRIGHT = [
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
]

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
      `--disable-features=${[...OFF_FOR_PLAYWRIGHT, ...SUGGESTIONS].join(',')}`,
    ],
  })
}

/** How many times slower than this machine the pages run: 6 shows what a slow one would find. */
const CPU_THROTTLE = Number(process.env['CASCATA_TEST_CPU_THROTTLE'] ?? 1)

/** For each page of a test, before it is opened. */
export async function throttle(page: Page): Promise<void> {
  if (CPU_THROTTLE === 1) return
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_THROTTLE })
}
