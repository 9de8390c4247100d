/** The pages of students and teachers about themselves, in a real browser: a term from choosing classes to grades and attendance. */
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DEMO_PASSWORD, type DemoPerson } from '../src/demo/people.ts'
import { read as readRoll, take } from '../src/modules/attendances/take-attendance/take-attendance.contract.ts'
import { release, start } from '../src/modules/classes/change-class-status/change-class-status.contract.ts'
import { contract as readClass } from '../src/modules/classes/read-class/read-class.contract.ts'
import { choose, read } from '../src/modules/enrollments/choose-classes/choose-classes.contract.ts'
import { contract as grade } from '../src/modules/notes/grade-student/grade-student.contract.ts'
import { type Academy, SERRA, type SignedIn, STUDENT, startAcademy, TEACHER } from '../test-support/start-academy.ts'
import { AFTER_ENROLLMENT, BEFORE_ENROLLMENT, IN_ENROLLMENT, startTerm, type Term } from '../test-support/start-term.ts'
import { accessibilityProblems, cutOff, goTo, type Look, sidewaysOverflow, signIn, visit } from './testing/browser.ts'
import { type ServedAcademy, serveAcademy } from './testing/serve-academy.ts'

vi.setConfig({ testTimeout: 900_000, hookTimeout: 240_000 })

const ENGLISH: Look = { locale: 'en', theme: 'light', screen: 'desktop' }
const PORTUGUESE: Look = { locale: 'pt-BR', theme: 'dark', screen: 'phone' }
const FIRST_LESSON = '2031-02-03T20:00-03:00'

let academy: Academy
let served: ServedAcademy
let term: Term
let students: SignedIn[]
let databases: string
let networks: string
let ethics: string
let compilers: string

// Each test has a term of its own, in the days of its enrolment.
beforeEach(async () => {
  academy = await startAcademy()
  served = await serveAcademy(academy)
  term = await startTerm(academy)
  students = await Promise.all(term.students.map((person) => academy.signIn(person)))
  databases = await term.createClass()
  networks = await term.createClass({
    discipline: 1,
    schedules: [{ day: 'tuesday', startAt: '19:00', endAt: '22:00' }],
  })
  ethics = await term.createClass({
    discipline: 2,
    vacancies: 1,
    schedules: [{ day: 'wednesday', startAt: '08:00', endAt: '09:30' }],
  })
  compilers = await term.createClass({
    discipline: 3,
    teacherId: term.secondTeacherId,
    schedules: [{ day: 'monday', startAt: '21:45', endAt: '23:00' }],
  })
  await term.clock(IN_ENROLLMENT)
  await term.staff.call(release, { classes: [databases, networks, ethics, compilers] })
})

afterEach(async () => {
  await served?.close()
  await academy?.stop()
})

const asked = (person: DemoPerson) => ({ email: person.email, password: DEMO_PASSWORD })
const student = (place: number) => students[place] as SignedIn
const idOf = (place: number) => term.students[place]?.id ?? ''
const ofCourse = async (page: Page, name: string) => {
  await page.getByRole('button', { name: 'My course' }).click()
  await page.getByRole('navigation', { name: 'My course' }).getByRole('link', { name }).click()
}
const nameOf = (place: number) => SERRA.students[place]?.name ?? ''

/** The class of databases, with three students, on the day of its first lesson. */
async function startDatabases(): Promise<void> {
  for (const place of [0, 1, 2]) await student(place).call(choose, { classes: [databases] })
  await term.clock(AFTER_ENROLLMENT)
  await term.staff.call(start, { classes: [databases] })
  await term.clock(FIRST_LESSON)
}

/** The same with its first roll taken, and grades. */
async function teachDatabases(): Promise<void> {
  await startDatabases()
  const { lessons } = await term.teacher.call(readClass, { classId: databases })
  await term.teacher.call(take, { lessonId: lessons[0]?.id ?? '', presentStudents: [idOf(0), idOf(2)] })
  const given = [
    ['N1', 8.5],
    ['N2', 6],
    ['N3', 10],
  ] as const
  const notes = given.map(([type, note]) => ({ type, note, version: 1 }))
  await term.teacher.call(grade, { classId: databases, studentId: idOf(0), notes })
}

