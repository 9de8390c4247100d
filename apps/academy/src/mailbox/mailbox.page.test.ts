/** The page in a real browser: usable by keyboard and screen reader, in both languages and themes, and safe with any e-mail. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { violationsOf, WCAG } from '../../../../scripts/testing/accessibility.ts'
import { sharedBrowser, throttle } from '../../../../scripts/testing/browser.ts'
import { createMailer } from '../platform/mail/create-mailer.ts'
import { renderEmail } from '../platform/mail/layout.ts'
import { mailSettings } from '../platform/mail/mail-settings.ts'
import type { MailMessage, OpenMailer } from '../platform/mail/mailer.ts'
import { type Mailbox, startMailbox } from './start-mailbox.ts'

// axe reads the whole page several times in a test; on a machine that builds at the same time that takes long.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 240_000 })

/** One browser action: a busy machine takes its time. */
const ACTION_MS_MAX = 120_000

let folder: string
let mailbox: Mailbox
let mailer: OpenMailer
const complaints: string[] = []
const contexts: BrowserContext[] = []

beforeEach(async () => {
  complaints.length = 0
  folder = await mkdtemp(join(tmpdir(), 'mailbox-page-'))
  mailbox = await startMailbox({ data: folder, port: 0, smtpPort: 0 })
  mailer = createMailer(
    mailSettings({
      MAIL_URL: `mail+${mailbox.url}`,
      MAIL_API_KEY: 'any',
      MAIL_FROM: 'Academy <no-reply@academy.example>',
    }),
  )
})
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
  await mailbox.close()
  await rm(folder, { recursive: true, force: true })
})

const email = renderEmail({
  locale: 'pt-BR',
  brand: 'Instituto Horizonte',
  title: 'Nova atividade',
  paragraphs: ['Olá, Ana.'],
  facts: [['Disciplina', 'Banco de Dados I']],
  action: { label: 'Abrir a atividade', url: 'https://academy.example/app' },
  footer: 'Você está matriculado na turma.',
})

const send = (more: Partial<MailMessage> = {}) =>
  mailer.send({
    to: 'ana@student.example',
    toName: 'Ana',
    subject: 'Nova atividade',
    key: randomUUID(),
    tags: ['new-class-activity'],
    ...email,
    ...more,
  })

async function newPage(options: BrowserContextOptions): Promise<Page> {
  const context = await (await sharedBrowser()).newContext(options)
  contexts.push(context)
  const page = await context.newPage()
  await throttle(page)
  return page
}

async function visit(path = '', options: BrowserContextOptions = {}): Promise<Page> {
  const page = await newPage({
    locale: 'en',
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    ...options,
  })
  page.setDefaultTimeout(ACTION_MS_MAX)
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.goto(mailbox.pageUrl + path)
  await page.locator('.live[data-on=true]').waitFor()
  return page
}

async function violations(page: Page, tags?: string[]): Promise<string[]> {
  // No script runs in there, axe's neither: it would wait a minute for an answer. What we send is looked at on its own.
  const found = await violationsOf(page, { exclude: '.stage iframe', ...(tags && { tags }) })
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`))
}

const looks = [
  { colorScheme: 'light', locale: 'en', viewport: { width: 1440, height: 860 } },
  { colorScheme: 'dark', locale: 'pt-BR', viewport: { width: 1440, height: 860 } },
  { colorScheme: 'light', locale: 'pt-BR', viewport: { width: 390, height: 844 } },
  { colorScheme: 'dark', locale: 'en', viewport: { width: 390, height: 844 } },
] as const

test.each(looks)('accessible, and nothing beyond the edge: $colorScheme, $locale, $viewport.width px', async (look) => {
  const key = randomUUID()
  await send({
    key,
    to: 'joao.pedro.antunes.figueiredo.de.albuquerque@student.example',
    toName: 'João Pedro Antunes Figueiredo de Albuquerque',
  })
  await send({ key })
  const page = await visit('', look)
  const fits = async () =>
    page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)

  await page.locator('.rows a').waitFor()
  expect(await violations(page)).toEqual([])
  expect(await fits()).toBe(true)

  await page.locator('.rows a').click()
  for (const tab of ['html', 'text', 'headers', 'source', 'attempts']) {
    await page.locator(`#tab-${tab}`).click()
    await page.locator(`.panel[data-tab=${tab}] > *`).first().waitFor()
    expect(await fits()).toBe(true)
    if (tab === 'html' || tab === 'attempts') expect(await violations(page)).toEqual([])
  }

  await page.locator('.bar-tools > .button').click()
  for (const mode of ['fail-percent', 'rate-limit', 'slow']) {
    await page.locator(`input[value=${mode}]`).check()
    expect(await fits()).toBe(true)
  }
  expect(await violations(page)).toEqual([])
  expect(complaints).toEqual([])
})

