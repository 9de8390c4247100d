/** A browser for tests and pictures of the pages: one context is one person, with a language, a theme and a screen. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { Locale } from '../../src/platform/http/endpoint.ts'

/** Where the pages keep the language that was chosen. */
const STORED_LANGUAGE = 'cascata.language'

export type Look = {
  locale: Locale
  theme: 'light' | 'dark'
  screen: keyof typeof SCREENS
}

export const SCREENS = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
} as const

export const LOOKS: readonly Look[] = (['pt-BR', 'en'] as const).flatMap((locale) =>
  (['light', 'dark'] as const).flatMap((theme) =>
    (['desktop', 'phone'] as const).map((screen) => ({ locale, theme, screen })),
  ),
)

/** Both languages, both themes, both screens, each pair of them once: half as long as all, and only what needs three is missed. */
export const PAIRED_LOOKS = LOOKS.filter(
  ({ locale, theme, screen }) => (locale === 'en') === ((theme === 'light') === (screen === 'desktop')),
)

export const lookName = ({ locale, theme, screen }: Look) => `${locale}-${theme}-${screen}`

export type Visitor = { page: Page; context: BrowserContext; close: () => Promise<void> }

/** A new person at a new browser. What their pages complain about on the console is thrown when they leave. */
export async function visit(browser: Browser, baseUrl: string, look: Look): Promise<Visitor> {
  const { locale, theme, screen } = look
  const context = await browser.newContext({
    baseURL: baseUrl,
    locale,
    colorScheme: theme,
    viewport: SCREENS[screen],
    hasTouch: screen === 'phone',
    reducedMotion: 'reduce',
  })
  // Chosen by the visitor: an account's own language would otherwise take the place of the browser's.
  await context.addInitScript(`localStorage.setItem('${STORED_LANGUAGE}', '${locale}')`)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // A refusal that the page shows in words is an error to the browser, not to us.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text())
  })
  return {
    page,
    context,
    close: async () => {
      await context.close()
      if (complaints.length > 0) throw new Error(`The pages complained:\n${complaints.join('\n')}`)
    },
  }
}

/** Signs in through the page, as a person does. `to` is where they wanted to go. */
export async function signIn(page: Page, who: { email: string; password: string }, to = '/app'): Promise<void> {
  await page.goto(to)
  await page.locator('input[name="email"]').fill(who.email)
  await page.locator('input[name="password"]').fill(who.password)
  await page.locator('button[type="submit"]').click()
  await page.locator('header nav').waitFor()
}

/** What axe finds against WCAG 2.2 AA, one line each; none is the only good answer. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help} — ${target.join(' ')} — ${failureSummary ?? ''}`),
  )
}

/** Pixels by which the page is wider than the screen: 0, or something sticks out. */
export const sidewaysOverflow = (page: Page) =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')

/** Buttons, and links that lead home, whose words do not fit into them: what they say is said whole. */
export const cutOff = (page: Page) =>
  page.evaluate<string[]>(`[...document.querySelectorAll('button, header a, [class*="Button-root"]')]
    .flatMap((each) => [...each.querySelectorAll('span')])
    .filter((each) => getComputedStyle(each).overflow !== 'visible' && each.clientWidth > 1)
    .filter((each) => each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1)
    .map(({ textContent }) => textContent)`)

/** Waits until nothing loads and nothing moves. */
export async function settle(page: Page): Promise<void> {
  await page.locator('h1, [role="dialog"]').first().waitFor()
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
  await page.evaluate(
    'Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {}))).then(() => {})',
  )
}
