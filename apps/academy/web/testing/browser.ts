/** A browser for tests and pictures of the pages: one context is one person, with a language, a theme and a screen. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, BrowserContext, BrowserContextOptions, CDPSession, Page, Request } from 'playwright-core'
import { violationsOf } from '../../../../scripts/testing/accessibility.ts'
import { throttle } from '../../../../scripts/testing/browser.ts'
import type { Locale } from '../../src/platform/http/endpoint.ts'
import { leave, takePage } from './kept-contexts.ts'
import { AXE_PATH, EMPTY_PATH, isDoor } from './open-door.ts'

/** Where the pages keep the language that was chosen. */
const STORED_LANGUAGE = 'cascata.language'

/** One action, or one page that comes to rest: a busy machine takes its time. */
const ACTION_MS_MAX = 120_000
const LOOK_EVERY_MS = 50
const FRAME_WITHIN_MS = 2_000

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

/**
 * The two looks in which a language is judged. Of both languages together: both themes and both screens, each pair of them
 * once. That is half as long as all, and misses only what needs three.
 */
export function looksOf(language: Locale): [Look, Look] {
  const [first, second] = LOOKS.filter(
    ({ locale, theme, screen }) =>
      locale === language && (locale === 'en') === ((theme === 'light') === (screen === 'desktop')),
  )
  if (!first || !second) throw new Error(`${language} has no two looks.`)
  return [first, second]
}

export const lookName = ({ locale, theme, screen }: Look) => `${locale}-${theme}-${screen}`

type Person = { email: string; password: string }

export type Visitor = { page: Page; context: BrowserContext; close: () => Promise<void> }

/** A new person at a browser that knows nobody. What their pages complain about on the console is thrown when they leave. */
export async function visit(browser: Browser, baseUrl: string, look: Look): Promise<Visitor> {
  const { locale, theme, screen } = look
  const options: BrowserContextOptions = {
    baseURL: baseUrl,
    locale,
    colorScheme: theme,
    viewport: SCREENS[screen],
    hasTouch: screen === 'phone',
    reducedMotion: 'reduce',
  }
  const page = await takePage(
    browser,
    `${baseUrl} ${lookName(look)}`,
    options,
    (context) =>
      // Chosen by the visitor: an account's own language would otherwise take the place of the browser's.
      context.addInitScript(`localStorage.setItem('${STORED_LANGUAGE}', '${locale}')`),
    isDoor(browser, baseUrl) ? EMPTY_PATH : undefined,
  )
  page.setDefaultTimeout(ACTION_MS_MAX)
  await throttle(page)
  shownIn.set(page, look)
  follow(page)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // A refusal that the page shows in words is an error to the browser, not to us.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text())
  })
  const context = page.context()
  return {
    page,
    context,
    close: async () => {
      await leave(context)
      if (complaints.length > 0) throw new Error(`The pages complained:\n${complaints.join('\n')}`)
    },
  }
}

/** The theme and the screen that each page has now. */
const shownIn = new WeakMap<Page, Omit<Look, 'locale'>>()

/** The same person at the same page in another theme, on another screen: what has been opened stays open. */
export async function changeLook(page: Page, { theme, screen }: Omit<Look, 'locale'>): Promise<void> {
  const shown = shownIn.get(page)
  if (shown?.theme === theme && shown.screen === screen) return
  shownIn.set(page, { theme, screen })
  await (await devtoolsOf(page)).send('Emulation.setTouchEmulationEnabled', { enabled: screen === 'phone' })
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
  await page.setViewportSize(SCREENS[screen])
}

/** Looks at a page twice. The look that it has comes first, since each change draws it anew. */
export async function inBothLooks(
  page: Page,
  looks: [Look, Look],
  look: (shown: Look) => Promise<void>,
): Promise<void> {
  const [first, second] = looks
  const shown = shownIn.get(page)
  const isInSecond = shown?.theme === second.theme && shown.screen === second.screen
  for (const each of isInSecond ? [second, first] : looks) {
    await changeLook(page, each)
    await look(each)
  }
}

/** What a session has emulated ends with it, so each page has one for as long as it is open. */
const sessions = new WeakMap<Page, CDPSession>()

async function devtoolsOf(page: Page): Promise<CDPSession> {
  const session = sessions.get(page) ?? (await page.context().newCDPSession(page))
  sessions.set(page, session)
  return session
}

/** Signs in through the page, as a person does. `to` is where they wanted to go. */
export async function signInByForm(page: Page, who: Person, to = '/app'): Promise<void> {
  await page.goto(to)
  await page.locator('input[name="email"]').fill(who.email)
  await page.locator('input[name="password"]').fill(who.password)
  await page.locator('button[type="submit"]').click()
  await page.locator('header nav').waitFor()
}

/** Signs in without the page that asks for it, which the tests of signing in look at. No page is opened. */
export async function signInUnseen(page: Page, { email, password }: Person): Promise<void> {
  const answer = await page.request.post('/api/auth/sign-in/email', { data: { email, password } })
  if (!answer.ok()) throw new Error(`${email} cannot sign in: ${answer.status()} ${await answer.text()}`)
}

/** The same, and opens `to`. */
export async function signIn(page: Page, person: Person, to = '/app'): Promise<void> {
  await signInUnseen(page, person)
  await page.goto(to)
  await page.locator('header nav').waitFor()
}

const isAtDoor = (page: Page) => isDoor(page.context().browser() as Browser, page.url())

