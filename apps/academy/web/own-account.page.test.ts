/** My account in a real browser: from the user's menu, by keyboard, in both languages. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { DEMO_ADMINISTRATOR, DEMO_PASSWORD } from '../src/demo/people.ts'
import { codeShown } from '../test-support/authenticator-app.ts'
import { type Academy, SERRA, startAcademy } from '../test-support/start-academy.ts'
import {
  accessibilityProblems,
  type Look,
  settle,
  sidewaysOverflow,
  signIn,
  signInByForm,
  visit,
} from './testing/browser.ts'
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
  await page.evaluate('scrollTo(0, 0)') // half under the header, a button counts as a small one
  expect(await accessibilityProblems(page)).toEqual([])
  expect(await sidewaysOverflow(page)).toBe(0)
}
const focused = (page: Page) => page.evaluate<string>('document.querySelector(":focus")?.innerText ?? ""')
const asked = ({ email }: { email: string }) => ({ email, password: DEMO_PASSWORD })
/** Other tests sign the same person in by a password alone. */
const withoutAuthenticator = ({ email }: { email: string }) =>
  academy.pools.auth.query(
    'delete from academy_auth.authenticators where user_id in (select id from academy_auth.users where email = $1)',
    [email],
  )
type Person = { name: string; email: string }
const [FIRST, SECOND, THIRD] = SERRA.students as unknown as readonly [Person, Person, Person]

test('a student changes the password: a wrong one and a common one are told at their fields, the other device is out', async () => {
  const other = await visit(served.browser, served.url, ENGLISH)
  await signInByForm(other.page, asked(FIRST))
  const { page } = await visit(served.browser, served.url, ENGLISH)
  await signInByForm(page, asked(FIRST))
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
  await signInByForm(other.page, asked(SECOND))
  const { page } = await visit(served.browser, served.url, PHONE)
  await signInByForm(page, asked(SECOND), '/app/account')
  await page.getByRole('heading', { name: 'Minha conta' }).waitFor()
  await page.getByText('Este aparelho').waitFor()
  await page.getByRole('heading', { name: 'Entradas recentes' }).waitFor()
  expect(await page.getByText('Entrou', { exact: true }).count()).toBe(2)
  await expectGood(page)
  const end = page.getByRole('button', { name: /^Encerrar: / })
  expect(await end.count()).toBe(1)
  await end.focus()
  await page.keyboard.press('Enter')
  await end.waitFor({ state: 'detached' })
  await expect.poll(() => focused(page)).toContain('Este aparelho')
  await other.page.reload()
  await other.page.getByRole('heading', { name: 'Entrar' }).waitFor()
})

const IN_ENGLISH = {
  begin: 'Set up an app',
  cancel: 'Cancel',
  code: 'Code',
  open: 'Open the app here',
  copy: 'Copy the key',
  copied: 'Key copied',
  sixDigits: 'Type the six digits that the app shows.',
  wrongCode: 'This code is wrong',
  on: 'Turn on',
}
const IN_PORTUGUESE = {
  begin: 'Configurar um aplicativo',
  cancel: 'Cancelar',
  code: 'Código',
  open: 'Abrir o aplicativo aqui',
  copy: 'Copiar a chave',
  copied: 'Chave copiada',
  sixDigits: 'Digite os seis dígitos que o aplicativo mostra.',
  wrongCode: 'Este código está errado',
  on: 'Ligar',
}

