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

test('a window has no page but the one that was opened', async () => {
  const page = await browser.newPage()
  await page.setContent('<h1>Turma</h1>')
  const devtools = await browser.newBrowserCDPSession()
  const { targetInfos } = await devtools.send('Target.getTargets', { filter: [{}] })
  expect(targetInfos.filter(({ type }) => type === 'browser_ui')).toEqual([])
})
