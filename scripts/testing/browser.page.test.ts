import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from './browser.ts'

let browser: Awaited<ReturnType<typeof launchBrowser>>
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

test('the browser renders a page with a letter outside ASCII', async () => {
  const page = await browser.newPage()
  await page.setContent('<h1>Olá, turma</h1>')
  expect(await page.evaluate(() => document.querySelector('h1')?.textContent)).toBe('Olá, turma')
})
