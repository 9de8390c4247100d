/** What staff do with people and classes, in a real browser on the real API: from a new teacher to the results of a class. */
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DEMO_PASSWORD } from '../src/demo/people.ts'
import { take } from '../src/modules/attendances/take-attendance/take-attendance.contract.ts'
import { release, start } from '../src/modules/classes/change-class-status/change-class-status.contract.ts'
import { contract as listClasses } from '../src/modules/classes/list-classes/list-classes.contract.ts'
import { contract as readClass } from '../src/modules/classes/read-class/read-class.contract.ts'
import { choose } from '../src/modules/enrollments/choose-classes/choose-classes.contract.ts'
import { contract as createTeacher } from '../src/modules/teachers/create-teacher/create-teacher.contract.ts'
import {
  type Academy,
  SERRA,
  STUDENT,
  startAcademy,
  startWork,
  TEACHER,
  type Work,
} from '../test-support/start-academy.ts'
import { AFTER_ENROLLMENT, IN_ENROLLMENT, PERIOD, startTerm, type Term } from '../test-support/start-term.ts'
import { accessibilityProblems, goTo, type Look, sidewaysOverflow, signIn, visit } from './testing/browser.ts'
import { type ServedAcademy, serveAcademy } from './testing/serve-academy.ts'

vi.setConfig({ testTimeout: 900_000, hookTimeout: 240_000 })

const ENGLISH: Look = { locale: 'en', theme: 'light', screen: 'desktop' }
const PORTUGUESE: Look = { locale: 'pt-BR', theme: 'dark', screen: 'phone' }

let academy: Academy
let term: Term
let work: Work
let served: ServedAcademy

beforeEach(async () => {
  academy = await startAcademy()
  term = await startTerm(academy)
  work = await startWork(academy, {}, { time: 'real' })
  served = await serveAcademy(academy)
})
afterEach(async () => {
  await served?.close()
  await work?.stop()
  await academy?.stop()
  expect(academy?.logged).toEqual([])
})

const staff = { email: SERRA.staff.email, password: DEMO_PASSWORD }
const NEW_TEACHER = 'Otília Prates'

async function check(page: Page): Promise<void> {
  expect(await accessibilityProblems(page)).toEqual([])
  expect(await sidewaysOverflow(page)).toBe(0)
}

test('people are created, what is wrong with them is said at its field', async () => {
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  const dialog = page.getByRole('dialog')
  await signIn(page, staff, '/app/teachers')
  await page.getByRole('button', { name: 'New teacher' }).click()
  await dialog.getByRole('button', { name: 'Add teacher' }).click()
  await dialog.getByText('2 fields need to be corrected').waitFor()
  expect(await dialog.getByLabel('Full name').getAttribute('aria-invalid')).toBe('true')
  await dialog.getByLabel('Full name').fill(NEW_TEACHER)
  await dialog.getByLabel('E-mail').fill(TEACHER.email)
  await page.keyboard.press('Enter')
  await dialog.getByText('Another account has this address.').last().waitFor()
  await check(page)
  await dialog.getByLabel('E-mail').fill('Otilia.Prates@uni.example')
  await page.keyboard.press('Enter')
  await page.getByText(`${NEW_TEACHER} was added to the teachers`).waitFor()
  await page.getByRole('searchbox').fill('prates')
  await page.getByText('1 teacher', { exact: true }).waitFor()
  await page.getByRole('rowheader', { name: NEW_TEACHER }).waitFor()
  expect(new URL(page.url()).search).toBe('?search=prates')

  await page.getByRole('button', { name: 'People' }).click()
  await check(page)
  await page.getByRole('navigation', { name: 'People' }).getByRole('link', { name: 'Students' }).click()
  await page.getByRole('button', { name: 'New student' }).click()
  await dialog.getByLabel('Full name').fill('Ícaro Dantas')
  await dialog.getByLabel('E-mail').fill('icaro')
  await dialog.getByRole('button', { name: 'Add student' }).click()
  await dialog.getByText('This is not an e-mail address.').last().waitFor()
  await dialog.getByText('Fill in this field.').last().waitFor()
  await dialog.getByLabel('E-mail').fill('icaro@alunos.example')
  await dialog.getByRole('combobox', { name: 'Offering' }).click()
  await page.getByRole('option', { name: 'Grade 1.0 · Agreste · Night' }).click()
  await dialog.getByRole('button', { name: 'Add student' }).click()
  await page.getByText('Ícaro Dantas was added to the students').waitFor()
  await page.getByRole('row').filter({ hasText: 'icaro@alunos.example' }).getByText('Sistemas').waitFor()
  await close()
})

