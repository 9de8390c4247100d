/** What a first visit costs, counted on the wire by a browser that has nothing of ours yet. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { launchBrowser } from '../../../scripts/testing/browser.ts'
import { DEMO_ADMINISTRATOR, DEMO_PASSWORD } from '../src/demo/people.ts'
import { type Academy, SERRA, STUDENT, startAcademy, TEACHER } from '../test-support/start-academy.ts'
import { type Look, openPage, visit } from './testing/browser.ts'
import { type ServedAcademy, serveAcademy } from './testing/serve-academy.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const KIB = 1024
const LOOK: Look = { locale: 'pt-BR', theme: 'light', screen: 'desktop' }

let browser: Browser
let academy: Academy
let served: ServedAcademy

beforeAll(async () => {
  academy = await startAcademy()
  browser = await launchBrowser()
  served = await serveAcademy(academy, { browser })
})
afterAll(async () => {
  await served?.close()
  await browser?.close()
  await academy?.stop()
})

type Sent = { url: string; bytes: number; encoding: string | undefined }

/** Every answer from now on, as it is on the wire. */
async function watchWire(page: Page): Promise<Sent[]> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  const answers = new Map<string, Sent>()
  devtools.on('Network.responseReceived', ({ requestId, response: { url, headers } }) => {
    const encoding = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-encoding')?.[1]
    answers.set(requestId, { url, bytes: 0, encoding })
  })
  const sent: Sent[] = []
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const answer = answers.get(requestId)
    if (answer) sent.push({ ...answer, bytes: encodedDataLength })
  })
  return sent
}

async function firstVisit(path: string, person?: { email: string }): Promise<{ sent: Sent[]; bytes: number }> {
  const { page, context, close } = await visit(served.browser, served.url, LOOK)
  if (person) {
    const data = { email: person.email, password: DEMO_PASSWORD }
    expect((await page.request.post('/api/auth/sign-in/email', { data })).status()).toBe(200)
  }
  const sent = await watchWire(page)
  await openPage(page, path)
  await context.close() // a closed one is not kept, so the next visit is a first one, too
  await close()
  return { sent, bytes: sent.reduce((sum, { bytes }) => sum + bytes, 0) }
}

test.each([
  ['the landing page', '/', undefined, 12, 250],
  ['the sign-in', '/app/sign-in', undefined, 13, 250],
  ['the console', '/adm', DEMO_ADMINISTRATOR, 15, 280],
  ['the first page of staff', '/app', SERRA.staff, 15, 270],
  ['the first page of a teacher', '/app', TEACHER, 16, 272],
  ['the first page of a student', '/app', STUDENT, 15, 270],
] as const)('%s comes in few files, compressed', async (_, path, person, filesMax, kibMax) => {
  const { sent, bytes } = await firstVisit(path, person)
  const files = sent.filter(({ url }) => new URL(url).pathname === path || url.includes('/assets/'))
  expect(files.length).toBeGreaterThan(3)
  expect(files.length).toBeLessThanOrEqual(filesMax)
  // What the page then asks the API for is its own business, within reason.
  expect(sent.length).toBeLessThanOrEqual(filesMax + 10)
  expect(bytes).toBeLessThan(kibMax * KIB)
  const large = sent.filter(({ url, bytes: size }) => size > 2 * KIB && !url.endsWith('.woff2')) // compressed as it is
  expect(large.filter(({ encoding }) => encoding === undefined)).toEqual([])
})

test('a student is sent no page of the staff', async () => {
  const { sent } = await firstVisit('/app', STUDENT)
  const pages = sent.flatMap(({ url }) => /\/assets\/([a-z-]+)\.page-[^/]*\.js$/.exec(url)?.[1] ?? [])
  expect(pages).toContain('list-activities')
  const ofStaff = [
    'overview',
    'all-classes',
    'list-students',
    'list-teachers',
    'manage-courses',
    'list-charges',
    'list-staff',
  ]
  expect(pages.filter((page) => ofStaff.includes(page))).toEqual([])
})

test('of contracts the client has addresses and names: no schema, and nothing that makes one', () => {
  const assets = join(inject('pages'), 'assets')
  const scripts = readdirSync(assets).filter((file) => file.endsWith('.js'))
  const withZod = scripts.filter((file) => /ZodError|_zod\b/.test(readFileSync(join(assets, file), 'utf8')))
  expect(withZod).toEqual([])
})

test('each Mantine component that the pages use has its styles, and no other has', () => {
  const styles = join(import.meta.dirname, '../../../node_modules/@mantine/core/styles')
  const assets = join(inject('pages'), 'assets')
  const scripts = readdirSync(assets)
    .filter((file) => file.endsWith('.js'))
    .map((file) => readFileSync(join(assets, file), 'utf8'))
    .join('\n')
  const classesOf = (css: string) => [...new Set([...css.matchAll(/\.(m_[0-9a-f]+)/g)].map(([, name]) => name ?? ''))]
  const used = readdirSync(styles).filter((file) => {
    const classes = classesOf(readFileSync(join(styles, file), 'utf8'))
    return !file.endsWith('.layer.css') && classes.some((name) => scripts.includes(name))
  })
  const ofAll = ['baseline.css', 'default-css-variables.css', 'global.css']
  const imported = readFileSync(join(import.meta.dirname, 'mantine.css'), 'utf8')
    .split('\n')
    .flatMap((line) => /@import "@mantine\/core\/styles\/([^"]+)"/.exec(line)?.[1] ?? [])
  expect(used.length).toBeGreaterThan(20)
  expect(imported.toSorted()).toEqual([...ofAll, ...used].toSorted())
  // In Mantine's own order, in which a later component changes what an earlier one says.
  const all = readFileSync(join(styles, '../styles.css'), 'utf8')
  const places = imported
    .slice(ofAll.length)
    .map((file) =>
      Math.min(...classesOf(readFileSync(join(styles, file), 'utf8')).map((name) => all.indexOf(`.${name}`))),
    )
  expect(places).toEqual(places.toSorted((a, b) => a - b))
})