test('a student chooses classes: what cannot be taken says why, and the last seat may go to another', async () => {
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  await signIn(page, asked(STUDENT), '/app/enrollment')
  await page.getByText('2031.1: open until Fri, 17 Jan 2031').waitFor()
  const item = (discipline: string) => page.getByRole('region').getByRole('listitem').filter({ hasText: discipline })
  const box = (discipline: string) => page.getByRole('checkbox', { name: discipline })
  await box('Bancos de Dados II').press('Space')
  await item('Compiladores').getByText('At the same time as Bancos de Dados II, which you have chosen.').waitFor()
  expect(await box('Compiladores').isDisabled()).toBe(true)
  await box('Redes').check()
  await box('Ética').check()
  await page.getByRole('complementary').getByText('12 credits · 216 h').waitFor()

  await student(1).call(choose, { classes: [ethics] })
  await page.getByRole('button', { name: 'Confirm enrolment' }).click()
  const alert = page.getByRole('alert')
  await alert.getByText('The only seat is taken.').waitFor()
  expect(await alert.getByRole('button').allInnerTexts()).toEqual(['Ética'])
  await item('Ética').getByText('Seats left: 0 of 1').waitFor()
  expect(await accessibilityProblems(page)).toEqual([])
  expect((await student(0).call(read, {})).classes.filter(({ isSelected }) => isSelected)).toEqual([])

  await box('Ética').uncheck()
  expect(await box('Ética').isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Confirm enrolment' }).click()
  await page.getByText('Enrolment confirmed').waitFor()
  await page.getByText('Your enrolment is up to date').waitFor()
  const { classes } = await student(0).call(read, {})
  expect(classes.filter(({ isSelected }) => isSelected).map(({ id }) => id)).toEqual([databases, networks])

  await page.getByRole('link', { name: 'Agenda' }).click()
  const monday = page.getByRole('listitem').filter({ hasText: 'Monday' }).getByRole('listitem')
  await expect.poll(() => monday.allInnerTexts()).toEqual([expect.stringMatching(/19:00–22:00\s+Bancos de Dados II/)])
  await close()
})

test('outside of the window the page says when it opens', async () => {
  await term.clock(BEFORE_ENROLLMENT)
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  await signIn(page, asked(STUDENT), '/app/enrollment')
  await page.getByText('Enrolment for 2031.1 opens on Mon, 13 Jan 2031 and ends on Fri, 17 Jan 2031.').waitFor()
  await term.clock(AFTER_ENROLLMENT)
  await page.reload()
  await page.getByText('Your institution has not set the next enrolment period yet.').waitFor()
  await close()
})

test('a teacher takes the roll and gives grades by keyboard, and the student sees both', async () => {
  await startDatabases()
  const teacher = await visit(served.browser, served.url, ENGLISH)
  const { page } = teacher
  await signIn(page, asked(TEACHER), `/app/classes/${databases}?tab=lessons`)

  await page.getByRole('link', { name: 'Attendance for lesson 1, Mon, 3 Feb 2031' }).press('Enter')
  await page.getByText('3 present, nobody absent').first().waitFor()
  await expect.poll(() => page.evaluate<string>('document.activeElement.value')).toBe(idOf(0))
  await page.keyboard.press('p')
  await page.keyboard.press('a')
  await page.getByText('2 present, 1 absent').first().waitFor()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Space')
  await page.getByText('3 present, nobody absent').first().waitFor()
  await page.keyboard.press('Space')
  await page.keyboard.press('Enter')
  await page.getByText('Attendance for lesson 1 saved').waitFor()
  await page.getByRole('row').filter({ hasText: 'Lesson 1' }).getByText('2 of 3').waitFor()
  const { students: rolled } = await term.teacher.call(readClass, { classId: databases })
  expect(rolled.map(({ present, records }) => [present, records])).toEqual([
    [1, 1],
    [0, 1],
    [1, 1],
  ])

  await page.getByRole('tab', { name: /Students/ }).click()
  const row = (name: string) => page.getByRole('row').filter({ hasText: name })
  expect(await row(nameOf(1)).getByRole('meter').getAttribute('aria-valuetext')).toBe('0.0%, 75.0% required')
  await page.getByRole('link', { name: 'Enter grades' }).click()
  await page.getByLabel(`N1 of ${nameOf(0)}`).focus()
  await page.keyboard.type('8,5')
  await page.keyboard.press('Tab')
  await page.keyboard.type('11')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText('N2: A number from 0 to 10 with at most two decimals.').waitFor()
  await expect.poll(() => page.evaluate<string>('document.activeElement.ariaLabel')).toBe(`N2 of ${nameOf(0)}`)
  expect(await accessibilityProblems(page)).toEqual([])
  await page.keyboard.type('6')
  await page.keyboard.press('Tab')
  await page.keyboard.type('10')
  await page.keyboard.press('Enter')
  await page.getByText(`Grades of ${nameOf(0)} saved`).waitFor()
  await expect.poll(() => page.evaluate<string>('document.activeElement.ariaLabel')).toBe(`N3 of ${nameOf(1)}`)
  await row(nameOf(0)).getByText('9.25').waitFor()

  // Graded meanwhile, in another window say: what is there now is shown before it is replaced.
  await term.teacher.call(grade, {
    classId: databases,
    studentId: idOf(1),
    notes: [{ type: 'N3', note: 4, version: 1 }],
  })
  await page.keyboard.type('seven')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText('N3: Enter a number, such as 7.5.').waitFor()
  await page.keyboard.type('7')
  await page.keyboard.press('Enter')
  await row(nameOf(1)).getByRole('alert').getByText('N3 is now 4.00.').waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => page.getByLabel(`N3 of ${nameOf(1)}`).inputValue()).toBe('4.00')
  await teacher.close()

  const own = await visit(served.browser, served.url, ENGLISH)
  await signIn(own.page, asked(STUDENT), '/app/notes')
  await own.page.getByRole('rowheader', { name: 'In progress', exact: true }).waitFor()
  const mine = own.page.getByRole('row').filter({ hasText: 'Bancos de Dados II' })
  const given = mine.getByRole('cell')
  await expect.poll(() => given.allInnerTexts()).toEqual(['In progress', '8.50', '6.00', '10.00', '9.25'])
  await ofCourse(own.page, 'Attendance')
  const attended = own.page.getByRole('listitem').filter({ hasText: 'Bancos de Dados II' })
  await attended.getByText('1 of 1 lesson').waitFor()
  await attended.getByText('Can miss 1 more lesson').waitFor()
  await ofCourse(own.page, 'Curriculum')
  await own.page.getByRole('row').filter({ hasText: 'Bancos de Dados II' }).getByText('In progress').waitFor()
  await own.close()
})

