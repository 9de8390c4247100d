/** What staff keep by hand, in a real browser: each thing created and changed, what is wrong said at its field, in both languages. */
import type { Locator, Page } from 'playwright-core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DEMO_PASSWORD } from '../src/demo/people.ts'
import { create as createCampus } from '../src/modules/campi/manage-campi/manage-campi.contract.ts'
import { create as createCourse } from '../src/modules/courses/manage-courses/manage-courses.contract.ts'
import { create as createCurriculum } from '../src/modules/curricula/manage-curricula/manage-curricula.contract.ts'
import { list as listDisciplines } from '../src/modules/disciplines/manage-disciplines/manage-disciplines.contract.ts'
import { create as createOffering } from '../src/modules/offerings/manage-offerings/manage-offerings.contract.ts'
import { create as createAcademicPeriod } from '../src/modules/periods/manage-academic-periods/manage-academic-periods.contract.ts'
import { create as createEnrollmentPeriod } from '../src/modules/periods/manage-enrollment-periods/manage-enrollment-periods.contract.ts'
import { type Academy, SERRA, startAcademy } from '../test-support/start-academy.ts'
import {
  accessibilityProblems,
  goTo,
  type Look,
  sidewaysOverflow,
  signIn,
  signInUnseen,
  visit,
} from './testing/browser.ts'
import { type ServedAcademy, serveAcademy } from './testing/serve-academy.ts'

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 })

const ENGLISH: Look = { locale: 'en', theme: 'light', screen: 'desktop' }
const PORTUGUESE: Look = { locale: 'pt-BR', theme: 'dark', screen: 'phone' }
const STAFF = { email: SERRA.staff.email, password: DEMO_PASSWORD }

let academy: Academy
let served: ServedAcademy
let page: Page

// Each test begins with nothing but the demonstration's people and classes, and is given what it builds on.
beforeEach(async () => {
  academy = await startAcademy()
  served = await serveAcademy(academy)
  page = (await visit(served.browser, served.url, ENGLISH)).page
  await signInUnseen(page, STAFF)
})
afterEach(async () => {
  await served?.close()
  await academy?.stop()
})

const staff = () => academy.signIn(SERRA.staff)
const PERIOD = '2031.1'

async function givenCourses(...more: string[]) {
  const { call } = await staff()
  const disciplines = ['Redes', 'Ética', 'Cálculo 10', 'Cálculo 2', ...more]
  const course = await call(createCourse, { name: 'Sistemas', type: 'technologist', disciplines })
  await call(createCourse, { name: 'Direito', type: 'bachelor', disciplines: [] })
  return course
}

async function givenPeriod() {
  await (await staff()).call(createAcademicPeriod, { id: '2031/1', startAt: '2031-02-03', endAt: '2031-07-10' })
}

/** Campus, course, curriculum and period: what an offering is made of. */
async function givenCurriculum() {
  const { call } = await staff()
  await givenPeriod()
  const campus = await call(createCampus, { name: 'Agreste', city: 'Caruaru - PE' })
  await call(createCampus, { name: 'Garoa', city: 'Garanhuns - PE' })
  const course = await givenCourses('Libras')
  const curriculum = await call(createCurriculum, {
    name: 'Grade 1.0',
    courseId: course.id,
    disciplines: course.disciplines
      .slice(0, 4)
      .map(({ id }, place) => ({ id, period: place === 0 ? 1 : 2, credits: 4, workloadHours: 72 })),
  })
  return { campusId: campus.id, courseId: course.id, curriculumId: curriculum.id, periodId: PERIOD }
}

async function check(shown: Page): Promise<void> {
  expect(await accessibilityProblems(shown)).toEqual([])
  expect(await sidewaysOverflow(shown)).toBe(0)
}

const dialog = () => page.getByRole('dialog')
const field = (name: string, within: Page | Locator = dialog()) => within.getByRole('textbox', { name })
const press = (name: string) => dialog().getByRole('button', { name, exact: true }).click()
const saved = async (what: string) => {
  await page.getByText(what, { exact: true }).last().waitFor()
  await dialog().waitFor({ state: 'hidden' })
}
const row = (name: string | RegExp) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) })

async function fillDay(name: string, day: string): Promise<void> {
  await field(name).fill(day)
  await field(name).press('Tab')
}

async function choose(on: Page, name: string, option: string, within: Page | Locator = on.getByRole('dialog')) {
  await within.getByRole('combobox', { name }).click()
  await on.getByRole('option', { name: option, exact: true }).click()
}

