/** Coming in, in a real browser: register → mailbox link → password → the seed, live → the doors; one click; a new password. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { SeedInstitutionEnrollments } from '../src/modules/institutions/seed-institution/seed-institution.commands.ts'
import { contract as createTeacher } from '../src/modules/teachers/create-teacher/create-teacher.contract.ts'
import {
  type Academy,
  PORTO,
  SERRA,
  STUDENT,
  startAcademy,
  startWork,
  type Work,
} from '../test-support/start-academy.ts'
import {
  accessibilityProblems,
  cutOff,
  goTo,
  type Look,
  lowTargets,
  openPage,
  sidewaysOverflow,
  visit,
} from './testing/browser.ts'
import { type ServedAcademy, serveAcademy } from './testing/serve-academy.ts'

vi.setConfig({ testTimeout: 900_000, hookTimeout: 240_000 })

const ENGLISH: Look = { locale: 'en', theme: 'light', screen: 'desktop' }
const PHONE: Look = { locale: 'pt-BR', theme: 'dark', screen: 'phone' }
const PASSWORD = 'mangue vermelho na chuva'

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

/** The page that the newest message to somebody leads to. */
async function linkTo(email: string): Promise<string> {
  await work.harness.runUntilIdle(60_000)
  const { text } = await work.mailbox.newestTo(email)
  const found = /http:\/\/academy\.test(\/app\/\S+token=[\w-]+)/.exec(text)?.[1]
  if (!found) throw new Error(`No link in: ${text}`)
  return found
}

