/** A visitor finds nothing of the one before but files in the browser's cache. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { launchBrowser } from '../../../../scripts/testing/browser.ts'
import { type Look, visit } from './browser.ts'
import { openDoor } from './open-door.ts'

const ENGLISH: Look = { locale: 'en', theme: 'light', screen: 'desktop' }

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())

/** A site with one script that is kept for good, and how often it was asked for. */
async function openSite() {
  let scripts = 0
  const door = await openDoor(browser, ({ url }) => {
    if (!url.endsWith('.js')) {
      return new Response('<h1>Site</h1><script src="/site.js"></script>', { headers: { 'content-type': 'text/html' } })
    }
    scripts++
    const headers = { 'content-type': 'text/javascript', 'cache-control': 'public, max-age=31536000, immutable' }
    return new Response('globalThis.ran = true', { headers })
  })
  return { ...door, scripts: () => scripts }
}

/** Traces of earlier visits that a page finds. */
const FOUND = `(async () => ({
  cookie: document.cookie,
  local: localStorage.getItem('seen'),
  session: sessionStorage.getItem('seen'),
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
  entries: history.length,
  online: navigator.onLine,
  ran: globalThis.ran,
}))()`

test('the next visitor finds no data, routes or lost connection of the last one, and asks for no script again', async () => {
  const site = await openSite()
  onTestFinished(site.close)
  const first = await visit(browser, site.url, ENGLISH)
  await first.page.goto('/')
  const untouched = await first.page.evaluate(FOUND)
  await first.page.evaluate(`(async () => {
    document.cookie = 'seen=yes; max-age=3600'
    localStorage.setItem('seen', 'yes')
    sessionStorage.setItem('seen', 'yes')
    await caches.open('seen')
    await new Promise((done) => { indexedDB.open('seen').onsuccess = done })
  })()`)
  expect(await first.page.evaluate(FOUND)).not.toEqual(untouched)
  await first.context.route('**/*', (route) => route.abort())
  await first.context.setOffline(true)
  await first.close()

  const second = await visit(browser, site.url, ENGLISH)
  expect(second.context).toBe(first.context)
  await second.page.goto('/')
  expect(await second.page.evaluate(FOUND)).toEqual(untouched)
  expect(site.scripts()).toBe(1)
  await second.close()
})

test('two at once, and another look, have contexts of their own', async () => {
  const site = await openSite()
  onTestFinished(site.close)
  const visitors = [
    await visit(browser, site.url, ENGLISH),
    await visit(browser, site.url, ENGLISH),
    await visit(browser, site.url, { ...ENGLISH, theme: 'dark' }),
  ]
  expect(new Set(visitors.map(({ context }) => context)).size).toBe(3)
  for (const { close } of visitors) await close()
})

test('an academy stands at the address of the one before, and two at once do not share one', async () => {
  const one = await openSite()
  one.close()
  const next = await openSite()
  onTestFinished(next.close)
  expect(next.url).toBe(one.url)
  const beside = await openSite()
  onTestFinished(beside.close)
  expect(beside.url).not.toBe(one.url)
})