/** The field says so itself, whoever reads it: by colour or by ear. */
async function expectWrong(input: Locator, message: string): Promise<void> {
  await expect.poll(() => input.getAttribute('aria-invalid')).toBe('true')
  await expect
    .poll(() =>
      input.evaluate((wrong) =>
        (wrong.getAttribute('aria-describedby') ?? '')
          .split(' ')
          .map((id) => wrong.ownerDocument.getElementById(id)?.textContent)
          .join(' '),
      ),
    )
    .toContain(message)
}

test('what something is made of is asked for first', async () => {
  await page.goto('/app/offerings')
  await page.getByText('No offerings').waitFor()
  await page.getByRole('button', { name: 'New offering' }).click()
  await dialog().getByText('Before offering a course, create').waitFor()
  expect(await dialog().getByRole('link').allInnerTexts()).toEqual(['Campuses', 'Curricula'])
  await dialog().getByRole('link', { name: 'Curricula' }).click()
  await page.getByRole('link', { name: 'New curriculum' }).click()
  await page.getByText('No course has subjects').waitFor()
  await check(page)
})

test('campi: the list fails and is asked for again, a campus is created by keyboard, and its name is given once', async () => {
  await page.goto('/app')
  await page.getByRole('button', { name: 'Structure' }).press('Enter')
  await page.getByRole('navigation', { name: 'Structure' }).getByRole('link', { name: 'Campuses' }).press('Enter')
  await page.getByText('No campuses').waitFor()
  await page.route('**/campi', (route) =>
    route.request().resourceType() === 'fetch' ? route.fulfill({ status: 500, json: {} }) : route.continue(),
  )
  await page.reload()
  await page.getByText('This could not be loaded').waitFor()
  await page.unroute('**/campi')
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('No campuses').waitFor()

  await page.getByRole('button', { name: 'New campus' }).press('Enter')
  await dialog().waitFor()
  await page.keyboard.press('Enter')
  await dialog().getByText('2 fields need to be corrected').waitFor()
  await expectWrong(field('Name'), 'Fill in this field.')
  await expectWrong(field('City'), 'Fill in this field.')
  expect(await field('Name').evaluate((input) => input.matches(':focus'))).toBe(true)
  await page.keyboard.type('Agreste')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Caruaru - PE')
  await page.keyboard.press('Enter')
  await saved('Campus saved')
  expect(await page.getByRole('button', { name: 'New campus' }).evaluate((button) => button.matches(':focus'))).toBe(
    true,
  )

  await page.getByRole('button', { name: 'New campus' }).click()
  await field('Name').fill('Agreste')
  await field('City').fill('Garanhuns - PE')
  await press('Create')
  await expectWrong(field('Name'), 'There is a campus of this name.')
  await check(page)
  await field('Name').fill('Garoa')
  await press('Create')
  await saved('Campus saved')

  await page.getByRole('button', { name: 'Change Garoa' }).click()
  await field('City').fill('Garanhuns')
  await press('Save')
  await saved('Campus saved')
  await row('Garoa').getByText('Garanhuns', { exact: true }).waitFor()
})

test('courses: with their disciplines, none of them twice', async () => {
  await page.goto('/app/courses')
  await page.getByText('No courses').waitFor()
  await page.getByRole('button', { name: 'New course' }).click()
  await field('Name').fill('Sistemas')
  await field('Subjects').fill('Redes\n\nÉtica\nRedes\n')
  await press('Create')
  await expectWrong(field('Subjects'), 'Redes: This subject is listed twice.')
  expect(await field('Subjects').evaluate((input) => input.matches(':focus'))).toBe(true)
  await check(page)
  await field('Subjects').fill('Redes\nÉtica\nCálculo 10\nCálculo 2')
  await press('Create')
  await saved('Course saved')

  await page.getByRole('button', { name: 'Change Sistemas' }).click()
  await dialog().getByLabel('Type').selectOption('Technology degree')
  await press('Save')
  await saved('Course saved')
  await row('Sistemas').getByText('Technology degree').waitFor()
  await page.getByRole('button', { name: 'New course' }).click()
  await field('Name').fill('Sistemas')
  await press('Create')
  await expectWrong(field('Name'), 'There is a course of this name.')
  await field('Name').fill('Direito')
  await press('Create')
  await saved('Course saved')
})

