/** The policy of the pages stops nothing of our own, and every style element that is not. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEMO_ADMINISTRATOR, DEMO_PASSWORD } from '../src/demo/people.ts'
import { type Academy, SERRA, startAcademy } from '../test-support/start-academy.ts'
import { goTo } from './testing/browser.ts'
import { type ServedAcademy, serveAcademy } from './testing/serve-academy.ts'

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

/** What the browser refused, from the page's first moment on. */
async function watched(email: string): Promise<{ page: Page; refused: string[] }> {
  const context = await served.browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 } })
  const page = await context.newPage()
  const refused: string[] = []
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) refused.push(message.text())
  })
  await page.request.post(`${served.url}/api/auth/sign-in/email`, { data: { email, password: DEMO_PASSWORD } })
  return { page, refused }
}

test('pages and dialogs of the academy have their styles', async () => {
  const { page, refused } = await watched(SERRA.staff.email)
  await page.goto(`${served.url}/app/campi`)
  await page
    .getByRole('button', { name: /campus/i })
    .first()
    .click()
  await page.getByRole('dialog').waitFor()
  const colour = await page.evaluate(() =>
    getComputedStyle(document.documentElement).getPropertyValue('--mantine-color-body'),
  )
  expect(colour).not.toBe('')
  expect(await page.evaluate(() => getComputedStyle(document.body).overflow)).toBe('hidden') // the dialog holds it still
  expect(refused).toEqual([])
  await page.context().close()
})

test('so has the console', async () => {
  const { page, refused } = await watched(DEMO_ADMINISTRATOR.email)
  await page.goto(`${served.url}/adm`)
  for (const path of ['/adm', '/adm/events/dashboard', '/adm/events', '/adm/commands']) {
    await goTo(page, path)
    await page.getByRole('heading', { level: 1 }).waitFor()
  }
  expect(refused).toEqual([])
  await page.context().close()
})

test('so has the reference; a style that somebody puts into a page has no effect', async () => {
  const { page, refused } = await watched(SERRA.staff.email)
  await page.goto(`${served.url}/docs`)
  expect(await page.evaluate(() => getComputedStyle(document.querySelector('main') as Element).maxWidth)).toBe('960px')
  expect(refused).toEqual([])
  await page.goto(`${served.url}/app/sign-in`)
  await page.evaluate(() => {
    document.head.insertAdjacentHTML('beforeend', '<style>body { display: none }</style>')
  })
  expect(await page.evaluate(() => getComputedStyle(document.body).display)).not.toBe('none')
  expect(refused).toHaveLength(1)
  await page.context().close()
})
