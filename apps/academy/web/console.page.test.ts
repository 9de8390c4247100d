/** The console in a real browser, on the real API, database and daemon: walked both ways, filtered, operated, in every look. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { DEMO_ADMINISTRATOR, DEMO_PASSWORD } from '../src/demo/people.ts'
import { contract as createClassActivity } from '../src/modules/activities/create-class-activity/create-class-activity.contract.ts'
import { changeLocale } from '../src/modules/users/me/me.contract.ts'
import { LANGUAGES } from '../src/platform/i18n/i18n.ts'
import { type Academy, SERRA, startAcademy, startWork, TEACHER, type Work } from '../test-support/start-academy.ts'
import {
  accessibilityProblems,
  goTo,
  inBothLooks,
  type Look,
  lookName,
  looksOf,
  settle,
  sidewaysOverflow,
  signIn,
  signInByForm,
  visit,
} from './testing/browser.ts'
import { type ServedAcademy, serveAcademy } from './testing/serve-academy.ts'

vi.setConfig({ testTimeout: 900_000, hookTimeout: 240_000 })

const ENGLISH: Look = { locale: 'en', theme: 'light', screen: 'desktop' }
const ADMINISTRATOR = { email: DEMO_ADMINISTRATOR.email, password: DEMO_PASSWORD }
const REJECTED = SERRA.students[0]?.email ?? ''

let academy: Academy
let work: Work
let served: ServedAcademy

beforeAll(async () => {
  academy = await startAcademy()
  work = await startWork(academy)
  served = await serveAcademy(academy)
  await publish('Everything goes out')
  await work.harness.runUntilIdle()
})

afterAll(async () => {
  await served?.close()
  await work?.stop()
  await academy?.stop()
})

// What a failed test leaves open would go on asking the server while the next one runs.
afterEach(() => served.closePages())

async function publish(title: string): Promise<string> {
  const { call } = await academy.signIn(TEACHER)
  const { workflowId } = await call(createClassActivity, {
    classId: academy.classes.six,
    note: 'N1',
    title,
    description: 'One page.',
    type: 'work',
    weight: 5,
    dueDate: academy.demo.period.endAt,
    dueHour: '23:00',
  })
  return workflowId
}

/** Publishes while the mail service refuses one address, until the test ends or says otherwise. */
async function failOnce(): Promise<void> {
  await work.mailbox.behave({ rejectAddresses: [REJECTED] })
  await publish('One address is wrong')
  await work.harness.runUntilIdle()
}

/** The administrator, at a page of the console. */
async function administrator(path: string, look: Look = ENGLISH, of: ServedAcademy = served) {
  const visitor = await visit(of.browser, of.url, look)
  await signIn(visitor.page, ADMINISTRATOR, path)
  await visitor.page.waitForURL(`**${path}`)
  await settle(visitor.page)
  return visitor
}

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor()
/** As fast as fingers: the first key of a pair is soon forgotten, so nothing waits between the two. */
const pressPair = (page: Page, ...keys: [string, string]) => Promise.all(keys.map((key) => page.keyboard.press(key)))
const inCard = (page: Page, name: string) => page.getByRole('region', { name })