const sendJson = (method: 'POST' | 'PUT', path: string, body: object) =>
  academy.fetch(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

async function expectGood(page: Page): Promise<void> {
  expect(await accessibilityProblems(page)).toEqual([])
  expect(await sidewaysOverflow(page)).toBe(0)
}

test('register, follow the link, choose a password, watch the seed through a reload, enter as a teacher', async () => {
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  await page.goto('/')
  await page.getByRole('link', { name: 'Register my institution' }).click()
  await page.getByLabel('E-mail').fill('reitora@uni.example')
  await page.getByLabel('10 students').check()
  await expectGood(page)
  await page.getByRole('button', { name: 'Send the link' }).click()
  await page.getByRole('heading', { name: 'Check your e-mail' }).waitFor()
  await expectGood(page)

  await page.goto(await linkTo('reitora@uni.example'))
  const create = page.getByRole('button', { name: 'Create the institution' })
  await page.getByLabel('Name of the institution').fill('Universidade do Litoral')
  // The browser's own zone is proposed; another is found by its place.
  const zone = page.getByRole('combobox', { name: 'Time zone' })
  expect(await zone.inputValue()).not.toBe('')
  await zone.fill('Manaus')
  await page.getByRole('option', { name: /Manaus/ }).click()
  await page.getByLabel('Password', { exact: true }).fill('Cascata')
  expect(await create.isDisabled()).toBe(true)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await expectGood(page)
  await create.click()

  await page.waitForURL(/\/app\/setup$/)
  const own = await page.request.get('/institutions/own')
  expect(await own.json()).toMatchObject({ name: 'Universidade do Litoral', timeZone: 'America/Manaus' })
  await page.reload()
  await page.getByRole('heading', { name: 'Everything is ready' }).waitFor()
  for (const made of ['92 subjects', '10 students', '6 classes', '36 enrolments']) {
    await page.getByText(made).waitFor()
  }
  const steps = page.locator('main ol > li')
  expect(await steps.count()).toBe(5)
  for (const step of await steps.allInnerTexts()) expect(step).toMatch(/\d s$/)
  await page.getByText('5 of 5 steps').waitFor()
  await expectGood(page)
  await page.getByRole('button', { name: /As a teacher/ }).click()
  await page.getByRole('button', { name: /^Your account|Your account:/ }).waitFor()
  await page.waitForURL((address) => !address.pathname.endsWith('/setup'))
  await page.getByRole('button', { name: 'Demonstration' }).click()
  await page.getByRole('menuitem', { name: /^Student:/ }).click()
  await page.getByRole('button', { name: 'Demonstration' }).click()
  await page
    .getByRole('menuitem', { name: /^Student:/ })
    .and(page.locator('[data-disabled]'))
    .waitFor()
  await page.keyboard.press('Escape')
  await close()
})

test('the link a second time says that the registration is finished', async () => {
  const email = 'diretora@uni.example'
  expect((await sendJson('POST', '/registrations', { email })).status).toBe(200)
  const link = await linkTo(email)
  const token = new URLSearchParams(link.split('?')[1]).get('token')
  const finished = await sendJson('PUT', '/registrations', { token, password: PASSWORD, institutionName: 'Do Vale' })
  expect(finished.status).toBe(200)
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  await page.goto(link)
  await page.getByText('This registration is finished already').waitFor()
  await expectGood(page)
  await page.getByRole('link', { name: 'Sign in' }).last().click()
  await page.getByLabel('E-mail').waitFor()
  await page.getByLabel('Password', { exact: true }).fill('x')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Fill in this field.').waitFor()
  expect(await page.getByLabel('E-mail').evaluate((input) => input.matches(':focus'))).toBe(true)
  await expectGood(page)
  await close()
})

test('one click on a phone; a step that fails says that nothing of it was saved, and is tried again', async () => {
  work.harness.failNext(
    SeedInstitutionEnrollments,
    new Error('O disco está cheio.'),
    SeedInstitutionEnrollments.retry.attempts,
  )
  const { page, close } = await visit(served.browser, served.url, PHONE)
  await page.goto('/')
  await expectGood(page)
  await page.getByRole('button', { name: 'Explorar com dados de demonstração' }).click()
  await page.waitForURL(/\/app\/setup$/)
  await page.getByText('O passo 4 falhou').waitFor()
  await page.getByText('Nada dele foi salvo.').waitFor()
  await expectGood(page)
  await page.getByRole('button', { name: 'Tentar o passo de novo' }).click()
  await page.getByRole('heading', { name: 'Tudo pronto' }).waitFor()
  await expectGood(page)
  await close()
})

test('a demonstration and its teacher on a phone: nothing sticks out, no word is cut, what is touched is as high as a finger', async () => {
  const { page, close } = await visit(served.browser, served.url, PHONE)
  const fits = async (where: string) => {
    expect([where, await sidewaysOverflow(page), await cutOff(page), await lowTargets(page)]).toEqual([
      where,
      0,
      [],
      [],
    ])
  }
  await openPage(page, '/')
  await fits('landing')
  await page.getByRole('button', { name: 'Explorar com dados de demonstração' }).click()
  await page.getByRole('heading', { name: 'Tudo pronto' }).waitFor()
  // The longest of the names that are drawn.
  const longest = { name: 'Centro Universitário Rio das Garças' }
  expect((await page.request.put('/institutions/own', { data: longest })).status()).toBe(200)
  await page.reload()
  await page.getByRole('banner').getByText(longest.name).waitFor()
  await fits('setup')
  await page
    .getByRole('main')
    .getByRole('button', { name: /professor/i })
    .click()
  await page.getByRole('heading', { level: 1, name: 'Minhas turmas' }).waitFor()
  await fits('classes')
  await page.getByRole('button', { name: 'Demonstração' }).press('Enter')
  // The place where one is already cannot be chosen, and has no focus either.
  await page.locator('[role="menuitem"]:not(:disabled):focus').waitFor()
  await fits('doors')
  await expectGood(page)
  await page.keyboard.press('Escape')
  const links = page.locator('main a[href^="/app/classes/"]')
  const paths = await links.evaluateAll((all) => all.map((each) => each.getAttribute('href') ?? ''))
  const klass = paths.find((path) => /^\/app\/classes\/[^/]+$/.test(path)) ?? ''
  for (const part of ['', '?tab=lessons', '?tab=students', '/notes', '/activities/new']) {
    await goTo(page, klass + part)
    await fits(part)
  }
  await close()
})

test('a forgotten password', async () => {
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  await page.goto('/app/sign-in')
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await page.getByLabel('E-mail').fill(STUDENT.email)
  await expectGood(page)
  await page.getByRole('button', { name: 'Send the link' }).click()
  await page.getByRole('heading', { name: 'Check your e-mail' }).waitFor()
  await page.getByRole('button', { name: 'Correct the address or send again' }).click()
  expect(await page.getByLabel('E-mail').inputValue()).toBe(STUDENT.email)
  const link = await linkTo(STUDENT.email)
  await page.goto(link)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await expectGood(page)
  await page.getByRole('button', { name: 'Save and sign in' }).click()
  await page.getByRole('button', { name: `Your account: ${STUDENT.name}` }).waitFor()
  await page.goto(link)
  await page.getByText('This link was used already.').waitFor()
  await close()
})

test('an address that opens accounts of two institutions: the page asks which, by keyboard, on a phone', async () => {
  const [teacher] = PORTO.teachers
  const staff = await academy.signIn(SERRA.staff)
  const { email } = await staff.call(createTeacher, { name: teacher.name, email: teacher.email })
  const link = await linkTo(email)
  const token = new URLSearchParams(link.split('?')[1]).get('token')
  expect((await sendJson('POST', '/passwords', { token, password: PASSWORD })).status).toBe(200)
  // The other account gets the same password, by the link for a forgotten one.
  expect((await sendJson('POST', '/password-resets', { email })).status).toBe(200)
  await work.harness.runUntilIdle()
  const { text } = await work.mailbox.newestTo(email)
  const porto = new RegExp(`${PORTO.name}:\\n\\S+token=([\\w-]+)`).exec(text)?.[1]
  expect((await sendJson('POST', '/passwords', { token: porto, password: PASSWORD })).status).toBe(200)

  const { page, close } = await visit(served.browser, served.url, PHONE)
  await page.goto('/app/sign-in')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Senha', { exact: true }).fill(PASSWORD)
  await page.keyboard.press('Enter')
  const title = page.getByRole('heading', { name: 'Em qual instituição?' })
  await title.waitFor()
  expect(await title.evaluate((heading) => heading === document.activeElement)).toBe(true)
  await expectGood(page)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  expect(await page.getByRole('button', { name: SERRA.name }).evaluate((b) => b === document.activeElement)).toBe(true)
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/app(?!\/sign-in)/)
  const me = (await (await page.request.get('/api/me')).json()) as { institution: { name: string } }
  expect(me.institution.name).toBe(SERRA.name)
  await close()
})
