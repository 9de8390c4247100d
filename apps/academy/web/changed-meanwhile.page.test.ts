/** Somebody else has saved the same thing: the form brings in theirs, keeps what was typed, and says which is which. */
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DEMO_PASSWORD } from '../src/demo/people.ts'
import * as campi from '../src/modules/campi/manage-campi/manage-campi.contract.ts'
import { create as createCourse } from '../src/modules/courses/manage-courses/manage-courses.contract.ts'
import * as curricula from '../src/modules/curricula/manage-curricula/manage-curricula.contract.ts'
import * as rules from '../src/modules/institutions/configure-institution/configure-institution.contract.ts'
import { type Academy, SERRA, type SignedIn, startAcademy } from '../test-support/start-academy.ts'
import { accessibilityProblems, type Look, sidewaysOverflow, signIn, visit } from './testing/browser.ts'
import { type ServedAcademy, serveAcademy } from './testing/serve-academy.ts'

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 })

const ENGLISH: Look = { locale: 'en', theme: 'light', screen: 'desktop' }
const PORTUGUESE: Look = { locale: 'pt-BR', theme: 'dark', screen: 'phone' }

let academy: Academy
let served: ServedAcademy
let staff: SignedIn

beforeEach(async () => {
  academy = await startAcademy()
  served = await serveAcademy(academy)
  staff = await academy.signIn(SERRA.staff)
})
afterEach(async () => {
  await served?.close()
  await academy?.stop()
})

async function open(look: Look, to: string) {
  const visitor = await visit(served.browser, served.url, look)
  await signIn(visitor.page, { email: SERRA.staff.email, password: DEMO_PASSWORD }, to)
  return visitor
}

async function check(page: Page): Promise<void> {
  expect(await accessibilityProblems(page)).toEqual([])
  expect(await sidewaysOverflow(page)).toBe(0)
}

test('in a dialog, on a phone', async () => {
  const { id } = await staff.call(campi.create, { name: 'Agreste', city: 'Caruaru' })
  const { page, close } = await open(PORTUGUESE, '/app/campi')
  await page.getByRole('button', { name: 'Alterar Agreste' }).click()
  const dialog = page.getByRole('dialog')
  const [name, city] = [dialog.getByLabel('Nome'), dialog.getByLabel('Cidade')]
  await name.fill('Vale')
  await staff.call(campi.edit, { campusId: id, name: 'Sertão', city: 'Petrolina' })
  await dialog.getByRole('button', { name: 'Salvar' }).click()
  const alert = dialog.getByRole('alert')
  await alert.getByText('Nome: agora “Sertão”; o que você preencheu foi mantido').waitFor()
  await alert.getByText('Cidade: agora “Petrolina”').waitFor()
  expect([await name.inputValue(), await city.inputValue()]).toEqual(['Vale', 'Petrolina'])
  await check(page)
  await dialog.getByRole('button', { name: 'Salvar' }).click()
  await dialog.waitFor({ state: 'hidden' })
  expect((await staff.call(campi.list, {})).campi).toMatchObject([{ name: 'Vale', city: 'Petrolina' }])
  await close()
})

test('on a page: the rules, which stay open after they were saved', async () => {
  const { page, close } = await open(ENGLISH, '/app/result-rules')
  const limit = page.getByLabel('Minimum average')
  await limit.fill('6.5')
  const { version: _, ...before } = await staff.call(rules.read, {})
  await staff.call(rules.change, { ...before, frequencyLimit: 80 })
  const save = () => page.getByRole('button', { name: 'Save' }).click()
  await save()
  await page.getByRole('alert').getByText('Minimum attendance: now “80.00%”').waitFor()
  expect(await limit.inputValue()).toBe('6.5')
  expect(await page.getByLabel('Minimum attendance').inputValue()).toBe('80%')
  await check(page)
  await save()
  await page.getByText('Passing rules saved').waitFor()
  expect(await staff.call(rules.read, {})).toMatchObject({ noteLimit: 6.5, frequencyLimit: 80 })
  // The saved values are what stands: the next change is no conflict.
  await limit.fill('6')
  await save()
  await expect.poll(async () => (await staff.call(rules.read, {})).noteLimit).toBe(6)
  await close()
})

test('of a long form: a curriculum whose rows somebody else has changed', async () => {
  const course = await staff.call(createCourse, { name: 'Sistemas', type: 'bachelor', disciplines: ['Redes', 'Ética'] })
  const [first, second] = course.disciplines.map(({ id }) => ({ id, period: 1, credits: 4, workloadHours: 60 }))
  if (!first || !second) throw new Error('The course has two disciplines.')
  const { id: curriculumId } = await staff.call(curricula.create, {
    name: 'Grade 1.0',
    courseId: course.id,
    disciplines: [first],
  })
  const { page, close } = await open(ENGLISH, `/app/curricula/${curriculumId}/edit`)
  await page.getByLabel('Name').fill('Grade 1.1')
  await staff.call(curricula.edit, { curriculumId, name: 'Grade 1.0', disciplines: [first, second] })
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('alert').getByText('Subjects: now “2 subjects”').waitFor()
  expect(await page.getByLabel('Name').inputValue()).toBe('Grade 1.1')
  await expect.poll(() => page.getByRole('group', { name: 'Subject 2' }).count()).toBe(1)
  await check(page)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Curriculum saved').waitFor()
  expect(await staff.call(curricula.read, { curriculumId })).toMatchObject({ name: 'Grade 1.1', disciplines: 2 })
  await close()
})
