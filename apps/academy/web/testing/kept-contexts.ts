/**
 * Browser contexts that one visitor leaves and the next one takes. A new context has compiled none of the client's scripts,
 * which is most of what a short visit costs; a kept one has them, and nothing that the visitor before stored, allowed or routed.
 * Scripts, headers and clocks that a test gives a context would stay: give them to a page.
 */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'

type Kept = { context: BrowserContext; kind: string; isFree: boolean; holding: Page | undefined }

const keptBy = new WeakMap<Browser, Kept[]>()

/** Storage of a site for a visitor. The browser's cache of files is the one thing that stays. */
const SITE_DATA = 'cookies,file_systems,indexeddb,local_storage,service_workers,cache_storage,storage_buckets'

/**
 * A page at which nobody was before: in a context that is free, or in a new one.
 * @param kind contexts of one kind take each other's place: they were made with the same options and prepared alike.
 * @param empty path of an empty page, which stays open in a context: with its last page a site's process ends, and with the
 *   process goes what it has compiled.
 */
export async function takePage(
  browser: Browser,
  kind: string,
  options: BrowserContextOptions,
  prepare: (context: BrowserContext) => Promise<unknown>,
  empty?: string,
): Promise<Page> {
  const ofBrowser = keptBy.get(browser) ?? []
  keptBy.set(browser, ofBrowser)
  const free = ofBrowser.find((each) => each.isFree && each.kind === kind)
  if (free) {
    free.isFree = false
    return forgetting(await free.context.newPage(), options.baseURL)
  }
  const context = await browser.newContext(options)
  const kept: Kept = { context, kind, isFree: false, holding: undefined }
  ofBrowser.push(kept)
  context.on('close', () => ofBrowser.splice(0, Infinity, ...ofBrowser.filter((each) => each.context !== context)))
  await prepare(context)
  if (empty) {
    kept.holding = await context.newPage()
    await kept.holding.goto(empty)
  }
  return context.newPage()
}

/** Pages that are gone can write nothing any more, so it is the next one that forgets. */
async function forgetting(page: Page, baseUrl: string | undefined): Promise<Page> {
  await page.context().clearCookies()
  if (!baseUrl) return page
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Storage.clearDataForOrigin', { origin: new URL(baseUrl).origin, storageTypes: SITE_DATA })
  await devtools.detach()
  return page
}

/** Closes a visitor's pages of a context, which is then free. One that was closed is not kept. */
export async function leave(context: BrowserContext): Promise<void> {
  const kept = keptBy.get(context.browser() as Browser)?.find((each) => each.context === context)
  if (!kept) return void (await context.close())
  if (kept.isFree) return
  const left = context.pages().filter((page) => page !== kept.holding)
  await Promise.all(left.map((page) => page.close()))
  await context.unrouteAll({ behavior: 'ignoreErrors' })
  await context.setOffline(false)
  await context.clearPermissions()
  kept.isFree = true
}

/** Leaves every context of a browser; those that are not kept are closed. */
export async function leaveAll(browser: Browser): Promise<void> {
  await Promise.all(browser.contexts().map(leave))
}
