/**
 * Pictures of every page of a running system (`npm start` with its demonstration data), made by playing the story: a teacher
 * publishes an activity, a student reads it, staff look at their students.
 *
 *     node scripts/screenshots.ts                      the few that documents show, into docs/screenshots
 *     node scripts/screenshots.ts --all .data/pictures every page in both languages, both themes, desktop and phone
 *     --url http://localhost:3000                      where the system is
 *
 * It publishes activities and makes the mailbox misbehave for a while: use a demonstration database.
 */
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { DEMO_SIGN_INS } from '../apps/academy/src/demo/people.ts'
import type { Role } from '../apps/academy/src/platform/http/endpoint.ts'
import {
  LOOKS,
  type Look,
  lookName,
  settle,
  sidewaysOverflow,
  signIn,
  visit,
} from '../apps/academy/web/testing/browser.ts'
import { launchBrowser } from './testing/browser.ts'

const { values } = parseArgs({ options: { all: { type: 'string' }, url: { type: 'string' } } })
const url = values.url ?? `http://localhost:${process.env['PORT'] || 3000}`
const folder = values.all ?? join(import.meta.dirname, '../docs/screenshots')
const BYTES_MAX = 200_000

/** What documents show: name of the picture, and the look in which it is taken. */
const ENGLISH: Look = { locale: 'en', theme: 'light', screen: 'desktop' }
const COMMITTED: Record<string, Look> = { delivery: ENGLISH, console: ENGLISH }

const WORDS = {
  'pt-BR': {
    title: 'Modelagem de um banco de dados',
    description:
      'Modele o banco de dados de uma biblioteca: entidades, relacionamentos e cardinalidades.\n\nEntregue o diagrama e uma página com as decisões que você tomou. O trabalho é individual.',
    bell: /^Notificações/,
    retrying: /tentados? de novo/,
    correct: 'Corrigir e-mail',
  },
  en: {
    title: 'Modelling a database',
    description:
      'Model the database of a library: entities, relationships and cardinalities.\n\nHand in the diagram and one page with the decisions that you took. The work is individual.',
    bell: /^Notifications/,
    retrying: /tried again/,
    correct: 'Correct e-mail',
  },
} as const

const looks = values.all ? LOOKS : [...new Set(Object.values(COMMITTED))]
await mkdir(folder, { recursive: true })
const browser = await launchBrowser()
const tooWide: string[] = []
try {
  for (const look of looks) await everyPage(browser, look)
} finally {
  await browser.close()
}
for (const name of tooWide) console.error(`${name} is wider than the screen`)
process.exitCode = tooWide.length > 0 ? 1 : 0

