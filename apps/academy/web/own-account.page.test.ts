/** My account in a real browser: from the user's menu, by keyboard, in both languages. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { DEMO_PASSWORD } from '../src/demo/people.ts'
import { type Academy, SERRA, startAcademy } from '../test-support/start-academy.ts'
import { accessibilityProblems, type Look, settle, sidewaysOverflow, signIn, visit } from './testing/browser.ts'
import { type ServedAcademy, serveAcademy } from './testing/serve-academy.ts'

vi.setConfig({ testTimeout: 900_000, hookTimeout: 240_000 })

const ENGLISH: Look = { locale: 'en', theme: 'light', screen: 'desktop' }
const PHONE: Look = { locale: 'pt-BR', theme: 'dark', screen: 'phone' }
const NEW_PASSWORD = 'mangue vermelho na chuva'

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
afterEach(async () => {
  await served.closePages()
  expect(academy.logged).toEqual([])
})

async function expectGood(page: Page): Promise<void> {
  await settle(page)
  expect(await accessibilityProblems(page)).toEqual([])
  expect(await sidewaysOverflow(page)).toBe(0)
}
const asked = ({ email }: { email: string }) => ({ email, password: DEMO_PASSWORD })
const [FIRST, SECOND] = SERRA.students as readonly [{ name: string; email: string }, { name: string; email: string }]

test('a student changes the password: a wrong one and a common one are told at their fields, the other device is out', async () => {
  const other = await visit(served.browser, served.url, ENGLISH)
  await signIn(other.page, asked(FIRST))
  const { page } = await visit(served.browser, served.url, ENGLISH)
  await signIn(page, asked(FIRST))
  await page.getByRole('button', { name: `Your account: ${FIRST.name}` }).click()
  await page.getByRole('menuitem', { name: 'My account' }).click()
  await page.getByRole('heading', { name: 'My account' }).waitFor()
  await expectGood(page)

  const current = page.getByLabel('Current password')
  const next = page.getByLabel('New password', { exact: true })
  const submit = page.getByRole('button', { name: 'Change the password' })
  await current.fill('not the password')
  await next.fill('short')
  await page.getByText('Too short yet').waitFor()
  expect(await submit.isDisabled()).toBe(true)
  await next.fill('Password1!')
  await submit.click()
  await page.getByText('This is not your password.').first().waitFor()
  await current.fill(DEMO_PASSWORD)
  await submit.click()
  await page
    .getByText(/Many people use this password/)
    .first()
    .waitFor()
  await expectGood(page)
  await next.fill(NEW_PASSWORD)
  await page.getByText('Strong', { exact: true }).waitFor()
  await next.press('Enter')
  await page.getByText('Password changed').first().waitFor()

  await other.page.reload()
  await other.page.getByRole('heading', { name: 'Sign in' }).waitFor()
})

test('on a phone: the places where the account is open, and one of them is ended', async () => {
  const other = await visit(served.browser, served.url, PHONE)
  await signIn(other.page, asked(SECOND))
  const { page } = await visit(served.browser, served.url, PHONE)
  await signIn(page, asked(SECOND), '/app/account')
  await page.getByRole('heading', { name: 'Minha conta' }).waitFor()
  await page.getByText('Este aparelho').waitFor()
  await expectGood(page)
  const end = page.getByRole('button', { name: /^Encerrar: / })
  expect(await end.count()).toBe(1)
  await end.focus()
  await page.keyboard.press('Enter')
  await end.waitFor({ state: 'detached' })
  await other.page.reload()
  await other.page.getByRole('heading', { name: 'Entrar' }).waitFor()
})