test.each(['light', 'dark'] as const)('the e-mails that we send are accessible: %s', async (colorScheme) => {
  const page = await newPage({ colorScheme })
  await page.setContent(email.html)
  // Landmarks are the mail client's page to give; a second `main` inside it would be wrong.
  expect(await violations(page, WCAG)).toEqual([])
})

test('an empty mailbox and a search without result say so, accessibly', async () => {
  const page = await visit()
  await page.getByText('No e-mail yet').waitFor()
  expect(await violations(page)).toEqual([])
  await page.getByRole('searchbox').fill('nothing like this')
  await page.locator('.note').getByText('No message matches').waitFor()
  await send()
  await page.getByRole('button', { name: 'Clear the search' }).click()
  await page.getByRole('link', { name: /Nova atividade/ }).waitFor()
  expect(new URL(page.url()).search).toBe('')
})

test('speaks the language of the browser, and the chosen one after that', async () => {
  const page = await visit('', { locale: 'pt-BR' })
  expect(await page.title()).toBe('Caixa de e-mails')
  expect(await page.locator('html').getAttribute('lang')).toBe('pt-BR')
  await page.getByLabel('Idioma').selectOption('en')
  await page.getByRole('heading', { name: 'Mailbox', level: 1 }).waitFor()
  await page.reload()
  expect(await page.title()).toBe('Mailbox')
  expect(await page.locator('html').getAttribute('lang')).toBe('en')
  await page.getByLabel('Theme').selectOption('dark')
  await page.reload()
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark')
})

test('messages arrive by themselves; under the pointer they wait', async () => {
  const page = await visit()
  await page.getByText('No e-mail yet').waitFor()
  await send({ subject: 'first' })
  await page.getByRole('link', { name: /first/ }).waitFor()
  await page.locator('.rows a').hover()
  await send({ subject: 'second' })
  const fresh = page.getByRole('button', { name: '1 new message' })
  await fresh.waitFor()
  expect(await page.locator('.row-subject').allTextContents()).toEqual(['first'])
  await fresh.click()
  await expect.poll(() => page.locator('.row-subject').allTextContents()).toEqual(['second', 'first'])
  await page.getByText('2 messages').waitFor()
})

