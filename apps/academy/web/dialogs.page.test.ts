/** Where dialogs stand: in the middle of the screen, whatever page has opened them and however wide the screen is. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { DEMO_ADMINISTRATOR, DEMO_PASSWORD } from '../src/demo/people.ts'
import { contract as createClassActivity } from '../src/modules/activities/create-class-activity/create-class-activity.contract.ts'
import {
  type Academy,
  SERRA,
  STUDENT,
  startAcademy,
  startWork,
  TEACHER,
  type Work,
} from '../test-support/start-academy.ts'
import { goTo, type Look, settle, signIn, visit } from './testing/browser.ts'
import { type ServedAcademy, serveAcademy } from './testing/serve-academy.ts'

vi.setConfig({ testTimeout: 900_000, hookTimeout: 240_000 })

const ENGLISH: Look = { locale: 'en', theme: 'light', screen: 'desktop' }
const WIDTHS_PX = [390, 1280, 1920]

let academy: Academy
let work: Work
let served: ServedAcademy

beforeAll(async () => {
  academy = await startAcademy()
  work = await startWork(academy)
  served = await serveAcademy(academy)
})
afterAll(async () => {
  await served?.close()
  await work?.stop()
  await academy?.stop()
})
afterEach(() => served.closePages())

/** One e-mail that failed: an address to be corrected by staff, a command to be reprocessed by the administrator. */
async function publishToRefusedAddress(): Promise<void> {
  await work.mailbox.behave({ rejectAddresses: [STUDENT.email] })
  const { call } = await academy.signIn(TEACHER)
  await call(createClassActivity, {
    classId: academy.classes.six,
    note: 'N1',
    title: 'Modelagem',
    description: 'Uma página.',
    type: 'work',
    weight: 5,
    dueDate: academy.demo.period.endAt,
    dueHour: '23:00',
  })
  await work.harness.runUntilIdle()
}

async function open(who: { email: string }, path: string): Promise<Page> {
  const { page } = await visit(served.browser, served.url, ENGLISH)
  await signIn(page, { email: who.email, password: DEMO_PASSWORD }, path)
  await settle(page)
  return page
}

/** Pixels from the middle of the dialog to that of the screen, at each width. */
async function offCentre(page: Page): Promise<number[]> {
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  const distances: number[] = []
  for (const width of WIDTHS_PX) {
    await page.setViewportSize({ width, height: 900 })
    await settle(page)
    const box = await dialog.boundingBox()
    const inner = await page.evaluate<number>('document.documentElement.clientWidth')
    distances.push(box ? Math.abs(box.x + box.width / 2 - inner / 2) : Number.NaN)
  }
  return distances
}

async function expectCentred(page: Page): Promise<void> {
  for (const distance of await offCentre(page)) expect(distance).toBeLessThanOrEqual(1)
}

async function dismiss(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click()

test('of staff, on every page that has one', async () => {
  const page = await open(SERRA.staff, '/app/campi')
  for (const [path, button] of [
    ['/app/campi', /^New/],
    ['/app/courses', /^New/],
    ['/app/disciplines', /^New/],
    ['/app/academic-periods', /^New/],
    ['/app/enrollment-periods', /^New/],
    ['/app/offerings', /^New/],
    ['/app/students', /^New/],
    ['/app/teachers', /^New/],
    ['/app/notifications/sent', /^New/],
    ['/app/webhooks', /^New/],
    ['/app/payments', /^New/],
    ['/app/classes', /^New/],
    ['/app/classes', /^Finalize/],
  ] as const) {
    await goTo(page, path)
    await press(page, button)
    await expectCentred(page)
    await dismiss(page)
  }
})

test('of an address to be corrected', async () => {
  await publishToRefusedAddress()
  const page = await open(SERRA.staff, '/app/students?problems=true')
  await press(page, /^Correct e-mail of /)
  await expectCentred(page)
})

test('of the steps of one class', async () => {
  const page = await open(SERRA.staff, `/app/classes/${academy.classes.six}`)
  await press(page, 'Finalize')
  await expectCentred(page)
})

test('of the question before what is unsaved is left', async () => {
  const page = await open(TEACHER, `/app/classes/${academy.classes.six}/activities/new`)
  await page.locator('[data-field="title"]').fill('Resenha')
  await page.getByRole('link', { name: 'Agenda' }).click()
  await expectCentred(page)
})

test('of the console: help, search and reprocess', async () => {
  await publishToRefusedAddress()
  const page = await open(DEMO_ADMINISTRATOR, '/adm')
  await page.keyboard.press('?')
  await expectCentred(page)
  await dismiss(page)
  await page.keyboard.press('g')
  await page.keyboard.press('i')
  await expectCentred(page)
  await dismiss(page)
  await goTo(page, '/adm/commands?status=error')
  await page
    .getByRole('link', { name: /E-mail a student/ })
    .first()
    .click()
  await press(page, 'Reprocess')
  await expectCentred(page)
})
