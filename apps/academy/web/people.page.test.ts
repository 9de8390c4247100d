/** Staff look after people who do not come: they invite again, and correct addresses, in a real browser. */
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { DEMO_PASSWORD } from '../src/demo/people.ts'
import { contract as createTeacher } from '../src/modules/teachers/create-teacher/create-teacher.contract.ts'
import { beginAuthenticator, confirmAuthenticator } from '../src/modules/users/authenticator/authenticator.contract.ts'
import { codeShown } from '../test-support/authenticator-app.ts'
import { newColleague } from '../test-support/new-colleague.ts'
import {
  type Academy,
  SERRA,
  STUDENT,
  startAcademy,
  startWork,
  TEACHER,
  type Work,
} from '../test-support/start-academy.ts'
import {
  accessibilityProblems,
  goTo,
  type Look,
  lowTargets,
  settle,
  sidewaysOverflow,
  signIn,
  visit,
} from './testing/browser.ts'
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

/** By its menu. */
async function choose(page: Page, row: string, item: string): Promise<void> {
  await page.getByRole('button', { name: row }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

test('a teacher who never came is invited again, once an hour', async () => {
  await newTeacher('Nunca Veio', 'nunca.veio@uni.example')
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  await signIn(page, staff, '/app/teachers?search=nunca')
  await page.getByText(/^Has not signed in yet, invited on /).waitFor()
  await expectGood(page)
  await choose(page, 'Actions: Nunca Veio', 'Invite again')
  await page.getByText('1 invitation is on its way').waitFor()
  await page.reload() // a second click would be the same wish
  await choose(page, 'Actions: Nunca Veio', 'Invite again')
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
  const correct = () => choose(page, 'Ações: Endereço Errado', 'Corrigir e-mail')
  await signIn(page, staff, '/app/teachers?search=errado')
  await expectGood(page)
  await correct()
  expect(await lowTargets(page)).toEqual([])
  await dialog.getByText('Com o mesmo endereço nada deixa de valer.').waitFor()
  await dialog.getByLabel('Novo e-mail').fill('certo@gmail.example')
  await dialog.getByText('Todos os aparelhos saem da conta').waitFor()
  await dialog.getByLabel('Motivo').fill('Letra trocada no formulário.')
  await expectGood(page)
  await dialog.getByRole('button', { name: 'Salvar' }).click()
  await page.getByText('E-mail de Endereço Errado corrigido').waitFor()
  await work.harness.runUntilIdle()
  expect((await work.mailbox.newestTo('certo@gmail.example')).text).toContain('token=')

  await goTo(page, '/app/teachers?search=certo')
  await correct()
  await dialog.getByText('Correções anteriores').waitFor()
  await dialog.getByText(`por ${SERRA.staff.name}`).waitFor()
  await dialog.getByText('Letra trocada no formulário.').waitFor()
  await expectGood(page)
  await close()
})

const focused = (page: Page) => page.evaluate<string>('document.querySelector(":focus")?.innerText ?? ""')

test('whoever has failed e-mails has the menu as well; corrected by keyboard, the focus stays at the row', async () => {
  await work.mailbox.behave({ rejectAddresses: ['recusado@uni.example'] })
  await newTeacher('Caixa Recusada', 'recusado@uni.example')
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  const dialog = page.getByRole('dialog')
  await signIn(page, staff, '/app/teachers?search=recusada')
  const correct = page.getByRole('button', { name: 'Correct e-mail of Caixa Recusada' })
  await correct.waitFor()
  const actions = page.getByRole('button', { name: 'Actions: Caixa Recusada' })
  await actions.press('Enter')
  await page.getByRole('menuitem', { name: 'Correct e-mail' }).waitFor()
  expect(await page.getByRole('menuitem').allInnerTexts()).toEqual(['Invite again', 'Correct e-mail'])
  await page.keyboard.press('Escape')
  await correct.press('Enter')
  await dialog.getByText('The e-mail that could not be sent will be sent to this address again.').waitFor()
  await dialog.getByLabel('New e-mail').fill('aceito@uni.example')
  await dialog.getByText('The e-mail that could not be sent will be sent to the new address.').waitFor()
  await dialog.getByLabel('Reason').fill('Typing error.')
  await expectGood(page)
  await dialog.getByRole('button', { name: 'Save and send again' }).press('Enter')
  await page.getByText('E-mail of Caixa Recusada corrected').waitFor()
  await correct.waitFor({ state: 'detached' })
  await expect.poll(() => focused(page)).toContain('Caixa Recusada')
  await expectGood(page)
  await page.keyboard.press('Tab')
  expect(await hasFocus(actions)).toBe(true)
  await close()
})

test('a button has the focus again once it has waited, and the heading before it has it once the button is gone', async () => {
  await newTeacher('Sem Senha', 'sem.senha@uni.example')
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  await signIn(page, staff, '/app/teachers')
  const held: (() => void)[] = []
  await page.route('**/invitations', async (route) => {
    await new Promise<void>((answer) => held.push(answer))
    await route.fulfill({ status: 200, json: { invited: 0, recently: 1, entered: 0 } })
  })
  const all = page.getByRole('button', { name: 'Invite all again' })
  const invite = async () => {
    await all.press('Enter')
    await page.locator('button[data-loading]').waitFor()
    await expect.poll(() => held.length).toBe(1)
    held.pop()?.()
  }
  await invite()
  await page.getByText('1 person was invited less than an hour ago and was left out.').waitFor()
  await expect.poll(() => hasFocus(all)).toBe(true)
  await page.getByRole('status').getByRole('button', { name: 'Close' }).first().press('Enter')
  await expect.poll(() => hasFocus(all)).toBe(true) // the news led back to it

  await page.reload() // a second click would be the same wish
  await all.waitFor()
  await settle(page)
  await page.route(/\/teachers(\?|$)/, async (route) => {
    if (route.request().resourceType() === 'document') return route.continue()
    const response = await route.fetch()
    await route.fulfill({ response, json: { ...(await response.json()), neverCame: 0 } })
  })
  await invite()
  await all.waitFor({ state: 'detached' })
  await expect.poll(() => focused(page)).toBe('Teachers')
  await close()
})

async function turnOnTwoSteps(person: { email: string }): Promise<void> {
  const owner = await academy.signIn(person)
  const { secret } = await owner.call(beginAuthenticator, {})
  await owner.call(confirmAuthenticator, { code: codeShown(secret) })
}

const hasFocus = (button: Locator) => button.evaluate((each) => each === document.activeElement)

test('two-step verification of a teacher is turned off by keyboard alone; the reason is needed, and kept', async () => {
  await turnOnTwoSteps(TEACHER)
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  const dialog = page.getByRole('dialog')
  const row = page.getByRole('row').filter({ hasText: TEACHER.name })
  await signIn(page, staff, '/app/teachers')
  await row.getByText('Two-step verification on').waitFor()
  await expectGood(page)
  const actions = page.getByRole('button', { name: `Actions: ${TEACHER.name}` })
  await actions.focus()
  await page.keyboard.press('Enter')
  const item = page.getByRole('menuitem', { name: 'Turn off two-step verification…' })
  await item.waitFor()
  await expectGood(page)
  await page.keyboard.press('Escape')
  await item.waitFor({ state: 'detached' })
  expect(await hasFocus(actions)).toBe(true)

  const open = async () => {
    await actions.press('Enter')
    await page.locator('[role="menuitem"]:focus').filter({ hasText: 'Correct e-mail' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.locator('[role="menuitem"]:focus').filter({ hasText: 'Turn off' }).waitFor()
    await page.keyboard.press('Enter')
    await dialog.getByRole('heading', { name: `Turn off two-step verification of ${TEACHER.name}` }).waitFor()
    await settle(page)
  }
  await open()
  const reason = dialog.getByLabel('Reason')
  expect(await hasFocus(reason)).toBe(true)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  expect(await hasFocus(actions)).toBe(true)

  await open()
  await dialog.getByRole('button', { name: 'Turn off' }).press('Enter')
  await dialog.getByText('Fill in this field.').first().waitFor()
  expect(await reason.getAttribute('aria-invalid')).toBe('true')
  await expectGood(page)
  await reason.fill('Lost the phone; showed an identity card.')
  await dialog.getByRole('button', { name: 'Turn off' }).press('Enter')
  await page.getByText(`Two-step verification of ${TEACHER.name} is off`).waitFor()
  await row.getByText('Two-step verification on').waitFor({ state: 'detached' })

  // The dialog shows the next time who turned it off before, and why.
  await turnOnTwoSteps({ email: TEACHER.email.toUpperCase() }) // typed otherwise, signed in anew
  await page.reload()
  await open()
  await dialog.getByText('Earlier times it was turned off').waitFor()
  await dialog.getByText(`by ${SERRA.staff.name}`).waitFor()
  await dialog.getByText('Lost the phone; showed an identity card.').waitFor()
  await expectGood(page)
  await close()
})

test('on a phone: a student’s is turned off', async () => {
  await turnOnTwoSteps(STUDENT)
  const { page, close } = await visit(served.browser, served.url, PHONE)
  const dialog = page.getByRole('dialog')
  await signIn(page, staff, `/app/students?search=${STUDENT.email}`)
  await page.getByText('Verificação em duas etapas ligada').waitFor()
  await expectGood(page)
  expect(await lowTargets(page)).toEqual([])
  await choose(page, `Ações: ${STUDENT.name}`, 'Desligar a verificação em duas etapas…')
  await dialog.getByText('Todos os aparelhos saem da conta.').waitFor()
  await dialog.getByLabel('Motivo').fill('Perdeu o celular.')
  await expectGood(page)
  await dialog.getByRole('button', { name: 'Desligar' }).click()
  await page.getByText(`A verificação em duas etapas de ${STUDENT.name} está desligada`).waitFor()
  await page.getByText('Verificação em duas etapas ligada').waitFor({ state: 'detached' })

  // Nobody has failed e-mails; somebody who is searched for among them is not found, and that is all there is to say.
  await page.goto('/app/students?problems=true')
  await page.getByText('Nenhum problema de e-mail').waitFor()
  await page.goto('/app/students?problems=true&search=ningu%C3%A9m')
  await page.getByRole('heading', { name: 'Nada encontrado' }).waitFor()
  expect(await page.getByText('Nenhum problema de e-mail').count()).toBe(0)
  await close()
})

test('a dialog whose question for earlier changes fails says so, and asks again; it does not show none', async () => {
  const [, teacher] = SERRA.teachers
  await turnOnTwoSteps(teacher)
  const { page, close } = await visit(served.browser, served.url, PHONE)
  const dialog = page.getByRole('dialog')
  await signIn(page, staff, `/app/teachers?search=${teacher.email}`)
  for (const [item, question, before] of [
    ['Corrigir e-mail', '**/people/*/corrections', 'Correções anteriores'],
    ['Desligar a verificação em duas etapas…', '**/people/*/authenticator/off', 'Desligamentos anteriores'],
  ] as const) {
    await page.route(question, (route) => route.fulfill({ status: 500, json: {} }))
    await choose(page, `Ações: ${teacher.name}`, item)
    await dialog.getByText('Carregando').waitFor()
    const failed = dialog.getByRole('region', { name: before }).getByRole('alert')
    await failed.getByText('Não foi possível carregar.').waitFor()
    await expectGood(page)
    await page.unroute(question)
    await failed.getByRole('button', { name: 'Tentar de novo' }).click()
    await dialog.getByRole('region', { name: before }).waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  }
  await close()
})

test.each([ENGLISH, PHONE])(
  'staff see their colleagues, and turn off theirs but not their own: $locale',
  async (look) => {
    const name = `Célia ${look.locale}`
    const email = `celia.${look.locale.toLowerCase()}@uni.example`
    await newColleague(academy, { name, email })
    await turnOnTwoSteps({ email })
    const english = look.locale === 'en'
    const { page, close } = await visit(served.browser, served.url, look)
    await signIn(page, staff, '/app')
    await page.getByRole('button', { name: english ? 'People' : 'Pessoas' }).click()
    await page.getByRole('link', { name: english ? 'Staff' : 'Equipe', exact: true }).click()
    await page.getByRole('heading', { name: english ? 'Staff' : 'Equipe' }).waitFor()
    const own = page.getByRole('row').filter({ hasText: SERRA.staff.email })
    await own.getByText(english ? 'You' : 'Você').waitFor()
    expect(await own.getByRole('button').count()).toBe(0)
    expect(await own.getByRole('link').getAttribute('href')).toBe('/app/account')
    await expectGood(page)
    await page.getByRole('searchbox').fill('nobody at all')
    await page.getByText(english ? 'Nothing found' : 'Nada encontrado').waitFor()
    await expectGood(page)
    await page.getByRole('searchbox').fill(email)
    await own.waitFor({ state: 'detached' })
    const mark = page.getByText(english ? 'Two-step verification on' : 'Verificação em duas etapas ligada')
    await mark.waitFor()
    await choose(
      page,
      english ? `Actions: ${name}` : `Ações: ${name}`,
      english ? 'Turn off two-step verification…' : 'Desligar a verificação em duas etapas…',
    )
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(english ? 'Reason' : 'Motivo').fill('Perdeu o celular.')
    await expectGood(page)
    await dialog.getByRole('button', { name: english ? 'Turn off' : 'Desligar' }).click()
    await mark.waitFor({ state: 'detached' })
    await close()
  },
)
