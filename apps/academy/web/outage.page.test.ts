/** An outage of the database in a real browser: what was shown stays, it is said, and pages come back by themselves. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { startTcpProxy, type TcpProxy } from '../../../scripts/testing/tcp-proxy.ts'
import { DEMO_ADMINISTRATOR, DEMO_PASSWORD } from '../src/demo/people.ts'
import { type Academy, STUDENT, startAcademy, TEACHER } from '../test-support/start-academy.ts'
import {
  accessibilityProblems,
  changeLook,
  type Look,
  openPage,
  settle,
  sidewaysOverflow,
  signIn,
  visit,
} from './testing/browser.ts'
import { type ServedAcademy, serveAcademy } from './testing/serve-academy.ts'

vi.setConfig({ testTimeout: 900_000, hookTimeout: 240_000 })

const ENGLISH: Look = { locale: 'en', theme: 'light', screen: 'desktop' }
const PORTUGUESE_PHONE: Look = { locale: 'pt-BR', theme: 'dark', screen: 'phone' }

let proxy: TcpProxy
let academy: Academy
let served: ServedAcademy
beforeAll(async () => {
  academy = await startAcademy({
    through: async (url) => {
      proxy = await startTcpProxy(url)
      return proxy.url
    },
  })
  served = await serveAcademy(academy)
})
afterAll(async () => {
  await served?.close()
  await academy?.stop()
  await proxy?.close()
})
let isAway = false
const away = async () => {
  isAway = true
  await proxy.away()
}
const back = async () => {
  isAway = false
  await proxy.back()
}
afterEach(async () => {
  await served.closePages()
  if (isAway) await back()
})

async function open(person: { email: string }, path: string, look: Look = ENGLISH) {
  const visitor = await visit(served.browser, served.url, look)
  await signIn(visitor.page, { email: person.email, password: DEMO_PASSWORD }, path)
  await visitor.page.waitForURL(`**${path}`)
  await settle(visitor.page)
  return visitor
}

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })
const live = (page: Page, state: string) => page.getByRole('button', { name: `Now: ${state}` })
const OLD = 'What you see may be out of date.'
const MISSING = 'What is missing will appear by itself.'
const path = (page: Page) => new URL(page.url()).pathname

test('the console turns from Live to Reconnecting and back, keeps what it showed, says why, and opens links by itself', async () => {
  const { page, close } = await open(DEMO_ADMINISTRATOR, '/adm/')
  await live(page, 'Live').waitFor()
  const banner = page.getByText('The database does not answer. Trying again …')
  const before = await page.getByRole('region', { name: 'Health' }).allInnerTexts()
  await away()
  await live(page, 'Reconnecting').waitFor({ timeout: 10_000 })
  await banner.waitFor()
  await page.getByText(OLD).waitFor()
  // Three failures in a row are enough for a stream that polls instead.
  for (let asked = 0; asked < 4; asked++) {
    const answer = await page.waitForResponse((response) => response.url().endsWith('/adm/api/stream'))
    expect(answer.status()).toBe(503)
    expect(await live(page, 'Reconnecting').count()).toBe(1)
  }
  expect(await page.getByRole('region', { name: 'Health' }).allInnerTexts()).toEqual(before)
  expect(await banner.count()).toBe(1)
  expect(await accessibilityProblems(page)).toEqual([])
  await page.getByRole('link', { name: 'Partitions' }).click()
  await page.getByText('Could not be loaded').waitFor()
  await page.getByText(MISSING).waitFor()
  expect(await page.getByText(OLD).count()).toBe(0)
  await back()
  await live(page, 'Live').waitFor()
  await heading(page, 'Partitions').waitFor()
  await page.getByRole('table').first().waitFor()
  await expect.poll(() => banner.count()).toBe(0)
  expect(path(page)).toBe('/adm/partitions')
  await close()
})

test('the line above the console stays while what it is about is asked for again', async () => {
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  await page.route('**/adm/api/overview', (route) => route.fulfill({ status: 503, json: { code: 'unavailable' } }))
  await signIn(page, { email: DEMO_ADMINISTRATOR.email, password: DEMO_PASSWORD }, '/adm/partitions')
  await page.getByRole('status').getByText('The database does not answer. Trying again …').waitFor()
  await page.evaluate(`(() => {
    globalThis.gone = 0
    const line = [...document.querySelectorAll('[role="status"]')].find((each) => each.textContent.includes('Trying again'))
    new MutationObserver((changes) => {
      globalThis.gone += changes.reduce((sum, { removedNodes }) => sum + removedNodes.length, 0)
    }).observe(line, { childList: true })
  })()`)
  for (let asked = 0; asked < 5; asked++) {
    await page.waitForResponse((response) => response.url().endsWith('/adm/api/overview'))
  }
  await page.getByRole('status').getByText('The database does not answer. Trying again …').waitFor()
  expect(await page.evaluate('gone')).toBe(0)
  await close()
})

