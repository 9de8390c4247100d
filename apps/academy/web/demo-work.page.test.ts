/** The console of the demonstration as the administrator meets it: full, with one failure, which is repaired both ways. */
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createDemoTerm } from '../src/demo/create-demo-term.ts'
import { createDemoWork } from '../src/demo/create-demo-work.ts'
import { followDemoWork } from '../src/demo/follow-demo-work.ts'
import { DEMO_ADMINISTRATOR, DEMO_PASSWORD, REFUSED_ADDRESS } from '../src/demo/people.ts'
import { SERRA, startAcademy, startWork } from '../test-support/start-academy.ts'
import { type Look, settle, signIn, visit } from './testing/browser.ts'
import { serveAcademy } from './testing/serve-academy.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const ENGLISH: Look = { locale: 'en', theme: 'light', screen: 'desktop' }
const asked = ({ email }: { email: string }) => ({ email, password: DEMO_PASSWORD })

/** As `npm start` makes it; each test repairs the one failure. */
async function demonstration() {
  const academy = await startAcademy()
  onTestFinished(() => academy.stop())
  await createDemoTerm(academy.pools)
  await createDemoWork(academy.pools, { hashPassword: async () => 'no-password' })
  const work = await startWork(academy, {}, { rejectAddresses: [REFUSED_ADDRESS] })
  onTestFinished(() => work.stop())
  await followDemoWork(academy.pools, { withinMs: 60_000 })
  const served = await serveAcademy(academy)
  onTestFinished(() => served.close())
  const open = async (who: { email: string }, path?: string): Promise<Page> => {
    const { page } = await visit(served.browser, served.url, ENGLISH)
    await signIn(page, asked(who), path)
    await settle(page)
    return page
  }
  return { work, open }
}

const inCard = (page: Page, name: string) => page.getByRole('region', { name })

/** Leads from the first page of the administrator to the e-mail that failed. */
async function findTheFailure(page: Page): Promise<void> {
  await page.goto('/adm/commands?status=error&type=new-class-activity-email.send')
  await settle(page)
  const failed = page.getByRole('link', { name: /E-mail a student/ })
  expect(await failed.count()).toBe(1)
  await failed.click()
  await inCard(page, 'Error')
    .getByText(/email is blocked or does not exist/)
    .first()
    .waitFor()
}

test('the administrator lands in the console; the failure, its cause removed, is reprocessed and succeeds', async () => {
  const { work, open } = await demonstration()
  const page = await open(DEMO_ADMINISTRATOR)
  await page.waitForURL(/\/adm$/)
  await page.goto('/adm/events')
  await page
    .getByRole('link', { name: /Activity published/ })
    .first()
    .waitFor()
  await findTheFailure(page)
  const failed = page.url()
  await work.mailbox.behave({}) // as with the mailbox's own page: nothing is refused any more
  await page.keyboard.press('r')
  const dialog = page.getByRole('dialog', { name: 'Reprocess the command' })
  await dialog.getByLabel('Reason').fill('The mail service accepts it now')
  await dialog.getByRole('button', { name: 'Reprocess' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await work.harness.runUntilIdle()
  await page.goto(failed)
  await inCard(page, 'Reprocessings').getByText('Success').first().waitFor()
  expect((await work.mailbox.newestTo(REFUSED_ADDRESS)).subject).toContain('Ordenação externa')
})

test('staff correct the address, and the failure has recovered', async () => {
  const { work, open } = await demonstration()
  const staff = await open(SERRA.staff, '/app/students?problems=true')
  await staff.getByRole('button', { name: 'Correct e-mail of Igor Salles' }).click()
  const dialog = staff.getByRole('dialog')
  await dialog.getByLabel('New e-mail').fill('igor.salles@alunos.example')
  await dialog.getByLabel('Reason').fill('Salles has two l')
  await dialog.getByRole('button', { name: 'Save and send again' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await work.harness.runUntilIdle()
  expect((await work.mailbox.newestTo('igor.salles@alunos.example')).subject).toBeTruthy()
  const page = await open(DEMO_ADMINISTRATOR, '/adm/commands?status=recovered')
  await page.getByRole('link', { name: /E-mail a student/ }).click()
  await inCard(page, 'Reprocessings').getByText('Success').first().waitFor()
})
