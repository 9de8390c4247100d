/** The academy in a real browser, on the real API, database, daemon and mailbox: the story, and every page in every look. */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DEMO_ADMINISTRATOR, DEMO_PASSWORD, type DemoPerson } from '../src/demo/people.ts'
import { contract as createClassActivity } from '../src/modules/activities/create-class-activity/create-class-activity.contract.ts'
import { LANGUAGES } from '../src/platform/i18n/i18n.ts'
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
  cutOff,
  goTo,
  inBothLooks,
  type Look,
  lookName,
  looksOf,
  openPage,
  settle,
  sidewaysOverflow,
  signIn,
  signInByForm,
  visit,
} from './testing/browser.ts'
import { type ServedAcademy, serveAcademy } from './testing/serve-academy.ts'

// axe reads each page several times; beside a build on the same two processors that takes long.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 180_000 })

const ENGLISH: Look = { locale: 'en', theme: 'light', screen: 'desktop' }

let academy: Academy
let work: Work
let served: ServedAcademy

// Each test counts e-mails and notices from none on.
beforeEach(async () => {
  academy = await startAcademy()
  work = await startWork(academy, {}, { time: 'real' })
  served = await serveAcademy(academy)
})
afterEach(async () => {
  await served?.close()
  await work?.stop()
  await academy?.stop()
})

const asked = (person: DemoPerson) => ({ email: person.email, password: DEMO_PASSWORD })

async function fillForm(page: Page, title: string): Promise<void> {
  await page.getByLabel('Title').fill(title)
  await page.getByLabel('Description').fill('Entities and relationships.\n\nHand in one page.')
  await page.getByLabel('Weight').fill('10')
}