test('a roll that somebody else saved since: theirs is seen, or one’s own put in its place', async () => {
  await startDatabases()
  const { lessons } = await term.teacher.call(readClass, { classId: databases })
  const lessonId = lessons[0]?.id ?? ''
  const present = async () => {
    const { students: rolled } = await term.teacher.call(readRoll, { lessonId })
    return rolled.filter((each) => each.present).map(({ id }) => id)
  }
  const { page, close } = await visit(served.browser, served.url, PORTUGUESE)
  await signIn(page, asked(TEACHER), `/app/classes/${databases}/lessons/${lessonId}`)
  const box = (place: number) => page.getByRole('checkbox', { name: nameOf(place) })
  await box(0).click()
  await term.teacher.call(take, { lessonId, presentStudents: [idOf(0), idOf(1)] })
  await page.getByRole('button', { name: /^Salvar/ }).click()
  const alert = page.getByRole('alert')
  await alert.getByText(`${TEACHER.name} salvou esta chamada em`).waitFor()
  expect(await box(0).isChecked()).toBe(false)
  expect(await accessibilityProblems(page)).toEqual([])
  expect(await sidewaysOverflow(page)).toBe(0)
  expect(await cutOff(page)).toEqual([])
  await page.getByRole('button', { name: 'Ver a chamada que foi salva' }).click()
  await alert.waitFor({ state: 'hidden' })
  expect(await Promise.all([0, 1, 2].map((place) => box(place).isChecked()))).toEqual([true, true, false])

  await box(1).click()
  await term.teacher.call(take, { lessonId, presentStudents: [idOf(2)] })
  await page.getByRole('button', { name: /^Salvar/ }).click()
  await alert.waitFor()
  await page.getByRole('button', { name: 'Salvar a minha no lugar' }).click()
  await expect.poll(present).toEqual([idOf(0)])
  await close()
})

test('a teacher sees the classes that are to start below those in progress', async () => {
  await startDatabases()
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  await signIn(page, asked(TEACHER), '/app/classes')
  await page.getByRole('link', { name: 'New activity in Bancos de Dados II' }).waitFor()
  const upcoming = page.getByRole('region', { name: 'Not started yet' }).getByRole('listitem')
  await upcoming.filter({ hasText: 'Redes' }).getByText('Waiting to start').waitFor()
  expect(await accessibilityProblems(page)).toEqual([])
  await page.getByRole('link', { name: 'Redes' }).click()
  await page.getByText('Activities can be published once the class has started.').waitFor()
  expect(await page.getByRole('link', { name: 'New activity' }).count()).toBe(0)
  const way = page.getByRole('navigation', { name: 'Where you are' })
  await expect.poll(() => way.getByRole('link').allInnerTexts()).toEqual(['My classes'])
  expect(await way.locator('svg').count()).toBe(0)
  await close()
})