test('whoever signs out of the console meanwhile is told that they have not', async () => {
  const { page, close } = await open(DEMO_ADMINISTRATOR, '/adm/')
  await away()
  await page.getByRole('button', { name: /^Your account/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByText('You are still signed in').waitFor()
  await back()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL('**/app/sign-in')
  await close()
})

test('a server that has stopped in the middle of its work is noticed too', async () => {
  const { page, close } = await open(DEMO_ADMINISTRATOR, '/adm/')
  await live(page, 'Live').waitFor()
  proxy.freezeOpen()
  await live(page, 'Reconnecting').waitFor()
  await live(page, 'Live').waitFor()
  await close()
})

const CONSOLE = [
  ['/adm/', 'Overview'],
  ['/adm/events', 'Events'],
  ['/adm/commands', 'Commands'],
  ['/adm/batches', 'Batches'],
  ['/adm/partitions', 'Partitions'],
] as const

test('pages of the console that are opened while it is away come by themselves when it is back', async () => {
  const { context, page: first, close } = await open(DEMO_ADMINISTRATOR, '/adm/')
  await first.close()
  await away()
  const pages: Page[] = []
  for (const [address] of CONSOLE) {
    const page = await context.newPage()
    await page.goto(address)
    await page.getByText('The database does not answer. Trying again …').waitFor()
    pages.push(page)
  }
  const [page] = pages as [Page]
  expect(await accessibilityProblems(page)).toEqual([])
  await back()
  for (const [n, [address, name]] of CONSOLE.entries()) {
    const opened = pages[n] as Page
    await opened.bringToFront()
    await heading(opened, name).waitFor()
    await opened.getByText('The database does not answer').waitFor({ state: 'detached' })
    expect(path(opened)).toBe(address)
  }
  await close()
})

test('on a phone, in Portuguese, in the dark', async () => {
  const { page, close } = await open(DEMO_ADMINISTRATOR, '/adm/events', PORTUGUESE_PHONE)
  await away()
  await page.getByText('O banco de dados não responde. Tentando de novo …').waitFor()
  expect(await sidewaysOverflow(page)).toBe(0)
  expect(await accessibilityProblems(page)).toEqual([])
  await page.reload()
  await page.getByText('O banco de dados não responde. Tentando de novo …').waitFor()
  expect(await sidewaysOverflow(page)).toBe(0)
  await back()
  await heading(page, 'Eventos').waitFor()
  await close()
})

test('a page of the academy that stands still says that nobody answers; one that is opened meanwhile comes by itself; nobody is signed out', async () => {
  const { page, close } = await open(TEACHER, '/app/classes')
  const banner = page.getByRole('status').filter({ hasText: 'The database does not answer. Trying again …' })
  const shown = await page.locator('main').innerText()
  await away()
  await banner.filter({ hasText: OLD }).waitFor()
  expect(await page.locator('main').innerText()).toBe(shown)
  await page.getByRole('link', { name: 'Agenda' }).click()
  await page.getByRole('alert').getByText('The database does not answer. Trying again …').waitFor()
  await banner.filter({ hasText: MISSING }).waitFor()
  expect(await page.getByText(OLD).count()).toBe(0)
  expect(await accessibilityProblems(page)).toEqual([])
  await changeLook(page, { theme: 'dark', screen: 'phone' })
  expect(await sidewaysOverflow(page)).toBe(0)
  expect(await accessibilityProblems(page)).toEqual([])
  await back()
  await banner.waitFor({ state: 'detached' })
  await heading(page, 'Agenda').waitFor()
  expect(path(page)).toBe('/app/agenda')
  await close()
})

test('whoever opens the academy while it is away is led where they belong when it is back', async () => {
  const { context, page, close } = await visit(served.browser, served.url, ENGLISH)
  await signIn(page, { email: STUDENT.email, password: DEMO_PASSWORD })
  await settle(page)
  const home = path(page)
  await away()
  await page.goto('/app')
  await page.getByText('The database does not answer. Trying again …').waitFor()
  const stranger = await context.browser()?.newContext({ baseURL: served.url, locale: 'en' })
  const strangers = await stranger?.newPage()
  await strangers?.goto('/app/agenda')
  await back()
  await page.waitForURL(`**${home}`)
  await page.locator('header nav').waitFor()
  await strangers?.waitForURL('**/app/sign-in?to=%2Fapp%2Fagenda')
  await close()
})

test('a link that was sent by mail is not called invalid for it', async () => {
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  await openPage(page, '/app/sign-in')
  await away()
  await page.goto(`/app/choose-password?token=${'a'.repeat(43)}`)
  await page.getByText('The database does not answer. Trying again …').waitFor()
  expect(await page.getByText('This link is not valid').count()).toBe(0)
  await back()
  await page.getByText('The database does not answer').waitFor({ state: 'detached' })
  await close()
})