/** A class through its form; Mondays 19:00 to 22:00 unless another day is chosen. */
async function fillClass(page: Page, discipline: string, teacher: string, day = 'monday'): Promise<void> {
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'New class' }).first().click()
  await dialog.getByRole('combobox', { name: 'Subject' }).fill(discipline)
  await page.getByRole('option', { name: discipline }).click()
  await dialog.getByRole('combobox', { name: 'Teacher' }).fill(teacher)
  await page.getByRole('option', { name: teacher }).click()
  await dialog.getByLabel('Weekday').selectOption(day)
}

test('classes are created, released, started and finalized; what stands in the way is said beside each', async () => {
  await term.staff.call(createTeacher, { name: NEW_TEACHER, email: 'otilia.prates@uni.example' })
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  const dialog = page.getByRole('dialog')
  const create = dialog.getByRole('button', { name: 'Create class' })
  await signIn(page, staff, '/app/classes')
  await page.getByRole('button', { name: 'New class' }).click()
  await create.click()
  await dialog.getByText('2 fields need to be corrected').waitFor()
  await page.keyboard.press('Escape')

  await fillClass(page, 'Redes', TEACHER.name)
  await dialog.getByRole('button', { name: 'Add a time' }).click()
  const second = dialog.getByRole('group', { name: 'Time 2' })
  await second.getByLabel('Weekday').selectOption('monday')
  await second.getByLabel('From').fill('21h')
  await second.getByLabel('From').blur()
  expect(await second.getByLabel('To').inputValue()).toBe('24:00')
  await create.click()
  await second.getByText('It overlaps another schedule of the class.').waitFor()
  await check(page)
  await dialog.getByRole('button', { name: 'Remove time 2' }).click()
  await create.click()
  await page.getByText('Redes class created').waitFor()
  await page.getByText('4 lessons, 12h.').waitFor()
  await fillClass(page, 'Compiladores', TEACHER.name)
  await create.click()
  await dialog.getByText('The teacher gives another class at this time.').last().waitFor()
  await dialog.getByLabel('Create it even though the teacher has another class').waitFor()
  await page.keyboard.press('Escape')
  await fillClass(page, 'Compiladores', NEW_TEACHER, 'tuesday')
  await create.click()
  await page.getByText('Compiladores class created').waitFor()

  // Released: not before the enrolment period has begun.
  await page.getByLabel('Period').selectOption(PERIOD)
  await page.getByRole('button', { name: 'Release for enrolment (2)' }).click()
  await dialog.getByRole('button', { name: 'Release 2 classes' }).click()
  await dialog.getByText('Nothing was released: 2 classes cannot be').waitFor()
  expect(await dialog.getByText('The enrolment period of its academic period has not started.').count()).toBe(2)
  await check(page)
  await term.clock(IN_ENROLLMENT)
  await dialog.getByRole('button', { name: 'Release 2 classes' }).click()
  await page.getByText('2 classes released').waitFor()
  const { classes } = await term.staff.call(listClasses, { periodId: PERIOD, search: 'Redes' })
  const classId = classes[0]?.id ?? ''
  await (await academy.signIn(STUDENT)).call(choose, { classes: [classId] })

  // Started: not before it is over.
  await page.getByRole('link', { name: 'Redes' }).click()
  await page.getByRole('button', { name: 'Start' }).click()
  await dialog.getByRole('button', { name: 'Start 1 class' }).click()
  await dialog.getByText('The enrolment period of its academic period is not over yet.').waitFor()
  await page.keyboard.press('Escape')
  await term.clock(AFTER_ENROLLMENT)
  await page.goto(`/app/classes?period=${PERIOD}`)
  await page.getByRole('button', { name: 'Start (2)' }).click()
  await dialog.getByRole('button', { name: 'Start 2 classes' }).click()
  await page.getByText('2 classes started').waitFor()

  // Finalized: with all lessons given, and all grades, or those that are missing as zero.
  await term.clock('2031-03-01T12:00-03:00')
  const { lessons } = await term.teacher.call(readClass, { classId })
  for (const { id } of lessons) await term.teacher.call(take, { lessonId: id, presentStudents: [] })
  await page.reload()
  await page.getByRole('link', { name: 'Compiladores' }).click()
  await page.getByText('Before finalizing: 4 lessons to give').waitFor()
  await page.goBack()
  await page.getByRole('button', { name: 'Finalize (1)' }).click()
  await dialog.getByRole('button', { name: 'Finalize 1 class…' }).click()
  await dialog.getByRole('heading', { name: 'Finalize 1 class?' }).waitFor()
  await dialog.getByText('The enrolled student is sent the result, in the app and by e-mail.').waitFor()
  await check(page)
  await dialog.getByRole('button', { name: 'Finalize and notify the students' }).click()
  await dialog.getByText('Nothing was finalized: 1 class cannot be').waitFor()
  await dialog.getByText('3 grades were not given.').waitFor()
  await dialog.getByRole('button', { name: 'Finalize 1 class…' }).click()
  await dialog.getByLabel('Count missing grades as zero').check()
  await dialog.getByRole('button', { name: 'Finalize and notify the students' }).click()
  await page.getByText('1 class finalized').waitFor()

  await work.harness.runUntilIdle(60_000)
  const { rows } = await work.harness.pool.query(
    `select b.type, b.size, (select count(*)::int from academy.notifications where category = 'class-results') as told
     from cascata.batches b where b.type = 'class-result-notices'`,
  )
  expect(rows).toEqual([{ type: 'class-result-notices', size: 1, told: 1 }])
  await page.getByRole('button', { name: 'Notifications, 1 unread' }).waitFor()
  await page.getByRole('link', { name: 'Redes' }).click()
  await page.getByRole('tab', { name: 'Students (1)' }).click()
  await page.getByRole('row').filter({ hasText: STUDENT.name }).getByText('Failed: attendance').waitFor()
  await check(page)
  await close()
})