test('disciplines: those of a course, found without their accents, in the order of a dictionary', async () => {
  await givenCourses()
  await page.goto('/app/courses')
  await row('Sistemas').getByRole('link', { name: '4 subjects' }).click()
  await page.getByText('4 results').waitFor()
  const names = page.getByRole('table').getByRole('rowheader')
  expect((await names.allInnerTexts()).map((text) => text.split('\n')[0])).toEqual([
    'Cálculo 2',
    'Cálculo 10',
    'Ética',
    'Redes',
  ])
  await page.getByLabel('Search').fill('etica')
  await page.getByText('1 result', { exact: true }).waitFor()
  await page.reload()
  await page.getByText('1 result', { exact: true }).waitFor()
  await page.getByLabel('Search').fill('zoologia')
  await page.getByText('Nothing found').waitFor()
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.getByRole('combobox', { name: 'Course' }).click()
  await page.getByRole('option').first().waitFor()
  await check(page)
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: 'New subject' }).click()
  await press('Create')
  await expectWrong(field('Name'), 'Fill in this field.')
  await field('Name').fill('Libras')
  await choose(page, 'Courses', 'Sistemas')
  await page.keyboard.press('Tab')
  await press('Create')
  await saved('Subject saved')
  await page.getByRole('button', { name: 'Change Libras' }).click()
  await dialog().getByText('It belongs to Sistemas').waitFor()
  await choose(page, 'Add to other courses', 'Direito')
  await page.keyboard.press('Tab')
  await press('Save')
  await saved('Subject saved')
  await row(/^Libras/)
    .getByText('Direito, Sistemas')
    .waitFor()
  await check(page)
})

test('sent twice is saved once: a double click, and again after an answer that got lost', async () => {
  await page.goto('/app/disciplines')
  const made = async (name: string) =>
    (await (await staff()).call(listDisciplines, {})).disciplines.filter((each) => each.name === name).length
  const fill = async (name: string) => {
    await page.getByRole('button', { name: 'New subject' }).first().click()
    await field('Name').fill(name)
  }
  await fill('Libras')
  await dialog().getByRole('button', { name: 'Create', exact: true }).dblclick()
  await saved('Subject saved')
  expect(await made('Libras')).toBe(1)

  let lost = 0
  await page.route('**/disciplines', async (route) => {
    if (route.request().method() !== 'POST' || lost > 0) return route.fallback()
    lost++
    await route.fetch() // done by the server; its answer does not arrive
    await route.abort()
  })
  await fill('Esperanto')
  await press('Create')
  await dialog().getByText('The server does not answer').waitFor()
  expect([lost, await made('Esperanto')]).toEqual([1, 1])
  await press('Create')
  await saved('Subject saved')
  expect(await made('Esperanto')).toBe(1)
})