test('from the event to the last command, and back to the entity, with links and with keys', async () => {
  await publish('From one end to the other')
  await work.harness.runUntilIdle()
  const { page, close } = await administrator('/adm/events')
  await page
    .getByRole('link', { name: /Activity published/ })
    .first()
    .click()
  await heading(page, 'Activity published')
  await inCard(page, 'Origin').getByText('Emitted by the entity Activity').waitFor()
  await inCard(page, 'Facts').getByText(TEACHER.name).waitFor()
  await inCard(page, 'the data').or(inCard(page, 'Data')).first().getByText('activityId').waitFor()

  await inCard(page, 'Enqueued commands')
    .getByRole('link', { name: /Tell the class/ })
    .click()
  await heading(page, 'Tell the class of a new activity')
  await inCard(page, 'Origin').getByText('Enqueued by the event').waitFor()
  await inCard(page, 'Batches created')
    .getByRole('link', { name: /E-mails about a new activity/ })
    .click()
  await heading(page, 'E-mails about a new activity')
  await inCard(page, 'Next command')
    .getByText(/All went well: it was released at/)
    .waitFor()
  await expect.poll(() => inCard(page, 'Commands of the batch').getByRole('row').count()).toBe(7)

  await page.keyboard.press('n')
  await heading(page, 'Tell the teacher that all e-mails went out')
  await inCard(page, 'Origin')
    .getByText(/Released at .* when the batch/)
    .waitFor()

  // The whole way back by its keys: batch, command, event, the events of the entity.
  for (const name of [
    'E-mails about a new activity',
    'Tell the class of a new activity',
    'Activity published',
    'Events',
  ]) {
    await page.keyboard.press('o')
    await heading(page, name)
  }
  expect(new URL(page.url()).searchParams.get('entityType')).toBe('class-activity')
  await page.getByText('Entity type: Activity').waitFor()
  await page.getByLabel('Entity type', { exact: true }).and(page.locator('input')).waitFor()
  await close()
})

test('filters live in the address, the cards among them, and what means nothing is said', async () => {
  const { page, close } = await administrator('/adm/commands?status=melted&type=new-class-activity-email.send')
  await page.getByText(/Ignored, since the address has a value that does not exist: status/).waitFor()
  await page.getByRole('button', { name: /^Success/ }).click()
  await expect.poll(() => new URL(page.url()).searchParams.get('status')).toBe('success')
  await page.getByRole('button', { name: 'Remove the filter Type: E-mail a student about a new activity' }).click()
  await expect.poll(() => new URL(page.url()).searchParams.get('type')).toBe(null)
  const shared = await administrator(new URL(page.url()).pathname + new URL(page.url()).search)
  await shared.page.getByText('Status: Success').waitFor()
  await shared.page.getByRole('button', { name: /^Cancelled/ }).click()
  await shared.page.getByText('Nothing matches the filters').waitFor()
  await shared.page.getByRole('button', { name: 'Clear filters' }).first().click()
  await shared.page.getByRole('table', { name: 'Commands' }).waitFor()
  await settle(shared.page)
  const numbers = await shared.page.locator('fieldset button').allInnerTexts()
  const [total = 0, ...parts] = numbers.map((text) => Number(text.replace(/\D/g, '')))
  expect(parts.reduce((sum, part) => sum + part, 0)).toBe(total)
  await shared.close()
  await close()
})

test('a moment that does not exist stays in its field, is said to be wrong, and filters nothing', async () => {
  const { page, close } = await administrator('/adm/commands')
  await page.getByRole('search').getByRole('combobox', { name: 'Period', exact: true }).first().click()
  await page.getByRole('option', { name: 'Choose…' }).click()
  const from = page.getByLabel('From')
  await from.focus()
  await page.keyboard.type('02302026')
  await from.blur()
  await page.getByText('This time does not exist, or is not whole.').waitFor()
  expect(await from.getAttribute('aria-invalid')).toBe('true')
  expect(await from.evaluate((field) => (field as HTMLInputElement).validity.badInput)).toBe(true)
  expect(new URL(page.url()).search).toBe('')
  await from.fill('2026-01-02T03:04')
  await expect.poll(() => new URL(page.url()).search).toContain('from=')
  await page.getByText('This time does not exist, or is not whole.').waitFor({ state: 'hidden' })
  await close()
})

test('events are filtered by the status of what they enqueued; pages go by key', async () => {
  const { page, close } = await administrator('/adm/events?commands=cancelled')
  await page.getByText('Nothing matches the filters').waitFor()
  await goTo(page, '/adm/events?commands=success')
  await page
    .getByRole('link', { name: /Activity published/ })
    .first()
    .waitFor()
  await goTo(page, '/adm/commands?limit=10')
  const ids = async () =>
    page
      .getByRole('table')
      .getByRole('link')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')))
  await expect.poll(async () => (await ids()).length).toBeGreaterThan(0)

  // One tooltip at a time: the button that is pointed at takes the place of the one that has the focus.
  const pages = page.getByRole('navigation', { name: 'Pages' })
  await pages.getByRole('button', { name: 'Newer page' }).focus()
  await page.getByRole('tooltip', { name: 'Newer page' }).waitFor()
  await pages.getByRole('button', { name: 'Older page' }).hover()
  await page.getByRole('tooltip', { name: 'Older page' }).waitFor()
  await page.getByRole('tooltip', { name: 'Newer page' }).waitFor({ state: 'detached' })
  await close()
})