test('in Portuguese, dark, on a phone: the overview, the rules, a notice', async () => {
  const classId = await term.createClass({ discipline: 3 })
  await term.clock(IN_ENROLLMENT)
  await term.staff.call(release, { classes: [classId] })
  await term.clock(AFTER_ENROLLMENT)
  await term.staff.call(start, { classes: [classId] })
  await term.clock('2031-03-01T12:00-03:00')
  const { page, close } = await visit(served.browser, served.url, PORTUGUESE)
  const dialog = page.getByRole('dialog')
  await signIn(page, staff)
  await page.getByRole('heading', { name: 'Visão geral' }).waitFor()
  await page.getByRole('region', { name: 'Turmas em andamento' }).getByText('4 aulas passaram sem chamada').waitFor()
  await check(page)
  await page.getByRole('link', { name: 'Compiladores: aula 2, ' }).click()
  await page.getByRole('heading', { level: 1, name: /Compiladores/ }).waitFor()
  const lesson = page.locator('[role="row"][aria-current="true"]')
  await lesson.getByRole('rowheader', { name: 'Aula 2' }).waitFor()
  await lesson.getByText('Sem chamada').first().waitFor()
  await check(page)
  await expect.poll(() => lesson.evaluate((row) => row.getBoundingClientRect().bottom <= innerHeight)).toBe(true)
  await page.goBack()
  await page.getByRole('heading', { name: 'Visão geral' }).waitFor()
  await page
    .getByRole('link', { name: /Turmas$/ })
    .last()
    .click()
  await page.getByRole('link', { name: 'Compiladores' }).waitFor()
  await check(page)

  await goTo(page, '/app/result-rules')
  const noteLimit = page.getByLabel('Média mínima')
  await noteLimit.fill('11')
  await page.getByRole('button', { name: 'Salvar' }).click()
  await page.getByText('No máximo 10.').last().waitFor()
  await noteLimit.fill('6,5')
  await page.getByRole('button', { name: 'Salvar' }).click()
  await page.getByText('Regras de aprovação salvas').waitFor()
  await check(page)

  await goTo(page, '/app/notifications/sent')
  await page.getByRole('button', { name: 'Novo comunicado' }).first().click()
  await dialog.getByRole('button', { name: 'Enviar' }).click()
  await dialog.getByText('Há 2 campos a corrigir').waitFor()
  await dialog.getByLabel('Título').fill('Feriado')
  await dialog.getByLabel('Texto').fill('Não há aulas na segunda-feira.')
  await dialog.getByLabel('Professores').check()
  await check(page)
  await dialog.getByRole('button', { name: 'Enviar' }).click()
  await page.getByText('Está no aplicativo de 2 pessoas.').waitFor()
  await page.getByRole('row').filter({ hasText: 'Feriado' }).getByText('0 de 2').waitFor()
  await check(page)
  await close()
})