test('curricula: row by row from the disciplines of a course, then read by period', async () => {
  await givenCourses('Libras')
  await page.goto('/app/curricula')
  await page.getByText('No curricula').waitFor()
  await page.getByRole('link', { name: 'New curriculum' }).click()
  await page.getByRole('button', { name: 'Create' }).click()
  await expectWrong(page.getByRole('combobox', { name: 'Course' }), 'Fill in this field.')
  await field('Name', page).fill('Grade 1.0')
  await choose(page, 'Course', 'Sistemas', page)
  await page.getByRole('button', { name: 'Remove subject 1' }).click()
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByText('Choose at least 1.').last().waitFor()
  await page.getByRole('button', { name: 'Add subject' }).click()
  await page.getByRole('button', { name: 'Create' }).click()
  const first = page.getByRole('group', { name: 'Subject 1' })
  await expectWrong(first.getByRole('combobox', { name: 'Subject' }), 'Fill in this field.')
  await expectWrong(field('Hours', first), 'Fill in this field.')
  await choose(page, 'Subject', 'Redes', first)
  await field('Credits', first).fill('4')
  await field('Hours', first).fill('72')
  await page.getByRole('button', { name: 'Add subject' }).press('Enter')
  const second = page.getByRole('group', { name: 'Subject 2' })
  expect(await second.getByRole('combobox', { name: 'Subject' }).evaluate((input) => input.matches(':focus'))).toBe(
    true,
  )
  await second.getByRole('combobox', { name: 'Subject' }).click()
  await page.getByRole('option').first().waitFor()
  expect(await page.getByRole('option').allInnerTexts()).toEqual(['Cálculo 2', 'Cálculo 10', 'Ética', 'Libras'])
  await page.getByRole('option', { name: 'Ética' }).click()
  await field('Period', second).fill('25')
  await page.getByRole('button', { name: 'Add the remaining 3' }).click()
  await page.getByRole('button', { name: 'Create' }).click()
  await expectWrong(field('Period', second), 'At most 20.')
  await field('Period', second).fill('2')
  for (const number of [3, 4, 5]) {
    await field('Period', page.getByRole('group', { name: `Subject ${number}` })).fill('2')
  }
  await page.getByRole('button', { name: 'Remove subject 5' }).click()
  await page.getByRole('complementary', { name: 'Total' }).getByText('288 h', { exact: true }).first().waitFor()
  await check(page)
  await page.getByRole('button', { name: 'Create' }).click()

  await page.getByRole('heading', { level: 1, name: 'Grade 1.0' }).waitFor()
  await page.getByRole('rowheader', { name: 'Period 2 3 subjects · 12 credits · 216 h' }).waitFor()
  await page.getByRole('list', { name: 'Hours by period' }).getByText('216 h').waitFor()
  await check(page)

  await page.getByRole('link', { name: 'Change' }).click()
  await page.getByRole('heading', { level: 1, name: 'Change the curriculum' }).waitFor()
  expect(await page.getByRole('combobox', { name: 'Course' }).isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Remove subject 4' }).click()
  await field('Name', page).fill('Grade 1.1')
  await page.getByRole('link', { name: 'Curricula' }).last().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Stay on the page' }).click()
  await check(page)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { level: 1, name: 'Grade 1.1' }).waitFor()
  await page.getByText('3', { exact: true }).first().waitFor()
  await page.getByRole('link', { name: 'Change' }).click()
  await page.getByRole('button', { name: 'Add subject' }).click()
  const fourth = page.getByRole('group', { name: 'Subject 4' })
  await fourth.getByRole('combobox', { name: 'Subject' }).click()
  await page.getByRole('option').first().click()
  await field('Name', page).fill('Grade 1.0')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { level: 1, name: 'Grade 1.0' }).waitFor()
  await page.getByText('288 h').first().waitFor()

  await page.goto('/app/curricula/new')
  await field('Name', page).fill('Grade 1.0')
  await choose(page, 'Course', 'Sistemas', page)
  await page.getByRole('button', { name: 'Add the remaining 5' }).click()
  for (const number of [1, 2, 3, 4, 5]) {
    const group = page.getByRole('group', { name: `Subject ${number}` })
    await field('Credits', group).fill('2')
    await field('Hours', group).fill('36')
  }
  await page.getByRole('button', { name: 'Create' }).click()
  await expectWrong(field('Name', page), 'The course has a curriculum of this name.')
})

test('academic periods: the dates lie in the year, and stay once there are classes', async () => {
  await page.goto('/app/academic-periods')
  await page.getByText('It already has classes: its dates can no longer change').first().waitFor()
  await page.getByRole('button', { name: 'New academic period' }).click()
  await field('Academic period').fill('2031.3')
  await press('Create')
  await expectWrong(field('Start'), 'Fill in this field.')
  await fillDay('Start', '2030-02-03')
  await fillDay('End', '2032-07-03')
  await field('Start').click()
  await page.getByRole('button', { name: 'Next month' }).waitFor()
  await check(page)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Next month' }).waitFor({ state: 'hidden' })
  await press('Create')
  await expectWrong(field('Academic period'), 'A year from 1970 to 2070 and 1 or 2, as in 2026.1.')
  await field('Academic period').fill('2031/1')
  await press('Create')
  await expectWrong(field('Start'), 'A day of 2031.')
  await expectWrong(field('End'), 'A day of 2031.')
  await check(page)
  await fillDay('Start', '2031-02-03')
  await fillDay('End', '2031-07-03')
  await press('Create')
  await saved('Academic period saved')
  await row('2031.1').getByText('3 Jul 2031').waitFor()

  await page.getByRole('button', { name: 'New academic period' }).click()
  await field('Academic period').fill('20311')
  await fillDay('Start', '2031-02-03')
  await fillDay('End', '2031-07-03')
  await press('Create')
  await expectWrong(field('Academic period'), '2031.1 exists already.')
  await press('Cancel')
  await page.getByRole('button', { name: 'Change 2031.1' }).click()
  await fillDay('End', '2031-02-01')
  await press('Save')
  await expectWrong(field('End'), 'It ends after it has started.')
  await fillDay('End', '2031-07-10')
  await press('Save')
  await saved('Academic period saved')
  await row('2031.1').getByText('10 Jul 2031').waitFor()
})

