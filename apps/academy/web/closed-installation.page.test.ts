/** An institution's own installation, where strangers neither explore nor register: no page offers it, and an address from elsewhere says so. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Academy, startAcademy } from '../test-support/start-academy.ts'
import {
  accessibilityProblems,
  LOOKS,
  type Look,
  lookName,
  openPage,
  sidewaysOverflow,
  visit,
} from './testing/browser.ts'
import { type ServedAcademy, serveAcademy } from './testing/serve-academy.ts'

vi.setConfig({ testTimeout: 600_000, hookTimeout: 240_000 })

let academy: Academy
let served: ServedAcademy
beforeAll(async () => {
  academy = await startAcademy()
  served = await serveAcademy(academy, { features: { demonstrations: false, registration: false } })
})
afterAll(async () => {
  await served?.close()
  await academy?.stop()
})

const looks = LOOKS.filter(({ screen }) => screen === 'phone').map((look): [string, Look] => [lookName(look), look])

test.each(looks)('the landing page and signing in, %s', async (_name, look) => {
  const { page, close } = await visit(served.browser, served.url, look)
  const expectGood = async () => {
    expect(await accessibilityProblems(page)).toEqual([])
    expect(await sidewaysOverflow(page)).toBe(0)
  }
  await openPage(page, '/')
  await expectGood()
  const leads = () =>
    page.locator('a[href^="/app"]').evaluateAll((links) => links.map((link) => link.getAttribute('href')))
  expect(new Set(await leads())).toEqual(new Set(['/app/sign-in']))
  expect(await page.locator('main').getByRole('button').count()).toBe(0)
  await page
    .getByRole('main')
    .getByRole('link', { name: look.locale === 'en' ? 'Sign in' : 'Entrar' })
    .click()
  await page.locator('input[name="password"]').waitFor()
  await expectGood()
  expect(new Set(await leads())).toEqual(new Set(['/app/forgot-password']))
  await close()
})

test('the address of registration says that it is closed, and leads to signing in', async () => {
  const { page, close } = await visit(served.browser, served.url, { locale: 'en', theme: 'light', screen: 'phone' })
  await openPage(page, '/app/register')
  await page.getByRole('heading', { name: 'Registration is closed here' }).waitFor()
  expect(await page.getByRole('textbox').count()).toBe(0)
  expect(await accessibilityProblems(page)).toEqual([])
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
  await page.locator('input[name="password"]').waitFor()
  await close()
})