async function publish(page: Page, title: string): Promise<string> {
  await goTo(page, `/app/classes/${academy.classes.six}/activities/new`)
  await fillForm(page, title)
  await page.getByRole('button', { name: 'Publish' }).click()
  await page.waitForURL(/\/app\/activities\//)
  return new URL(page.url()).pathname
}

/** The page of an activity of which everybody has been told. */
async function deliveredActivity(): Promise<string> {
  const { call } = await academy.signIn(TEACHER)
  const { id } = await call(createClassActivity, {
    classId: academy.classes.six,
    note: 'N1',
    title: 'Everybody knows',
    description: 'One page.',
    type: 'work',
    weight: 5,
    dueDate: academy.demo.period.endAt,
    dueHour: '23:00',
  })
  await work.harness.runUntilIdle()
  return `/app/activities/${id}`
}

test('a teacher publishes by keyboard, a student hears of it live, the e-mail leads to it after sign-in', async () => {
  const student = await visit(served.browser, served.url, ENGLISH)
  await signIn(student.page, asked(STUDENT))
  await student.page.getByRole('button', { name: 'Notifications, none unread' }).waitFor()

  const teacher = await visit(served.browser, served.url, ENGLISH)
  const { page } = teacher
  await page.goto('/app')
  await page.getByLabel('E-mail').waitFor()
  await page.keyboard.type(TEACHER.email)
  await page.keyboard.press('Tab')
  await page.keyboard.type(DEMO_PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'New activity in Banco de Dados' }).press('Enter')
  await page.getByLabel('Title').focus()
  await page.keyboard.type('Database modelling')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Entities and relationships.')
  await page.keyboard.press('Tab') // type: as it is
  await page.keyboard.press('Tab') // grade
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Tab')
  await page.keyboard.type('25')
  await page.keyboard.press('Enter')

  await page.waitForURL(/\/app\/activities\//)
  const path = new URL(page.url()).pathname
  const card = page.getByRole('region', { name: 'Notices to students' })
  await card.getByText('All 6 e-mails were sent.').waitFor()
  expect(await card.getByRole('progressbar').getAttribute('aria-valuetext')).toBe('6 of 6')
  await card.getByText('Live', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Notifications, 1 unread' }).waitFor()
  await card.getByRole('button', { name: 'Show by student' }).press('Enter')
  await expect
    .poll(() =>
      card
        .getByRole('row')
        .filter({ hasText: /Sent at/ })
        .count(),
    )
    .toBe(6)
  const facts = await page.locator('dl').first().innerText()
  expect(facts).toContain('N2')
  expect(facts).toContain('25%')

  await student.page.getByRole('button', { name: 'Notifications, 1 unread' }).waitFor()
  await student.page.getByRole('listitem').filter({ hasText: 'Database modelling' }).getByText('New').waitFor()
  await student.page.getByRole('button', { name: 'Notifications, 1 unread' }).click()
  await student.page
    .getByRole('dialog')
    .getByRole('link', { name: /Database modelling/ })
    .click()
  await student.page.getByRole('heading', { level: 1, name: 'Database modelling' }).waitFor()
  await student.page.getByRole('button', { name: 'Notifications, none unread' }).waitFor()
  // Reading it moves the teacher's card, while they look at it.
  await card.getByText('1 has read it').waitFor()
  // What arrived while the page was open is read when it is opened again; the page has its place in the navigation.
  expect(await page.getByRole('link', { name: 'My classes' }).first().getAttribute('aria-current')).toBe('page')
  await page.reload()
  await page.getByRole('button', { name: 'Notifications, none unread' }).waitFor()

  expect(await work.mailbox.counts()).toMatchObject({ messages: 6, keys: 6 })
  const other = SERRA.students[1] as DemoPerson
  const fromEmail = await visit(served.browser, served.url, ENGLISH)
  await signInByForm(fromEmail.page, asked(other), path)
  await fromEmail.page.waitForURL(`**${path}`)
  await fromEmail.page.getByRole('heading', { level: 1, name: 'Database modelling' }).waitFor()
  // Whoever came by e-mail has read the notice as well.
  await fromEmail.page.getByRole('button', { name: 'Notifications, none unread' }).waitFor()

  for (const visitor of [student, teacher, fromEmail]) await visitor.close()
})

test('what is wrong is said at the fields and in a summary, and the first of them has the focus', async () => {
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  await signIn(page, asked(TEACHER), `/app/classes/${academy.classes.six}/activities/new`)
  await page.getByLabel('Title').waitFor()
  await page.getByLabel('Weight').fill('300')
  await page.getByRole('button', { name: 'Publish' }).click()
  const summary = page.getByRole('alert')
  await summary.getByText('3 fields need to be corrected').waitFor()
  await expect.poll(() => page.evaluate<string>('document.activeElement.dataset.field')).toBe('title')
  expect(await page.getByLabel('Title').getAttribute('aria-invalid')).toBe('true')
  await summary.getByRole('button', { name: 'Weight' }).click()
  await expect.poll(() => page.evaluate<string>('document.activeElement.dataset.field')).toBe('weight')
  expect(await accessibilityProblems(page)).toEqual([])
  await fillForm(page, 'Corrected')
  await page.getByRole('button', { name: 'Publish' }).click()
  await page.waitForURL(/\/app\/activities\//)
  await close()
})

test('an activity that was there before deliveries were followed says so, and asks for no stream', async () => {
  const id = randomUUID()
  const owner = new pg.Client(academy.url)
  await owner.connect()
  await owner.query(
    `insert into academy.class_activities
       (institution_id, id, class_id, note, title, description, type, weight, status, due_date, due_hour, created_by)
     select institution_id, $2, id, 'N3', 'De antes', 'Leia https://exemplo.example/a.', 'work', 1, 'published', $3,
       '23:59', teacher_id
     from academy.classes where id = $1`,
    [academy.classes.six, id, academy.demo.period.endAt],
  )
  await owner.end()
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  const asked404: string[] = []
  page.on('response', (response) => {
    if (response.status() === 404) asked404.push(response.url())
  })
  await signIn(page, asked(TEACHER), `/app/activities/${id}`)
  await page.getByText('Published before notices were tracked').waitFor()
  const link = page.getByRole('link', { name: 'https://exemplo.example/a', exact: true })
  expect([await link.getAttribute('href'), await link.getAttribute('rel')]).toEqual([
    'https://exemplo.example/a',
    'noopener noreferrer nofollow',
  ])
  expect(await accessibilityProblems(page)).toEqual([])
  expect(asked404).toEqual([])
  await close()
})

test('header and page stand on one grid, in the typeface that is served', async () => {
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  await signIn(page, asked(TEACHER))
  await page.setViewportSize({ width: 1440, height: 900 })
  await settle(page)
  const leftOf = async (selector: string) => (await page.locator(selector).first().boundingBox())?.x
  expect(await leftOf('header a[href="/app"]')).toBe(await leftOf('h1'))
  expect(
    await page.evaluate<string[]>(
      `[...document.fonts].filter(({ status }) => status === 'loaded').map(({ family }) => family)`,
    ),
  ).toContain('Inter')
  await close()
})

test('a day that is none stays as it was typed, is said to be wrong, and nothing is published for another', async () => {
  for (const { look, none, unreadable, past, outside, label, time, send } of [
    {
      look: { ...ENGLISH, locale: 'pt-BR' } as Look,
      none: ['31/02/2026', 'Esta data não existe.'],
      unreadable: ['amanhã', 'Escreva a data como 31/12/2026.'],
      past: ['01/01/2020', 'Este dia já passou.'],
      outside: ['01/01/2099', 'Fora do período acadêmico'],
      label: 'Data de entrega',
      time: 'Horário limite',
      send: 'Publicar',
    },
    {
      look: ENGLISH,
      none: ['31 Feb 2026', 'This date does not exist.'],
      unreadable: ['06/12/2026', 'Write the date like 31 Dec 2026 or 2026-12-31.'],
      past: ['1 Jan 2020', 'This date has passed.'],
      outside: ['1 Jan 2099', 'Outside the academic period'],
      label: 'Due date',
      time: 'Due time',
      send: 'Publish',
    },
  ] as const) {
    const { page, close } = await visit(served.browser, served.url, look)
    await signIn(page, asked(TEACHER), `/app/classes/${academy.classes.six}/activities/new`)
    const field = page.getByRole('textbox', { name: label })
    const form = page.locator('main form')
    for (const [typed, words] of [none, unreadable, past, outside]) {
      await field.fill(typed)
      await field.press('Tab')
      await form.getByText(words).waitFor()
      expect(await field.inputValue()).toBe(typed)
      expect(await field.getAttribute('aria-invalid')).toBe('true')
    }
    await page.locator('[data-field="title"]').fill('Resenha')
    await page.locator('[data-field="description"]').fill('Uma página.')
    await page.locator('[data-field="weight"]').fill('1')
    for (const [typed] of [none, unreadable, past]) {
      await field.fill(typed)
      await field.press('Tab')
      await page.getByRole('button', { name: send }).click()
      await page.getByRole('alert').getByRole('button', { name: label }).waitFor()
      expect(await field.inputValue()).toBe(typed)
    }
    expect(await accessibilityProblems(page)).toEqual([])
    await field.fill(academy.demo.period.endAt)
    await field.press('Tab')
    const hour = page.getByLabel(time)
    expect(await hour.inputValue()).toBe('23:59')
    await hour.fill('18:37')
    await page.getByRole('button', { name: send }).click()
    await page.waitForURL(/\/app\/activities\//)
    await page.getByText('18:37').waitFor()
    await close()
  }
})

test('a teacher who leaves keeps the progress in the header, and a retry is told in words', async () => {
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  await signIn(page, asked(TEACHER))
  await work.mailbox.behave({ mode: 'down' })
  await publish(page, 'While the service is down')
  const card = page.getByRole('region', { name: 'Notices to students' })
  await card
    .getByText(/will be tried again/)
    .first()
    .waitFor()
  await card
    .getByText(/next try in \d+ s/)
    .first()
    .waitFor()
  expect(await accessibilityProblems(page)).toEqual([])
  await page.getByRole('link', { name: 'My classes' }).first().click()
  const chip = page.getByRole('link', { name: /Notices for While the service is down: 0%/ })
  await chip.waitFor()
  await page.reload()
  await chip.waitFor()
  await work.mailbox.behave({ mode: 'ok' })
  await chip.click()
  await card.getByText('All 6 e-mails were sent.').waitFor()
  await close()
})

test('offline is said, and nothing is lost when the connection is back', async () => {
  const { page, context, close } = await visit(served.browser, served.url, ENGLISH)
  await signIn(page, asked(STUDENT))
  await context.setOffline(true)
  await page.getByText('No connection.').waitFor()
  await context.setOffline(false)
  await page.getByText('No connection.').waitFor({ state: 'detached' })
  await close()
})

test('signing out ends it, in the page and at the server', async () => {
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  await signIn(page, asked(STUDENT))
  await page.getByRole('button', { name: /^Your account/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
  expect(await (await page.request.get('/api/me')).json()).toBeNull()
  await close()
})

test('pages for visitors ask for nothing that is refused, and cut no word off on a phone', async () => {
  for (const locale of ['pt-BR', 'en'] as const) {
    const { page, close } = await visit(served.browser, served.url, { locale, theme: 'dark', screen: 'phone' })
    const refused: string[] = []
    page.on('response', (response) => {
      if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`)
    })
    for (const path of ['/', '/app/sign-in', '/app/register', '/app/forgot-password', '/docs']) {
      await openPage(page, path)
      expect(await sidewaysOverflow(page), path).toBe(0)
      const cut = await page
        .locator('button *, a *')
        .evaluateAll((parts) =>
          parts.filter((e) => e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1).map((e) => e.textContent),
        )
      expect(cut, path).toEqual([])
    }
    expect(refused).toEqual([])
    await close()
  }
})

test('a wrong password is said without a word about which part was wrong', async () => {
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  await page.goto('/app/sign-in')
  await page.getByLabel('E-mail').fill(TEACHER.email)
  await page.getByLabel('Password', { exact: true }).fill('not-the-password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  expect(await page.getByRole('alert').innerText()).toMatch(/e-mail or (the )?password/i)
  await close()
})

test('nothing is asked for from elsewhere', async () => {
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  const elsewhere: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(served.url) && !request.url().startsWith('data:')) elsewhere.push(request.url())
  })
  await signInByForm(page, asked(TEACHER))
  await publish(page, 'Nothing from elsewhere')
  await settle(page)
  expect(elsewhere).toEqual([])
  await close()
})

describe.each(LANGUAGES)('%s', (locale) => {
  const looks = looksOf(locale)
  const [look] = looks

  /** In both looks of the language, at one visit: only what differs is drawn again. */
  const check = async (page: Page, path?: string) => {
    if (path) await goTo(page, path)
    await inBothLooks(page, looks, async (shown) => {
      const where = [lookName(shown), page.url()]
      expect([...where, ...(await accessibilityProblems(page))]).toEqual(where)
      expect([...where, await sidewaysOverflow(page)]).toEqual([...where, 0])
      expect([...where, ...(await cutOff(page))]).toEqual(where)
    })
  }

  test('every page is accessible and fits, in both themes, on a phone and on a desktop', async () => {
    const activity = await deliveredActivity()
    const stranger = await visit(served.browser, served.url, look)
    await openPage(stranger.page, '/')
    await check(stranger.page)
    await check(stranger.page, '/app/sign-in')
    await openPage(stranger.page, '/mistyped')
    await check(stranger.page)
    await stranger.close()

    const teacher = await visit(served.browser, served.url, look)
    await signIn(teacher.page, asked(TEACHER))
    await check(teacher.page)
    for (const path of [
      `/app/classes/${academy.classes.six}`,
      `/app/classes/${academy.classes.six}?tab=students`,
      `/app/classes/${academy.classes.six}/activities/new`,
      `/app/classes/${academy.classes.nobody}`,
      '/app/notifications',
      '/app/nowhere',
      '/app/students',
      `/app/classes/${academy.classes.ofOtherInstitution}`,
    ])
      await check(teacher.page, path)
    await goTo(teacher.page, activity)
    await teacher.page.locator('main button[aria-expanded]').click()
    await teacher.page.getByRole('row').nth(1).waitFor()
    await check(teacher.page)
    await teacher.page.locator('header button[aria-haspopup="dialog"]').click()
    await teacher.page.getByRole('dialog').waitFor()
    await check(teacher.page)
    await teacher.close()

    const student = await visit(served.browser, served.url, look)
    await signIn(student.page, asked(STUDENT))
    await check(student.page)
    await check(student.page, activity)
    await student.close()

    const staff = await visit(served.browser, served.url, look)
    await signIn(staff.page, asked(SERRA.staff))
    await check(staff.page)
    await check(staff.page, '/app/students')
    await staff.page.locator('main table button[aria-haspopup="menu"]').first().click()
    await check(staff.page)
    await staff.page.getByRole('menuitem', { name: /^(Correct e-mail|Corrigir e-mail)$/ }).click()
    await staff.page.getByRole('dialog').waitFor()
    await check(staff.page)
    await check(staff.page, '/app/staff')
    await check(staff.page, '/app/institution')
    await staff.close()

    const administrator = await visit(served.browser, served.url, look)
    await signIn(administrator.page, asked(DEMO_ADMINISTRATOR), '/app/institutions')
    await check(administrator.page)
    await administrator.close()
  })
})