test('enrolment periods: one for an academic period, with where it stands', async () => {
  await givenPeriod()
  await page.goto('/app/enrollment-periods')
  await page.getByRole('button', { name: 'New enrolment period' }).click()
  await dialog().getByLabel('Academic period').selectOption('2031.1')
  await dialog().locator('[data-dates-input]').first().waitFor()
  await field('Start').click()
  await page.getByRole('button', { name: '13 February 2031' }).click()
  expect(await field('Start').inputValue()).toBe('13 Feb 2031')
  await fillDay('Start', '2031-01-13')
  await fillDay('End', '2031-01-12')
  await press('Create')
  await expectWrong(field('End'), 'It ends on its first day or later.')
  await fillDay('End', '2031-01-17')
  await press('Create')
  await saved('Enrolment period saved')
  await row('2031.1').getByText('Not started').waitFor()
  await page.getByRole('button', { name: 'Change 2031.1' }).click()
  await fillDay('End', '2031-01-24')
  await press('Save')
  await saved('Enrolment period saved')
  await row('2031.1').getByText('24 Jan 2031').waitFor()
  await page.getByRole('button', { name: 'New enrolment period' }).click()
  await dialog().getByLabel('Academic period').selectOption('2026.2')
  await press('Cancel')
})

test('offerings: of a course that has a curriculum, and no offering twice', async () => {
  await givenCurriculum()
  await page.goto('/app/offerings')
  const fill = async () => {
    await page.getByRole('button', { name: 'New offering' }).click()
    await choose(page, 'Course', 'Sistemas')
    await choose(page, 'Campus', 'Agreste')
    await dialog().getByLabel('Entry period').selectOption('2031.1')
  }
  await page.getByRole('button', { name: 'New offering' }).click()
  await expect
    .poll(() =>
      dialog()
        .getByRole('combobox', { name: 'Course' })
        .evaluate((input) => input.matches(':focus')),
    )
    .toBe(true)
  await press('Create')
  await expectWrong(dialog().getByRole('combobox', { name: 'Campus' }), 'Fill in this field.')
  await press('Cancel')
  await dialog().waitFor({ state: 'hidden' })
  await fill()
  await check(page)
  await press('Create')
  await saved('Offering saved')
  await row(/^Sistemas/)
    .getByText('Night')
    .waitFor()
  await page.getByRole('button', { name: 'Change Sistemas' }).click()
  await dialog().getByLabel('Shift').selectOption('Morning')
  await press('Save')
  await saved('Offering saved')
  await row(/^Sistemas/)
    .getByText('Morning')
    .waitFor()
  await page.getByRole('button', { name: 'Change Sistemas' }).click()
  await dialog().getByLabel('Shift').selectOption('Night')
  await press('Save')
  await saved('Offering saved')
  await row(/^Sistemas/)
    .getByText('Night')
    .waitFor()
  await fill()
  await press('Create')
  await dialog().getByText('This offering exists already.').waitFor()
})

test('in Portuguese, dark, on a phone', async () => {
  const { call } = await staff()
  await call(createOffering, { ...(await givenCurriculum()), shift: 'night' })
  await call(createEnrollmentPeriod, { id: PERIOD, startAt: '2031-01-13', endAt: '2031-01-24' })
  const { page: phone, close } = await visit(served.browser, served.url, PORTUGUESE)
  await signIn(phone, STAFF, '/app/campi')
  await phone.getByRole('button', { name: 'Novo campus' }).click()
  await phone.getByRole('dialog').getByRole('textbox', { name: 'Nome' }).fill('Agreste')
  await phone.getByRole('dialog').getByRole('textbox', { name: 'Cidade' }).fill('Caruaru')
  await phone.getByRole('dialog').getByRole('button', { name: 'Cadastrar' }).click()
  await phone.getByRole('dialog').getByText('Já existe um campus com este nome.').last().waitFor()
  await check(phone)
  for (const [path, text] of [
    ['/app/courses', 'Tecnólogo'],
    ['/app/disciplines', 'Libras'],
    ['/app/offerings', 'Noturno'],
    ['/app/academic-periods', 'Já tem turmas: as datas não podem mais mudar'],
    ['/app/enrollment-periods', 'Não começou'],
    ['/app/curricula', '288 h'],
  ] as const) {
    await goTo(phone, path)
    await phone.getByText(text).first().waitFor()
    await check(phone)
  }
  await phone.getByRole('link', { name: 'Nova grade' }).click()
  await choose(phone, 'Curso', 'Sistemas', phone)
  await phone.getByRole('button', { name: 'Incluir as 5 que faltam' }).click()
  await phone.getByRole('button', { name: 'Cadastrar' }).click()
  await phone.getByText('Preencha este campo.').first().waitFor()
  await check(phone)
  await goTo(phone, '/app/curricula')
  await phone.getByRole('link', { name: 'Grade 1.0' }).click()
  await phone.getByRole('rowheader', { name: /^2º período/ }).waitFor()
  await check(phone)
  await close()
})