test('a roll that cannot be taken says so, and can be looked at', async () => {
  await startDatabases()
  const { lessons } = await term.teacher.call(readClass, { classId: databases })
  const { page, close } = await visit(served.browser, served.url, ENGLISH)
  await signIn(page, asked(TEACHER), `/app/classes/${databases}/lessons/${lessons[1]?.id}`)
  await page.getByText('This lesson is on Mon, 10 Feb 2031: attendance can be taken from that day on.').waitFor()
  expect(await page.getByRole('checkbox').first().isDisabled()).toBe(true)
  await goTo(page, `/app/classes/${databases}/lessons/${idOf(0)}`)
  await page.getByRole('heading', { level: 1, name: 'Page not found' }).waitFor()
  await close()
})

test('what is not saved is not left by accident: grades, a roll, an enrolment', async () => {
  await startDatabases()
  const closingIsAsked = (page: Page) =>
    page.evaluate<boolean>("!window.dispatchEvent(new Event('beforeunload', { cancelable: true }))")
  const question = (page: Page) => page.getByRole('dialog', { name: 'Leave without saving?' })
  const { lessons } = await term.teacher.call(readClass, { classId: databases })
  const teacher = await visit(served.browser, served.url, ENGLISH)
  const { page } = teacher
  await signIn(page, asked(TEACHER), `/app/classes/${databases}?tab=students`)
  await page.getByRole('link', { name: 'Enter grades' }).click()
  const grade = page.getByLabel(`N2 of ${nameOf(2)}`)
  await grade.fill('5')
  expect(await closingIsAsked(page)).toBe(true)
  await page.getByRole('link', { name: 'Agenda' }).click()
  await question(page).waitFor()
  expect(await accessibilityProblems(page)).toEqual([])
  await page.keyboard.press('Enter')
  await question(page).waitFor({ state: 'hidden' })
  expect(await grade.inputValue()).toBe('5')
  await page.goBack()
  await question(page).waitFor()
  await page.keyboard.press('Escape')
  await grade.press('Escape')
  expect(await closingIsAsked(page)).toBe(false)
  await page.getByRole('link', { name: 'Agenda' }).click()
  await page.getByRole('heading', { level: 1, name: 'Agenda' }).waitFor()

  await goTo(page, `/app/classes/${databases}/lessons/${lessons[0]?.id}`)
  const box = page.getByRole('checkbox').first()
  await box.click()
  await page.getByRole('link', { name: 'Lesson 2' }).click()
  await question(page).getByRole('button', { name: 'Leave without saving' }).click()
  await page.getByRole('heading', { level: 1, name: 'Attendance for lesson 2' }).waitFor()
  await teacher.close()

  await term.clock(IN_ENROLLMENT)
  const own = await visit(served.browser, served.url, ENGLISH)
  await signIn(own.page, asked(STUDENT), '/app/enrollment')
  await own.page.getByRole('checkbox', { name: 'Redes' }).click()
  await own.page.getByRole('button', { name: /^Your account/ }).click()
  await own.page.getByRole('menuitem', { name: 'Sign out' }).click()
  await question(own.page).getByRole('button', { name: 'Stay on the page' }).click()
  await own.page.getByRole('button', { name: 'Confirm enrolment' }).waitFor()
  expect(await closingIsAsked(own.page)).toBe(true)
  await own.close()
})

describe('every page is accessible and fits', () => {
  const check = async (page: Page, path: string) => {
    await goTo(page, path)
    expect(await accessibilityProblems(page)).toEqual([])
    expect(await sidewaysOverflow(page)).toBe(0)
  }
  // What a page is made of differs little between looks: most of them are looked at once, in the narrower and darker one.
  const looks = [
    [PORTUGUESE, 'everything'],
    [ENGLISH, 'what is laid out otherwise on a large screen'],
  ] as const

  test.each(looks)('$locale, $theme, $screen', async (look, which) => {
    const all = which === 'everything'
    await teachDatabases()
    const { lessons } = await term.teacher.call(readClass, { classId: databases })
    const [first] = lessons
    const teacher = await visit(served.browser, served.url, look)
    await signIn(teacher.page, asked(TEACHER))
    const ofClass = `/app/classes/${databases}`
    for (const path of [
      ...(all ? ['/app/classes', `${ofClass}/lessons/${first?.id}`, `${ofClass}/notes`] : []),
      `${ofClass}?tab=lessons`,
      `${ofClass}?tab=students`,
    ])
      await check(teacher.page, path)
    await teacher.close()

    await term.clock(IN_ENROLLMENT)
    const own = await visit(served.browser, served.url, look)
    await signIn(own.page, asked(STUDENT))
    for (const path of [...(all ? ['home', 'enrollment', 'notes', 'frequency'] : []), 'agenda', 'curriculum'])
      await check(own.page, `/app/${path}`)
    await own.close()
  })
})
