/** Staff look after people who do not come: they invite again, and correct addresses, in a real browser. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { DEMO_PASSWORD } from '../src/demo/people.ts'
import { contract as createTeacher } from '../src/modules/teachers/create-teacher/create-teacher.contract.ts'
import { type Academy, SERRA, startAcademy, startWork, type Work } from '../test-support/start-academy.ts'
import { accessibilityProblems, type Look, sidewaysOverflow, signIn, visit } from './testing/browser.ts'
import { type ServedAcademy, serveAcademy } from './testing/serve-academy.ts'

vi.setConfig({ testTimeout: 900_000, hookTimeout: 240_000 })

const ENGLISH: Look = { locale: 'en', theme: 'light', screen: 'desktop' }
const PHONE: Look = { locale: 'pt-BR', theme: 'dark', screen: 'phone' }

let academy: Academy
let work: Work
let served: ServedAcademy
beforeAll(async () => {
  academy = await startAcademy()
  work = await startWork(academy, {}, { time: 'real' })
  served = await serveAcademy(academy)
})
afterAll(async () => {
  await served?.close()
  await work?.stop()
  await academy?.stop()
})
afterEach(async () => {
  await served.closePages()
  expect(academy.logged).toEqual([])
})

const staff = { email: SERRA.staff.email, password: DEMO_PASSWORD }

async function newTeacher(name: string, email: string): Promise<void> {
  await (await academy.signIn(SERRA.staff)).call(createTeacher, { name, email })
  await work.harness.runUntilIdle()
}

async function expectGood(page: Page): Promise<void> {
  expect(await accessibilityProblems(page)).toEqual([])
  expect(await sidewaysOverflow(page)).toBe(0)
}

test('a teacher who never came is invited again, once an hour', async () => {
  await newTeacher('Nunca Veio', 'nunca.veio@uni.example')
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  await signIn(page, staff, '/app/teachers?search=nunca')
  await page.getByText(/^Has not signed in yet, invited on /).waitFor()
  await expectGood(page)
  await page.getByRole('button', { name: 'Invite again: Nunca Veio' }).click()
  await page.getByText('1 invitation is on its way').waitFor()
  await page.reload() // a second click would be the same wish
  await page.getByRole('button', { name: 'Invite again: Nunca Veio' }).click()
  await page.getByText('They were invited again less than an hour ago.').waitFor()
  await work.harness.runUntilIdle()
  const sent = (await work.mailbox.messages()).filter(({ to }) => JSON.stringify(to).includes('nunca.veio'))
  expect(sent).toHaveLength(2)
  await close()
})

test('an address is corrected on a phone; the dialog says what ends, and later who corrected it and why', async () => {
  await newTeacher('Endereço Errado', 'errado@gmial.example')
  const { page, close } = await visit(served.browser, served.url, PHONE)
  const dialog = page.getByRole('dialog')
  const correct = page.getByRole('button', { name: 'Corrigir e-mail de Endereço Errado' })
  await signIn(page, staff, '/app/teachers?search=errado')
  await expectGood(page)
  await correct.click()
  await dialog.getByText('Com o mesmo endereço nada deixa de valer.').waitFor()
  await dialog.getByLabel('Novo e-mail').fill('certo@gmail.example')
  await dialog.getByText('Todos os aparelhos saem da conta').waitFor()
  await dialog.getByLabel('Motivo').fill('Letra trocada no formulário.')
  await expectGood(page)
  await dialog.getByRole('button', { name: 'Salvar' }).click()
  await page.getByText('E-mail de Endereço Errado corrigido').waitFor()
  await work.harness.runUntilIdle()
  expect((await work.mailbox.newestTo('certo@gmail.example')).text).toContain('token=')

  await page.goto('/app/teachers?search=certo')
  await correct.click()
  await dialog.getByText('Correções anteriores').waitFor()
  await dialog.getByText(`por ${SERRA.staff.name}`).waitFor()
  await dialog.getByText('Letra trocada no formulário.').waitFor()
  await expectGood(page)
  await close()
})