test('by keyboard alone: search, move, read, go back; and the letters can be switched off', async () => {
  for (const subject of ['one', 'two', 'three']) await send({ subject })
  const page = await visit()
  await page.locator('.rows a').nth(2).waitFor()
  await page.keyboard.press('j')
  await page.getByRole('heading', { name: 'three', level: 2 }).waitFor()
  await page.keyboard.press('j')
  await page.getByRole('heading', { name: 'two', level: 2 }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/mailbox/2')
  await page.keyboard.press('k')
  await page.getByRole('heading', { name: 'three', level: 2 }).waitFor()
  await page.getByRole('tab', { name: 'HTML' }).focus()
  await page.keyboard.press('ArrowRight')
  expect(await page.getByRole('tab', { name: 'Text' }).getAttribute('aria-selected')).toBe('true')
  await page.getByRole('tabpanel').getByText('Olá, Ana.').waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-id'))).toBe('3')
  await page.keyboard.press('/')
  await page.keyboard.type('two')
  await expect.poll(() => page.locator('.row-subject').allTextContents()).toEqual(['two'])
  await page.keyboard.press('Escape')
  await expect.poll(() => page.locator('.rows a').count()).toBe(3)
  await page.getByLabel(/Keyboard shortcuts/).uncheck()
  await page.locator('.rows a').first().focus()
  await page.keyboard.press('j')
  expect(new URL(page.url()).pathname).toBe('/mailbox')
})

test('a link to a message opens it, and back goes back', async () => {
  await send()
  const page = await visit('/1')
  await page.getByRole('heading', { name: 'Nova atividade', level: 2 }).waitFor()
  const gone = await visit('/77')
  await gone.getByText('This message is not here any more').waitFor()
  await gone.locator('.rows a').click()
  await gone.getByRole('heading', { name: 'Nova atividade', level: 2 }).waitFor()
  await gone.goBack()
  await gone.getByText('This message is not here any more').waitFor()
})

test('the simulator is set here, and marks what it does not take', async () => {
  const page = await visit()
  await page.getByRole('button', { name: /Provider/ }).click()
  await page.getByRole('radio', { name: /Fails sometimes/ }).check()
  await page.getByLabel('Share (%)').fill('250')
  await page.getByLabel('Addresses refused for good').fill('ana')
  await page.getByRole('button', { name: 'Apply' }).click()
  await page.getByText('Not applied: see the marked fields.').waitFor()
  expect(await page.getByLabel('Share (%)').getAttribute('aria-invalid')).toBe('true')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('sim-percent')
  await page.getByText('A number from 0 to 100.').waitFor()
  await page.getByText(/^Only whole addresses/).waitFor()
  await page.getByLabel('Addresses refused for good').fill('ana@gone.example\n*@gone.example')
  await page.getByLabel('Share (%)').fill('100')
  await page.getByRole('button', { name: 'Apply' }).click()
  await page.getByText('Applied.', { exact: true }).waitFor()
  expect(await (await fetch(`${mailbox.url}/api/simulator`)).json()).toMatchObject({
    mode: 'fail-percent',
    percent: 100,
    rejectAddresses: ['ana@gone.example', '*@gone.example'],
  })
  await expect(send()).rejects.toThrow()
  await page.locator('.attempts').getByText('refused').waitFor()
  await page.getByRole('button', { name: 'Back to normal' }).click()
  await page.getByRole('button', { name: 'Provider: works' }).waitFor()
  await send()
  await page.getByRole('link', { name: /Nova atividade/ }).waitFor()
})

test('the source is copied, and said to be, or why not and what to do instead', async () => {
  await send()
  const page = await visit()
  await page.locator('.rows a').click()
  await page.getByRole('tab', { name: 'Source' }).click()
  const said = page.getByRole('status')
  for (const [write, words] of [
    ['Promise.reject(new Error())', 'The browser did not copy it'],
    ['Promise.resolve()', 'Copied'],
  ] as const) {
    await page.evaluate(
      `Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: () => ${write} } })`,
    )
    await page.locator('.source .copy').click()
    await said.filter({ hasText: words }).waitFor({ state: 'attached' })
    await page.locator('.source .copy').filter({ hasText: words }).waitFor()
  }
  expect(complaints).toEqual([])
})

test('emptying asks first', async () => {
  await send()
  const page = await visit()
  await page.getByRole('link', { name: /Nova atividade/ }).waitFor()
  await page.getByRole('button', { name: 'Empty the mailbox' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  expect(await page.locator('.rows a').count()).toBe(1)
  await page.getByRole('button', { name: 'Empty the mailbox' }).click()
  await page.getByRole('dialog').waitFor()
  expect(await violations(page)).toEqual([])
  await page.getByRole('dialog').getByRole('button', { name: 'Empty the mailbox' }).click()
  await page.getByText('No e-mail yet').waitFor()
})

test('a hostile e-mail runs nothing, loads nothing and stays in its frame', async () => {
  // Whoever is asked here was reached by the e-mail.
  const asked: string[] = []
  const tracker: Server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end()
  })
  await new Promise<void>((resolve) => tracker.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    tracker.close()
    tracker.closeAllConnections()
  })
  const remote = `http://127.0.0.1:${(tracker.address() as AddressInfo).port}`
  const attack = `<img src=x onerror="parent.pwned=1"><script>top.pwned=1</script>`
  await send({
    subject: attack,
    toName: attack,
    text: attack,
    tags: [attack],
    html: `<!doctype html><head><style>@import url(${remote}/import);</style><link rel=stylesheet href="${remote}/css">
      <meta http-equiv=refresh content="0;url=${remote}/refresh"></head>
      <body style="background:url(${remote}/background)"><p>Hello</p>${attack}
      <img src="${remote}/pixel"><iframe src="${remote}/frame"></iframe><video src="${remote}/video" autoplay></video>
      <form action="${remote}/form"><button>send</button></form><a href="${remote}/link">link</a>
      <script>fetch("${remote}/fetch"); top.location="${remote}/top"</script></body>`,
  })
  const page = await visit('/1')
  const frame = page.frameLocator('.stage iframe')
  await frame.getByText('Hello').waitFor()
  for (const tab of ['Text', 'Headers', 'Source', 'Attempts']) await page.getByRole('tab', { name: tab }).click()
  await page.getByRole('tab', { name: 'HTML' }).click()
  await frame.getByText('send').click()
  expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false)
  expect(new URL(page.url()).pathname).toBe('/mailbox/1')
  expect(await page.getByRole('heading', { level: 2 }).first().textContent()).toBe(attack)
  expect(asked).toEqual([])
  // The one thing that may leave is a link that somebody follows, in a tab of its own.
  const popup = page.waitForEvent('popup')
  await frame.getByRole('link', { name: 'link' }).click()
  await (await popup).waitForLoadState()
  expect(asked.filter((url) => url !== '/favicon.ico')).toEqual(['/link'])
  expect(new URL(page.url()).pathname).toBe('/mailbox/1')
})
