/** A page has settled when it is what it is going to be, however slowly it gets there. */
import type { Browser, Page } from 'playwright-core'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { sharedBrowser } from '../../../../scripts/testing/browser.ts'
import { settle, visit } from './browser.ts'

let browser: Browser
beforeAll(async () => {
  browser = await sharedBrowser()
})

async function blankPage(): Promise<Page> {
  const visitor = await visit(browser, 'http://academy.test', { locale: 'en', theme: 'light', screen: 'desktop' })
  onTestFinished(visitor.close)
  return visitor.page
}

test('what is drawn frame by frame is waited for to its end', async () => {
  const page = await blankPage()
  await page.setContent(`<h1>Lessons</h1><ol></ol><script>
    const draw = (left) => left > 0 && requestAnimationFrame(() => {
      document.querySelector('ol').append(document.createElement('li'))
      draw(left - 1)
    })
    draw(40)
  </script>`)
  await settle(page)
  expect(await page.getByRole('listitem').count()).toBe(40)
})

test('what is asked for is waited for, and the page that shows it', async () => {
  const page = await blankPage()
  let answer = () => {}
  await page.route('**/lessons', async (route) => {
    await new Promise<void>((resolve) => {
      answer = resolve
    })
    await route.fulfill({ body: 'Modelling' })
  })
  await page.route('**/', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<h1>Lessons</h1><p></p><script>fetch('/lessons').then((answer) => answer.text()).then((text) => {
        document.querySelector('p').textContent = text
      })</script>`,
    }),
  )
  const asked = page.waitForRequest('**/lessons')
  await page.goto('/')
  await asked
  const settled = settle(page)
  await page.evaluate(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`)
  answer()
  await settled
  expect(await page.locator('p').innerText()).toBe('Modelling')
})

test('a page whose heading comes last is waited for', async () => {
  const page = await blankPage()
  await page.setContent('<main>Loading</main>')
  await page.evaluate(`{
    const wait = (frames) => requestAnimationFrame(() => {
      if (frames > 0) wait(frames - 1)
      else document.querySelector('main').innerHTML = '<h1>Nothing here</h1>'
    })
    wait(40)
  }`)
  await settle(page)
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Nothing here')
})
