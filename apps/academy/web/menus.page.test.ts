/** Every menu of the academy and of the console, opened by keyboard: its first item has the focus, and a screen reader is told a menu. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { DEMO_ADMINISTRATOR, DEMO_PASSWORD } from '../src/demo/people.ts'
import { type Academy, SERRA, startAcademy } from '../test-support/start-academy.ts'
import { accessibilityProblems, LOOKS, type Look, settle, sidewaysOverflow, signIn, visit } from './testing/browser.ts'
import { type ServedAcademy, serveAcademy } from './testing/serve-academy.ts'

vi.setConfig({ testTimeout: 900_000, hookTimeout: 240_000 })

let academy: Academy
let served: ServedAcademy
beforeAll(async () => {
  academy = await startAcademy()
  served = await serveAcademy(academy)
})
afterAll(async () => {
  await served?.close()
  await academy?.stop()
})
afterEach(() => served.closePages())

const MENU_BUTTON = 'button[aria-haspopup="menu"]'

/** One after the other; of a list the first row's stands for all. */
async function walkMenus(page: Page): Promise<string[]> {
  const names: string[] = []
  const buttons = [
    ...(await page.locator(`header ${MENU_BUTTON}`).all()),
    ...(await page.locator(`main ${MENU_BUTTON}`).all()).slice(0, 1),
  ]
  for (const button of buttons) {
    const name = (await button.getAttribute('aria-label')) ?? ''
    await button.press('Enter')
    const items = page.getByRole('menu').locator('[role^="menuitem"]:not(:disabled)')
    await items.first().waitFor()
    await settle(page)
    const focused = await items.evaluateAll((all) => all.indexOf(document.activeElement as HTMLElement))
    const faults = await accessibilityProblems(page)
    expect({ name, focused, faults, overflow: await sidewaysOverflow(page) }).toEqual({
      name,
      focused: 0,
      faults: [],
      overflow: 0,
    })
    await page.keyboard.press('ArrowDown')
    const next = Math.min(1, (await items.count()) - 1)
    expect(await items.nth(next).evaluate((each) => each === document.activeElement)).toBe(true)
    await page.keyboard.press('Escape')
    await page.getByRole('menu').waitFor({ state: 'detached' })
    expect(await button.evaluate((each) => each === document.activeElement)).toBe(true)
    names.push(name)
  }
  return names
}

async function opened(look: Look, { email }: { email: string }, path: string): Promise<Page> {
  const { page } = await visit(served.browser, served.url, look)
  await signIn(page, { email, password: DEMO_PASSWORD }, path)
  await settle(page)
  return page
}

test.each([LOOKS[3], LOOKS[4]] as Look[])('of the academy: $locale, $theme, $screen', async (look) => {
  const names = await walkMenus(await opened(look, SERRA.staff, '/app/students'))
  expect(names).toEqual(
    look.locale === 'en'
      ? ['Language', 'Theme', expect.stringContaining(SERRA.staff.name), expect.stringMatching(/^Actions: /)]
      : ['Idioma', 'Tema', expect.stringContaining(SERRA.staff.name), expect.stringMatching(/^Ações: /)],
  )
})

test.each([LOOKS[3], LOOKS[4]] as Look[])('of the console: $locale, $theme, $screen', async (look) => {
  const names = await walkMenus(await opened(look, DEMO_ADMINISTRATOR, '/adm'))
  expect(names).toHaveLength(4)
})