test('a failed command is reprocessed with a reason; its batch recovers and the next command runs', async () => {
  await failOnce()
  const { page, close } = await administrator('/adm/commands?status=error')
  await page
    .getByRole('link', { name: /E-mail a student/ })
    .first()
    .click()
  await heading(page, 'E-mail a student about a new activity')
  await inCard(page, 'Error')
    .getByText(/refused the message/)
    .first()
    .waitFor()
  const failed = page.url()

  await page.keyboard.press('r')
  const dialog = page.getByRole('dialog', { name: 'Reprocess the command' })
  await dialog.getByRole('button', { name: 'Reprocess' }).click()
  await dialog.getByText('Write at least 3 letters.').waitFor()
  expect(await accessibilityProblems(page)).toEqual([])
  await work.mailbox.behave({})
  await dialog.getByLabel('Reason').fill('The address was corrected')
  const data = dialog.getByLabel('Data of the copy')
  const asItWas = await data.inputValue()
  await data.fill('{ "studentId": ')
  await dialog.getByRole('button', { name: 'Reprocess' }).click()
  await dialog.getByText(/^This is not JSON/).waitFor()
  await data.fill('{ "studentId": "somebody" }')
  await dialog.getByRole('button', { name: 'Reprocess' }).click()
  await dialog.getByRole('alert').getByText('data.studentId').waitFor()
  await data.fill(asItWas)
  await dialog.getByRole('button', { name: 'Reprocess' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await inCard(page, 'Origin').getByText(`asked for by ${DEMO_ADMINISTRATOR.name}`).waitFor()
  await inCard(page, 'Origin').getByText('The address was corrected').waitFor()
  await work.harness.runUntilIdle()

  await page.goto(failed)
  await inCard(page, 'Reprocessings').getByText('Success').first().waitFor()
  const again = page.getByRole('button', { name: 'Reprocess' })
  expect(await again.getAttribute('aria-disabled')).toBe('true')
  expect(
    await again.evaluate(
      (button) => document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent,
    ),
  ).toBe('The command, or a copy of it, has succeeded.')
  await inCard(page, 'Batch')
    .getByRole('link', { name: /E-mails about a new activity/ })
    .click()
  await heading(page, 'E-mails about a new activity')
  await inCard(page, 'Next command')
    .getByText(/All went well/)
    .waitFor()
  await close()
})

test('a list stays as it was read, and what is new waits for a key', async () => {
  const { page, close } = await administrator('/adm/events')
  const rows = page.getByRole('table', { name: 'Events' }).getByRole('row')
  await expect.poll(() => rows.count()).toBeGreaterThan(1)
  const before = await rows.count()
  await publish('While somebody looks')
  await work.harness.runUntilIdle()
  await page.getByRole('button', { name: '1 new: press . to see' }).waitFor()
  expect(await rows.count()).toBe(before)
  await page.keyboard.press('.')
  await expect.poll(() => rows.count()).toBe(before + 1)

  await page.getByRole('button', { name: /Pause live updates/ }).click()
  await page.getByRole('button', { name: /Now: Paused/ }).waitFor()
  await publish('While it is paused')
  await work.harness.runUntilIdle()
  await page.getByRole('button', { name: /Pause live updates/ }).click()
  await page.getByRole('button', { name: '1 new: press . to see' }).waitFor()
  await close()
})

test('what is not there stays said while the page asks again whether it is', async () => {
  const path = '/adm/events/evt_01990000-0000-7000-8000-000000000001'
  const { page, close } = await administrator(path)
  await heading(page, 'Nothing here')
  await page.evaluate(`new MutationObserver(() => {
    window.without ||= document.querySelector('h1') === null
  }).observe(document.body, { childList: true, subtree: true })`)
  const askedAgain = page.waitForResponse((response) => response.url().endsWith(path.replace('/adm', '/adm/api')))
  await publish('Something else')
  await askedAgain
  await settle(page)
  expect(await page.evaluate('window.without')).toBe(undefined)
  await close()
})

test('the workflow as a tree is walked by keyboard, and as a graph has the same records', async () => {
  const event = await publish('A tree')
  await work.harness.runUntilIdle()
  const { page, close } = await administrator(`/adm/workflows/evt_${event}`)
  const tree = page.getByRole('treegrid', { name: 'Lineage' })
  await tree.getByText('× 6').waitFor()
  const asked = tree.locator('tr[tabindex="0"]')
  await asked.focus()
  expect(await asked.innerText()).toContain('Activity published')
  const focused = () => page.evaluate<string>('document.activeElement.innerText')
  await page.keyboard.press('ArrowDown')
  await expect.poll(focused).toContain('Tell the class')
  await page.keyboard.press('ArrowLeft')
  await expect.poll(() => tree.getByRole('row').count()).toBe(4) // the head, the entity, the event, the folded command
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('End')
  await expect.poll(focused).toContain('Tell the teacher')
  await page.keyboard.press('Enter')
  await heading(page, 'Tell the teacher that all e-mails went out')
  await pressPair(page, 'g', 'w')
  await tree.waitFor()
  await page.keyboard.press('v')
  await expect.poll(() => page.locator('.react-flow__node').count()).toBe(6)
  expect(new URL(page.url()).searchParams.get('view')).toBe('graph')
  await page.locator('.react-flow__node', { hasText: 'E-mails about a new activity' }).focus()
  await page.keyboard.press('Enter')
  await heading(page, 'E-mails about a new activity')
  await close()
})

test('keys lead everywhere, are listed, and can be switched off', async () => {
  const { page, close } = await administrator('/adm')
  await pressPair(page, 'g', 'b')
  await heading(page, 'Batches')
  await page.keyboard.press('/')
  await expect.poll(() => page.evaluate<string>('document.activeElement.tagName')).toBe('INPUT')
  await page.keyboard.type('gc')
  await heading(page, 'Batches')
  await page.keyboard.press('Escape')
  await page.locator('main').focus()
  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await help.getByRole('row', { name: /Go to the filters/ }).waitFor()
  expect(await accessibilityProblems(page)).toEqual([])
  await help.getByRole('switch', { name: 'Single-key shortcuts' }).click({ force: true })
  await page.keyboard.press('Escape')
  await help.waitFor({ state: 'hidden' })
  await pressPair(page, 'g', 'c')
  await settle(page)
  await heading(page, 'Batches')
  await close()
})

test('a page that nobody touches rests: what binds keys, or listens, does not draw it again and again', async () => {
  for (const path of ['/adm', '/adm/commands']) {
    const { page, context, close } = await administrator(path)
    const devtools = await context.newCDPSession(page)
    // What the processor spent on it: beside other programs the clock on the wall tells of them as well.
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
    const scriptSeconds = async () => {
      const { metrics } = await devtools.send('Performance.getMetrics')
      return metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN
    }
    const before = await scriptSeconds()
    await page.waitForTimeout(3_000)
    // A page that draws itself for ever takes all of the three seconds; the clocks of a resting one take hundredths.
    expect((await scriptSeconds()) - before).toBeLessThan(0.6)
    await close()
  }
})

test('language, theme and zone change without a reload', async () => {
  const { page, close } = await administrator('/adm/events')
  await page.evaluate('window.stayed = true')
  await page.getByRole('button', { name: 'Language' }).click()
  await page.getByRole('menuitemradio', { name: 'Português (Brasil)' }).click()
  await heading(page, 'Eventos')
  await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('pt-BR')
  await page.getByRole('button', { name: 'Tema' }).click()
  await page.getByRole('menuitemradio', { name: 'Escuro' }).click()
  await expect.poll(() => page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark')
  await page.getByRole('button', { name: /Horários em/ }).click()
  await page.getByRole('menuitemradio', { name: /^UTC/ }).click()
  await page.getByRole('button', { name: 'Horários em UTC' }).waitFor()
  await page
    .getByRole('link', { name: /Atividade publicada/ })
    .first()
    .click()
  await page
    .getByText(/\d{2}:\d{2}:\d{2},\d{3} UTC/)
    .first()
    .waitFor()
  expect(await page.evaluate('window.stayed')).toBe(true)
  await close()
})

test('the account’s language takes the place of the browser’s, as in the academy, until the reader chooses another', async () => {
  // A browser in which nobody has chosen a language.
  const context = await served.browser.newContext({ baseURL: served.url, locale: 'en' })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await signIn(page, ADMINISTRATOR, '/app/institutions')
  const owner = await academy.signIn(ADMINISTRATOR)
  onTestFinished(async () => void (await owner.call(changeLocale, { locale: 'pt-BR' })))
  await page.getByRole('heading', { name: 'Instituições', level: 1 }).waitFor()
  await page.goto('/adm/events')
  await heading(page, 'Eventos')
  const told = page.waitForResponse((answer) => answer.url().endsWith('/api/me/locale'))
  await page.getByRole('button', { name: 'Idioma' }).click()
  await page.getByRole('menuitemradio', { name: 'English' }).click()
  await heading(page, 'Events')
  expect(await (await told).json()).toMatchObject({ locale: 'en' })
})

test('the header leads back to the academy, and the name to one’s own account', async () => {
  const { page, close } = await administrator('/adm/commands')
  const user = page.getByRole('button', { name: `Your account: ${DEMO_ADMINISTRATOR.name}` })
  await user.click()
  await page.getByRole('menuitem', { name: 'My account' }).click()
  await page.waitForURL('**/app/account')
  await heading(page, 'My account')
  await page.goto('/adm/commands')
  await heading(page, 'Commands')
  const home = page.getByRole('banner').getByRole('link', { name: 'Back to Academy' })
  for (const width of [1440, 1280, 800, 390]) {
    await page.setViewportSize({ width, height: 800 })
    expect([width, await sidewaysOverflow(page)]).toEqual([width, 0])
    await home.focus()
    await page.getByRole('tooltip', { name: 'Back to Academy' }).waitFor()
    await page.getByRole('button', { name: /^Pause live updates/ }).focus()
    await page.getByRole('tooltip').waitFor({ state: 'detached' })
  }
  await home.click()
  await heading(page, 'Institutions')
  await close()
})

test('the link to a list is copied, and said to be, or why not and what to do instead', async () => {
  const { page, context, close } = await administrator('/adm/commands')
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const copy = page.getByRole('button', { name: 'Copy a link to this list' })
  const said = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor({ state: 'attached' })
  await copy.click()
  await said('Copied')
  await page.getByRole('tooltip', { name: 'Copied' }).waitFor()
  expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(page.url())
  await page.evaluate(
    `Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: () => Promise.reject(new Error()) } })`,
  )
  const instead = 'The browser did not copy it. Copy the address at the top of the browser.'
  await copy.click()
  await said(instead)
  await page.getByRole('tooltip', { name: instead }).waitFor()
  expect(await accessibilityProblems(page)).toEqual([])
  await close()
})

test('whoever is no administrator is told so, and whoever is nobody signs in first', async () => {
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  await signIn(page, { email: TEACHER.email, password: DEMO_PASSWORD })
  await page.goto('/adm/events')
  await page.getByText('Your account may not see this').waitFor()
  await close()
})

/** One command that was reprocessed, for whoever looks first. */
async function givenReprocessed(all: (path: string) => Promise<{ id: string }[]>, page: Page): Promise<void> {
  if ((await all('/commands?origin=reprocess')).length > 0) return
  await failOnce()
  await work.mailbox.behave({})
  const [failed] = await all('/commands?status=error')
  const asked = { reason: 'The address was corrected', latest: failed?.id }
  const answer = await page.request.post(`/adm/api/commands/${failed?.id}/reprocess`, { data: asked })
  expect(answer.status()).toBe(200)
  await work.harness.runUntilIdle()
}

test.each(LANGUAGES)('%s: every page is accessible, and nothing beyond the edge, in two looks', async (locale) => {
  const looks = looksOf(locale)
  const { page, close } = await administrator('/adm', looks[0])
  const all = async (path: string) => {
    const answer = await page.request.get(`/adm/api${path}`)
    return ((await answer.json()) as { items: { id: string }[] }).items
  }
  const first = async (path: string): Promise<string> => {
    const [found] = await all(path)
    if (!found) throw new Error(`There is nothing at ${path} to look at.`)
    return found.id
  }
  await givenReprocessed(all, page)
  const batch = await first('/batches')
  const routes = [
    '/adm',
    '/adm/events',
    `/adm/events/${await first('/events')}`,
    '/adm/commands',
    `/adm/commands/${await first('/commands?origin=reprocess')}`,
    '/adm/batches',
    `/adm/batches/${batch}`,
    `/adm/workflows/${batch}`,
    `/adm/workflows/${batch}?view=graph`,
    '/adm/partitions?keepDays=7',
    '/adm/commands?status=cancelled',
    '/adm/events/evt_01990000-0000-7000-8000-000000000001',
  ]
  for (const route of routes) {
    await goTo(page, route)
    await inBothLooks(page, looks, async (shown) => {
      const where = [lookName(shown), route]
      expect([...where, ...(await accessibilityProblems(page))]).toEqual(where)
      expect([...where, await sidewaysOverflow(page)]).toEqual([...where, 0])
      const cut = await page
        .locator('main :is([aria-pressed], :has(> table))')
        .evaluateAll((parts) =>
          parts.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => (e.textContent ?? '').slice(0, 40)),
        )
      expect([...where, ...cut]).toEqual(where)
    })
  }
  await close()
})

test('an outage shows on the overview with its first failed attempts, and what fails leads to one of them', async () => {
  const { page, close } = await administrator('/adm/')
  await page.getByText('Failed attempts', { exact: true }).waitFor()
  await work.mailbox.behave({ mode: 'down' })
  await publish('The mail service is away')
  await work.harness.runUntilIdle()
  const failing = page.getByRole('table', { name: 'What is failing now' })
  const unavailable = failing.getByRole('row', { name: /^Command E-mail a student about a new activity .* 6 6 / })
  await unavailable.waitFor({ timeout: 15_000 })
  expect(await accessibilityProblems(page)).toEqual([])
  await unavailable.getByRole('link').click()
  await heading(page, 'E-mail a student about a new activity')
  await close()
})

test('a session that ended elsewhere leads to signing in, and back to the page that was asked for', async () => {
  const { page, close } = await administrator('/adm/commands')
  await page.keyboard.press('p')
  await page.context().clearCookies()
  await page.getByRole('link', { name: 'Batches' }).click()
  await page.waitForURL(/sign-in/)
  expect(new URL(page.url()).searchParams.get('to')).toBe('/adm/batches')
  await signInByForm(page, ADMINISTRATOR, '/adm/batches')
  await heading(page, 'Batches')
  await close()
})

test('without a daemon every page says so, and with what to start one', async () => {
  const alone = await startAcademy()
  onTestFinished(() => alone.stop())
  const { harness, stop } = await startWork(alone)
  onTestFinished(stop)
  const itsPages = await serveAcademy(alone)
  onTestFinished(() => itsPages.close())
  const { page, close } = await administrator('/adm/commands', ENGLISH, itsPages)
  expect(await page.getByText('No daemon is running').count()).toBe(0)
  await harness.daemon.stop()
  await page.getByText(/No daemon is running/).waitFor()
  await page.getByText('node apps/academy/bin/daemon.ts').waitFor()
  await page.getByRole('link', { name: 'Overview' }).click()
  await page
    .getByText(/No daemon is running/)
    .first()
    .waitFor()
  expect(await accessibilityProblems(page)).toEqual([])
  await close()
})