async function everyPage(browser: Browser, look: Look): Promise<void> {
  const wanted = (name: string) => values.all !== undefined || COMMITTED[name] === look
  const picture = async (page: Page, name: string) => {
    if (!wanted(name)) return
    const file = join(folder, values.all ? `${name}-${lookName(look)}.png` : `${name}.png`)
    await settle(page)
    if ((await sidewaysOverflow(page)) > 0) tooWide.push(file)
    await page.screenshot({ path: file, fullPage: values.all !== undefined })
    const { size } = await stat(file)
    if (!values.all && size > BYTES_MAX) {
      await rm(file)
      throw new Error(`${file} would be ${size} bytes; at most ${BYTES_MAX} are committed.`)
    }
    console.log(file)
  }
  const as = async (role: Role, pictures: readonly string[], run: (page: Page) => Promise<void>) => {
    if (!values.all && !pictures.some(wanted)) return
    const who = DEMO_SIGN_INS.find((each) => each.role === role)
    if (!who) throw new Error(`There is no demonstration sign-in for ${role}.`)
    const { page, close } = await visit(browser, url, look)
    await signIn(page, who)
    await run(page)
    await close()
  }

  const stranger = await visit(browser, url, look)
  await stranger.page.goto('/')
  await picture(stranger.page, 'welcome')
  await stranger.page.goto('/app/sign-in')
  await picture(stranger.page, 'sign-in')
  await stranger.page.locator('input[name="email"]').fill('nobody@example.org')
  await stranger.page.locator('input[name="password"]').fill('wrong-password')
  await stranger.page.locator('button[type="submit"]').click()
  await stranger.page.getByRole('alert').waitFor()
  await picture(stranger.page, 'sign-in-refused')
  await stranger.close()

  let activity = ''
  await as('teacher', ['delivery'], async (page) => {
    const words = WORDS[look.locale]
    await settle(page) // classes under way come first, and may arrive last
    await picture(page, 'classes')
    await page.locator('main li a').first().click()
    await page.locator('main [role="tab"]').first().waitFor()
    await picture(page, 'class-activities')
    await page.getByRole('tab').nth(1).click()
    await picture(page, 'class-students')
    await page.locator('main a[href$="/activities/new"]').first().click()
    const form = page.locator('main form')
    await form.waitFor()
    await form.locator('[data-field="title"]').fill(words.title)
    await form.locator('[data-field="description"]').fill(words.description)
    await form.locator('[data-field="weight"]').fill('5')
    await picture(page, 'new-activity')
    await form.locator('[data-field="title"]').fill('')
    await form.locator('[data-field="weight"]').fill('400')
    await form.locator('button[type="submit"]').click()
    await page.getByRole('alert').waitFor()
    await picture(page, 'new-activity-refused')
    await form.locator('[data-field="title"]').fill(words.title)
    await form.locator('[data-field="weight"]').fill('1')
    // A mail service on a bad day is what the page is for.
    await mailService(page, { mode: 'fail-percent', percent: 75, seed: 7 })
    await form.locator('button[type="submit"]').click()
    await page.waitForURL(/\/app\/activities\//)
    activity = new URL(page.url()).pathname
    await page.locator('main button[aria-expanded]').click()
    await page.getByText(words.retrying).first().waitFor()
    await picture(page, 'delivery')
    await mailService(page, { mode: 'ok' })
    await page.locator('[data-stage="done"]').nth(3).waitFor({ timeout: 120_000 })
    await picture(page, 'delivered')
    await page.getByRole('button', { name: words.bell }).click()
    await picture(page, 'bell')
    await page.goto('/app/notifications')
    await picture(page, 'notifications')
    await page.goto('/app/nowhere')
    await picture(page, 'not-found')
    await page.goto('/app/students')
    await picture(page, 'no-permission')
    if (values.all) await walk(page, 'teacher', picture)
  })
  await as('student', [], async (page) => {
    await picture(page, 'student-home')
    if (activity) await page.goto(activity)
    await picture(page, 'student-activity')
    if (values.all) await walk(page, 'student', picture)
  })
  await as('staff', [], async (page) => {
    await page.goto('/app/students')
    await picture(page, 'students')
    await page.locator('main table button[aria-haspopup="menu"]').first().click()
    await picture(page, 'row-menu')
    await page.getByRole('menuitem', { name: WORDS[look.locale].correct }).click()
    await page.getByRole('dialog').waitFor()
    await picture(page, 'correct-address')
    await page.goto('/app/institution')
    await picture(page, 'institution')
    await walk(page, 'staff', picture)
    await page.goto('/app/classes')
    await page.locator('main a[href^="/app/classes/"]').first().click()
    await picture(page, 'staff-class')
  })
  await as('administrator', ['console'], async (page) => {
    await page.goto('/app/institutions')
    await picture(page, 'institutions')
    for (const name of ['', '/events', '/commands', '/batches', '/partitions?keepDays=30']) {
      await page.goto(`/adm${name}`)
      await picture(page, `console${name.replace(/\?.*/, '').replace('/', '-')}`)
    }
    for (const kind of ['events', 'commands', 'batches']) {
      await page.goto(`/adm/${kind}`)
      await page.locator(`main table a[href^="/adm/${kind}/"]`).first().click()
      await page.waitForURL(`**/adm/${kind}/*`)
      await picture(page, `console-${kind}-details`)
    }
    await page.goto(page.url().replace('/batches/', '/workflows/'))
    await picture(page, 'console-workflow')
    await page.goto(`${page.url()}?view=graph`)
    await picture(page, 'console-workflow-graph')
  })
}

/** Every page that the navigation leads to, those in its menus included. */
async function walk(page: Page, role: Role, picture: (page: Page, name: string) => Promise<void>): Promise<void> {
  const links = () =>
    page.evaluate<string[]>(`[...document.querySelectorAll('nav a[href^="/app/"]')].map((a) => a.getAttribute('href'))`)
  const paths = new Set(await links())
  for (const menu of await page.locator('header nav button[aria-expanded]').all()) {
    await menu.click()
    await page.locator('header nav button[aria-expanded="true"]').waitFor()
    await picture(page, `${role}-menu`)
    for (const path of await links()) paths.add(path)
    await page.keyboard.press('Escape')
  }
  for (const path of paths) {
    await page.goto(path)
    await picture(page, `${role}${path.slice('/app'.length).replaceAll('/', '-')}`)
  }
}

/** How the development mailbox behaves from now on. */
async function mailService(page: Page, settings: object): Promise<void> {
  const response = await page.request.put(`${url}/mailbox/api/simulator`, { data: settings })
  if (!response.ok()) throw new Error(`The mailbox answers ${response.status()}.`)
}