/** What axe finds against WCAG 2.2 AA once the page is at rest, one line each; none is the only good answer. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await settle(page)
  const violations = await violationsOf(page, isAtDoor(page) ? { from: AXE_PATH } : {})
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help} — ${target.join(' ')} — ${failureSummary ?? ''}`),
  )
}

/** Pixels by which the page, once at rest, is wider than the screen: 0, or something sticks out. */
export async function sidewaysOverflow(page: Page): Promise<number> {
  await settle(page)
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}

/** Buttons, and links that lead home, whose words do not fit into them: what they say is said whole. */
export async function cutOff(page: Page): Promise<string[]> {
  await settle(page)
  return page.evaluate<string[]>(`[...document.querySelectorAll('button, header a, [class*="Button-root"]')]
    .flatMap((each) => [...each.querySelectorAll('span')])
    .filter((each) => getComputedStyle(each).overflow !== 'visible' && each.clientWidth > 1)
    .filter((each) => each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1)
    .map(({ textContent }) => textContent)`)
}

/** Controls that are lower than a finger. Links within a text are as high as their line. */
export async function lowTargets(page: Page): Promise<string[]> {
  await settle(page)
  return page.evaluate<string[]>(`[...document.querySelectorAll(
      'button, input:not([type="checkbox"], [type="radio"]), select, textarea, [role="tab"], [role="menuitem"], [class*="Button-root"]',
    )]
    .filter((each) => each.checkVisibility() && !each.closest('[aria-hidden="true"]'))
    .map((each) => [each, (each.closest('[class*="Input-wrapper"]') ?? each).getBoundingClientRect()])
    .filter(([, { width, height }]) => width > 1 && height < 44)
    .map(([each, { height }]) => Math.round(height) + ' ' + (each.ariaLabel ?? each.textContent))`)
}

/** What each page has asked for and not got yet. A stream stays open for as long as the page does, and is left out. */
const underWay = new WeakMap<Page, Set<Request>>()

function follow(page: Page): void {
  const requests = new Set<Request>()
  underWay.set(page, requests)
  page.on('request', (request) => {
    // What the page before asked for is of nobody's interest any more, and may never be told to have ended.
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) requests.clear()
    if (request.headers()['accept'] !== 'text/event-stream') requests.add(request)
  })
  page.on('requestfinished', (request) => requests.delete(request))
  page.on('requestfailed', (request) => requests.delete(request))
}

const waitedFor = (requests: Set<Request>) =>
  requests.size > 0 ? `it waits for ${[...requests].map((request) => request.url()).join(', ')}` : ''

/**
 * Looks when all work that was queued is done, at two frames in a row. No faults: the page is drawn whole, with its one heading,
 * nothing moves, and the second frame shows what the first one did. A frame is asked for, and no moment in which the browser
 * is idle: where nothing is drawn, none may come for seconds.
 */
const FAULTS = `(async () => {
  const drawn = async () => {
    const frame = new Promise((done) => requestAnimationFrame(() => done(true)))
    const isDrawn = await Promise.race([frame, new Promise((done) => setTimeout(done, ${FRAME_WITHIN_MS}, false))])
    await scheduler.postTask(() => {}, { priority: 'background' })
    return isDrawn ? document.body.innerHTML : undefined
  }
  const first = await drawn()
  const second = await drawn()
  const headings = [...document.querySelectorAll('h1')].filter((each) => each.checkVisibility())
  const busy = document.querySelector('[aria-busy="true"]')
  const moving = document.getAnimations().find(({ playState }) => playState === 'running')
  return [
    headings.length !== 1 && 'it has ' + headings.length + ' headings of the first level',
    busy && 'it is busy: ' + busy.outerHTML.slice(0, 200),
    moving && 'it moves: ' + (moving.effect?.target?.outerHTML ?? '').slice(0, 200),
    second === undefined && 'it is not drawn',
    first !== second && 'it changes from one frame to the next',
  ].filter(Boolean).join('; ')
})()`

/**
 * Waits until the page is what it is going to be: all that it asked for is there and drawn, with its one heading, nothing is
 * busy and nothing moves. Facts, and no time that seemed long enough: a slow machine gets there later, and to the same page.
 */
export async function settle(page: Page): Promise<void> {
  const requests = underWay.get(page) ?? new Set()
  let unsettled = ''
  for (const until = performance.now() + ACTION_MS_MAX; performance.now() < until; await sleep(LOOK_EVERY_MS)) {
    unsettled = waitedFor(requests)
    if (unsettled !== '') continue // looking at the page costs it two frames
    unsettled = await page.evaluate<string>(FAULTS).catch((error: Error) => {
      if (/context was destroyed|navigation/i.test(error.message)) return 'it goes to another page'
      throw error
    })
    unsettled = waitedFor(requests) || unsettled
    if (unsettled === '') return
  }
  throw new Error(`${page.url()} does not settle: ${unsettled}.`)
}

/** Loads a page anew and waits until it is drawn. */
export async function openPage(page: Page, path: string): Promise<void> {
  await page.goto(path)
  await settle(page)
}

/**
 * Leads to another page of the academy, or of the console, as a link within it does, and waits until it is drawn. Loading the
 * client anew takes four times the processor, and belongs where loading is looked at. What is unsaved is left without a question.
 */
export async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate(`__TSR_ROUTER__.navigate({ href: ${JSON.stringify(path)}, ignoreBlocker: true })`)
  await settle(page)
}