/** The app is on the device that shows the page: it is opened by a link, or given the key. */
async function onThisDevice(page: Page, words: typeof IN_ENGLISH, secret: string): Promise<void> {
  const link = await page.getByRole('link', { name: words.open }).getAttribute('href')
  expect(link).toMatch(/^otpauth:\/\/totp\//)
  expect(new URL(link ?? '').searchParams.get('secret')).toBe(secret)
  await page.evaluate(
    `Object.defineProperty(navigator, 'clipboard', {
       configurable: true, value: { writeText: async (text) => { document.body.dataset.copied = text } } })`,
  )
  await page.getByRole('button', { name: words.copy }).click()
  await page.getByRole('button', { name: words.copied }).waitFor()
  expect(await page.locator('body').getAttribute('data-copied')).toBe(secret)
}

/** Sets up an app on the page of the account, as far as its codes. */
async function setUp(page: Page, words: typeof IN_ENGLISH): Promise<void> {
  const begin = page.getByRole('button', { name: words.begin })
  await begin.click()
  await page.getByRole('button', { name: words.cancel }).click()
  expect(await begin.evaluate((button) => button === document.activeElement)).toBe(true)
  await page.keyboard.press('Enter')
  const code = page.getByLabel(words.code, { exact: true })
  await code.waitFor()
  expect(await code.evaluate((input) => input === document.activeElement)).toBe(true)
  expect(await code.getAttribute('autocomplete')).toBe('one-time-code')
  const secret = (await page.locator('form code').innerText()).replaceAll(' ', '')
  await expectGood(page)
  await onThisDevice(page, words, secret)
  const place = () => code.evaluate((input) => input.getBoundingClientRect().top + window.scrollY)
  const before = await place()
  await code.fill('letters')
  await page.keyboard.press('Enter')
  await page.getByText(words.sixDigits, { exact: true }).first().waitFor()
  await code.fill('000000')
  await page.keyboard.press('Enter')
  await page.getByText(words.wrongCode).first().waitFor()
  expect(await place()).toBe(before)
  await expectGood(page)
  await code.fill(codeShown(secret))
  await page.getByRole('button', { name: words.on, exact: true }).click()
}

test('on a phone: two steps are set up, a code is asked for at sign-in, a recovery code does as well, and they are turned off', async () => {
  const { page } = await visit(served.browser, served.url, PHONE)
  await signInByForm(page, asked(THIRD), '/app/account')
  await page.getByRole('heading', { name: 'Verificação em duas etapas' }).waitFor()
  await setUp(page, IN_PORTUGUESE)
  await page.getByRole('heading', { name: 'Guarde os seus códigos de recuperação' }).waitFor()
  await expectGood(page)
  const codes = await page.locator('section[aria-labelledby="two-steps-title"] li').allInnerTexts()
  expect(codes).toHaveLength(10)
  const download = page.getByRole('link', { name: 'Baixar' })
  expect(decodeURIComponent((await download.getAttribute('href')) ?? '')).toContain(codes.join('\n'))
  const copy = page.getByRole('button', { name: 'Copiar' })
  const told = (text: string) =>
    page.locator('[role="status"]').filter({ hasText: text }).waitFor({ state: 'attached' })
  const clipboard = (write: string) =>
    page.evaluate(
      `Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: ${write} } })`,
    )
  await clipboard('() => Promise.reject(new Error())')
  await copy.click()
  await told('O navegador não os copiou.')
  expect(await page.getByText('O navegador não os copiou.').count()).toBe(2) // read, and heard
  await expectGood(page)
  await clipboard('() => Promise.resolve()')
  await copy.click()
  await told('Copiados')
  await page.getByRole('button', { name: 'Copiados' }).waitFor()
  await page.evaluate(`(() => {
    globalThis.heard = []
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) heard.push(...[...addedNodes].map(({ textContent }) => textContent))
    }).observe([...document.querySelectorAll('[role="status"]')].at(-1), { childList: true })
  })()`)
  await page.getByRole('button', { name: 'Copiados' }).click()
  await page.getByRole('button', { name: 'Copiados' }).click()
  await expect.poll(() => page.evaluate('heard')).toEqual(['Copiados', 'Copiados'])
  await page.getByRole('button', { name: 'Já guardei' }).press('Enter')
  await page.getByText('Restam 10 códigos de recuperação.').waitFor()
  await expect.poll(() => focused(page)).toBe('Verificação em duas etapas')
  await expectGood(page)

  const elsewhere = await visit(served.browser, served.url, ENGLISH)
  const other = elsewhere.page
  await other.goto('/app/account')
  await other.getByLabel('E-mail').fill(THIRD.email)
  await other.getByLabel('Password', { exact: true }).fill(DEMO_PASSWORD)
  await other.keyboard.press('Enter')
  const code = other.getByLabel('Code', { exact: true })
  await code.waitFor()
  expect(await code.evaluate((input) => input === document.activeElement)).toBe(true)
  expect([await code.getAttribute('autocomplete'), await code.getAttribute('inputmode')]).toEqual([
    'one-time-code',
    'numeric',
  ])
  const lostBoth = other.getByText('The academic office of your institution can turn two-step verification off.')
  await lostBoth.waitFor()
  await expectGood(other)
  await code.fill('000000')
  await other.keyboard.press('Enter')
  await other.getByText('This code is wrong').first().waitFor()
  expect(await lostBoth.isVisible()).toBe(true)
  await expectGood(other)
  await other.getByRole('button', { name: 'Use a recovery code' }).click()
  await other.getByText('This code is wrong').first().waitFor({ state: 'detached' })
  const recovery = other.getByLabel('Recovery code', { exact: true })
  expect(await recovery.getAttribute('aria-invalid')).not.toBe('true')
  await recovery.fill('aaaaa-aaaaa')
  await other.keyboard.press('Enter')
  await other.getByText('This recovery code is wrong').first().waitFor()
  const { auth } = academy.pools
  await auth.query(
    `insert into academy_auth.sign_in_failures (subject, failures)
     select 'account:' || translate(encode(sha256(('codes of ' || id)::bytea), 'base64'), '+/=', '-_'), 1000
     from academy_auth.users where email = $1 on conflict (subject) do update set failures = excluded.failures`,
    [THIRD.email],
  )
  await other.keyboard.press('Enter')
  await other.getByText('Many wrong codes were tried for this account.').first().waitFor()
  await expectGood(other)
  expect(await other.getByRole('link', { name: 'Sign in with a link' }).getAttribute('href')).toBe(
    '/app/forgot-password',
  )
  await auth.query('delete from academy_auth.sign_in_failures')
  await recovery.fill((codes[0] as string).toUpperCase())
  await expectGood(other)
  await other.keyboard.press('Enter')
  await other.getByText('9 recovery codes are left.').waitFor()
  await other.getByText('Right password, wrong code').first().waitFor()
  await other.getByText('Where the password was right, whoever it was knows it').waitFor()
  expect(await other.getByText('Right password, no code').count()).toBe(0)
  await other.getByRole('button', { name: 'Make new recovery codes' }).click()
  await other.getByRole('dialog').getByLabel('Current password').fill(DEMO_PASSWORD)
  await other.getByLabel('Code of the app, or a recovery code').fill(codes[1] as string)
  await other.getByRole('dialog').getByRole('button', { name: 'Make new recovery codes' }).click()
  await other.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor()
  const [anew] = await other.locator('section[aria-labelledby="two-steps-title"] li').allInnerTexts()
  await other.getByRole('button', { name: 'I have kept them' }).click()
  await other.getByText('10 recovery codes are left.').waitFor()
  // New codes turn nothing on: no news is in the corner.
  expect(await other.getByRole('status').getByRole('button', { name: 'Close' }).count()).toBe(0)
  await other.getByRole('button', { name: 'Turn off' }).click()
  await other.getByRole('dialog').getByLabel('Current password').fill(DEMO_PASSWORD)
  await other.getByLabel('Code of the app, or a recovery code').fill(anew as string)
  await expectGood(other)
  await other.getByRole('dialog').getByRole('button', { name: 'Turn off' }).press('Enter')
  await other.getByRole('button', { name: 'Set up an app' }).waitFor()
  await expect.poll(() => focused(other)).toBe('Two-step verification')
  await expectGood(other)
})

test('staff who can ask nobody else read how whoever runs the installation is reached', async () => {
  const named = await serveAcademy(academy, { operatorContact: 'help@operator.example' })
  onTestFinished(async () => {
    await named.close()
    await withoutAuthenticator(SERRA.staff)
  })
  const { page, context } = await visit(served.browser, named.url, { ...ENGLISH, screen: 'phone' })
  const contact = page.getByRole('link', { name: 'help@operator.example' })
  await signIn(page, asked(SERRA.staff), '/app/staff')
  expect(await contact.getAttribute('href')).toBe('mailto:help@operator.example')
  await expectGood(page)
  const { secret } = (await (await page.request.put('/api/me/authenticator', { data: {} })).json()) as {
    secret: string
  }
  const on = await page.request.put('/api/me/authenticator/confirmation', { data: { code: codeShown(secret) } })
  expect(on.ok()).toBe(true)
  await context.clearCookies()
  await page.goto('/app/sign-in')
  await page.getByLabel('E-mail').fill(SERRA.staff.email)
  await page.getByLabel('Password', { exact: true }).fill(DEMO_PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByText('Whoever runs this installation can let you in again.').waitFor()
  expect(await contact.getAttribute('href')).toBe('mailto:help@operator.example')
  await expectGood(page)
})

test('in production an administrator is led to set up an app, can go nowhere else before, and then goes on', async () => {
  const production = await serveAcademy(academy, { administratorCode: 'asked' })
  onTestFinished(async () => {
    await production.close()
    await withoutAuthenticator(DEMO_ADMINISTRATOR)
  })
  const { page } = await visit(served.browser, production.url, ENGLISH)
  await signInByForm(page, asked(DEMO_ADMINISTRATOR), '/app/institutions')
  await page.getByText('Administrators sign in with a code as well.').first().waitFor()
  await expectGood(page)
  for (const path of ['/app/institutions', '/app', '/adm']) {
    await page.goto(path)
    await page.getByRole('heading', { name: 'Two-step verification' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/app/account')
  }
  await page.goto('/app/institutions')
  await setUp(page, IN_ENGLISH)
  await page.getByRole('button', { name: 'I have kept them' }).click()
  await page.waitForURL(/\/app\/institutions$/)
  await page.getByRole('heading', { level: 1 }).waitFor()
})
