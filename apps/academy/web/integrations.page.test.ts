/** Webhooks and payments in a real browser, by staff: what is configured, what was sent, what is asked for and paid. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DEMO_PASSWORD, personId } from '../src/demo/people.ts'
import { contract as createActivity } from '../src/modules/activities/create-class-activity/create-class-activity.contract.ts'
import { contract as createCharge } from '../src/modules/payments/create-charge/create-charge.contract.ts'
import { contract as listCharges } from '../src/modules/payments/list-charges/list-charges.contract.ts'
import { create as createWebhook } from '../src/modules/webhooks/configure-webhooks/configure-webhooks.contract.ts'
import { type RunningPaymentGateway, startPaymentGateway } from '../src/payment-gateway/start-payment-gateway.ts'
import { createPaymentGateway } from '../src/platform/payment-gateway/payment-gateway.ts'
import { type AnsweringServer, json, startAnsweringServer } from '../test-support/answering-server.ts'
import {
  type Academy,
  CALLBACK_SECRET,
  SERRA,
  STUDENT,
  startAcademy,
  startWork,
  TEACHER,
  type Work,
} from '../test-support/start-academy.ts'
import { waitFor } from '../test-support/wait-for.ts'
import { accessibilityProblems, goTo, type Look, sidewaysOverflow, signIn, visit } from './testing/browser.ts'
import { type ServedAcademy, serveAcademy } from './testing/serve-academy.ts'

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 })

const ENGLISH: Look = { locale: 'en', theme: 'light', screen: 'desktop' }
const PORTUGUESE: Look = { locale: 'pt-BR', theme: 'dark', screen: 'phone' }

let folder: string
let academy: Academy
let work: Work
let gateway: RunningPaymentGateway
let receiver: AnsweringServer
let served: ServedAcademy

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'academy-integrations-'))
  academy = await startAcademy()
  receiver = await startAnsweringServer()
  served = await serveAcademy(academy)
  const callbackSecret = CALLBACK_SECRET
  gateway = await startPaymentGateway({ data: join(folder, 'gateway'), port: 0, apiKey: 'key', callbackSecret })
  const paymentGateway = createPaymentGateway({ url: gateway.url, apiKey: 'key' })
  work = await startWork(academy, { publicUrl: served.url, paymentGateway }, { time: 'real' })
})
afterEach(async () => {
  await served?.close()
  await work?.stop()
  await gateway?.close()
  await receiver?.close()
  await academy?.stop()
  await rm(folder, { recursive: true, force: true })
})

const open = (baseUrl: string, look: Look) => visit(served.browser, baseUrl, look)

const staff = { email: SERRA.staff.email, password: DEMO_PASSWORD }

async function check(page: Page): Promise<void> {
  expect(await accessibilityProblems(page)).toEqual([])
  expect(await sidewaysOverflow(page)).toBe(0)
}

async function publishActivity(): Promise<void> {
  await (await academy.signIn(TEACHER)).call(createActivity, {
    classId: academy.classes.six,
    note: 'N1',
    title: 'Modelagem',
    description: 'Entregar.',
    type: 'work',
    weight: 1,
    dueDate: academy.demo.period.endAt,
    dueHour: '23:59',
  })
  await work.harness.runUntilIdle()
}

test('a webhook: refused at its field, created, its secret shown once, what was sent, sent again', async () => {
  const { page, close } = await open(served.url, ENGLISH)
  await signIn(page, staff, '/app/webhooks')
  await page.getByText('No webhooks').waitFor()
  await check(page)

  await page.getByRole('button', { name: 'New webhook' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('ERP')
  await dialog.getByLabel('Address').fill('http://hooks.example.org')
  await dialog.getByLabel('Activity published').check()
  await dialog.getByRole('button', { name: 'Create' }).click()
  await dialog.getByText('The address begins with https://.').first().waitFor()
  await check(page)
  await dialog.getByLabel('Address').fill(`${receiver.url}/hook`)
  await dialog.getByRole('button', { name: 'Create' }).click()
  const secret = page.getByRole('dialog', { name: 'Secret' })
  expect(await secret.locator('code, pre').first().innerText()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  await check(page)
  await page.evaluate(
    `Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: () => Promise.reject(new Error()) } })`,
  )
  await secret.getByRole('button', { name: 'Copy' }).click()
  await secret.getByText('The browser did not copy it.').waitFor()
  await secret.getByRole('button', { name: 'I have saved it' }).click()
  await secret.waitFor({ state: 'hidden' })
  await page.getByText('Active', { exact: true }).waitFor()
  expect(await page.content()).not.toContain('whsec_')

  receiver.answer = json(410, { sorry: '<script>' })
  await publishActivity()
  await page.goto('/app/webhooks')
  await page.getByText('that it no longer exists').waitFor()
  await page.getByRole('button', { name: 'Change ERP' }).click()
  await page.getByRole('dialog').getByLabel('Active').check()
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })

  await page.getByRole('link', { name: 'ERP' }).click()
  await page.getByRole('button', { name: /^Show Activity published/ }).click()
  await page.getByRole('dialog').getByText('{"sorry":"<script>"}').waitFor()
  await page.getByRole('dialog').getByText('Answered 410.').waitFor()
  await check(page)
  receiver.answer = json(200, {})
  await page.getByRole('dialog').getByLabel('Reason').fill('They are back.')
  await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click()
  await page.getByText('Being sent again').first().waitFor()
  await work.harness.runUntilIdle()
  await page.reload()
  await page.getByRole('table').getByText('Delivered', { exact: true }).waitFor()
  await check(page)
  await close()
})

test('a charge: asked for, paid on the gateway’s page, seen as paid', async () => {
  const { page, close } = await open(served.url, ENGLISH)
  await signIn(page, staff, '/app/payments')
  await page.getByText('No charges').waitFor()
  await check(page)
  await page.getByRole('button', { name: 'New charge' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Charge', exact: true }).click()
  await dialog.getByText('3 fields need to be corrected').waitFor()
  await check(page)
  await dialog.getByRole('combobox', { name: 'Student' }).click()
  await page.keyboard.type('ana cl')
  await page.getByRole('option', { name: STUDENT.name }).click()
  await dialog.getByLabel('Description').fill('Enrolment fee')
  await dialog.getByLabel('Amount').fill('0')
  await dialog.getByRole('button', { name: 'Charge', exact: true }).click()
  await dialog.getByRole('alert').getByText('Amount: At least R$ 0.01.').waitFor()
  await dialog.getByLabel('Amount').fill('150.00')
  await dialog.getByRole('button', { name: 'Charge', exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
  await work.harness.runUntilIdle()
  await page.getByText('Waiting for payment').waitFor()
  await page.getByText('R$ 150.00').waitFor()
  await check(page)
  const payUrl = await page.getByRole('link', { name: /^Payment page of/ }).getAttribute('href')
  // The student was told, and finds the same way to pay.
  const student = await open(served.url, ENGLISH)
  await signIn(student.page, { email: STUDENT.email, password: DEMO_PASSWORD }, '/app/payments')
  const link = student.page.getByRole('link', { name: 'Pay Enrolment fee, in a new window' })
  expect(await link.getAttribute('href')).toBe(payUrl)
  await check(student.page)
  // The page shows what the notice says.
  await student.page.getByRole('button', { name: 'Notifications, none unread' }).click()
  await student.page.getByText('“Enrolment fee”: R$ 150.00').first().waitFor()
  await student.close()
  const payer = await open(gateway.url, ENGLISH)
  await payer.page.goto(payUrl ?? '')
  expect(await accessibilityProblems(payer.page)).toEqual([])
  await payer.page.getByRole('button', { name: 'Pay' }).click()
  await payer.page.getByText('Paid. Thank you!').waitFor()
  await payer.close()
  await page.getByRole('table').getByText('Paid', { exact: true }).waitFor()
  await close()
})

/** A webhook that was told of an activity, and a charge that was paid. */
async function givenBoth(): Promise<void> {
  const { call } = await academy.signIn(SERRA.staff)
  await call(createWebhook, {
    name: 'ERP',
    url: `${receiver.url}/hook`,
    events: ['class-activity.created'],
    active: true,
  })
  await publishActivity()
  await call(createCharge, { studentId: personId(STUDENT.email), description: 'Enrolment fee', amountCents: 15_000 })
  await work.harness.runUntilIdle()
  const charge = async () => (await call(listCharges, {})).charges[0]
  await fetch((await charge())?.payUrl ?? '', { method: 'POST', body: new URLSearchParams({ choice: 'pay' }) })
  await waitFor('charge that is paid', async () => (await charge())?.status === 'paid')
  await work.harness.runUntilIdle()
}

test('in Portuguese, dark, on a phone', async () => {
  await givenBoth()
  const { page, close } = await open(served.url, PORTUGUESE)
  await signIn(page, staff, '/app/webhooks')
  await page.getByText('Webhooks').first().waitFor()
  await check(page)
  await page.getByRole('link', { name: 'ERP' }).click()
  await page.getByRole('table').getByText('Entregue', { exact: true }).waitFor()
  await check(page)
  await goTo(page, '/app/payments')
  await page.getByRole('table').getByText('Paga', { exact: true }).waitFor()
  await check(page)
  await close()
  const student = await open(served.url, PORTUGUESE)
  await signIn(student.page, { email: STUDENT.email, password: DEMO_PASSWORD }, '/app/payments')
  await student.page.getByRole('table').getByText('Paga', { exact: true }).waitFor()
  await check(student.page)
  await student.close()
})
