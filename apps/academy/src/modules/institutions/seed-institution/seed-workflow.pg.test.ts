/** From the click or the form to the last command, on the real daemon: figures, a failure in each step, and the doors. */
import { enqueue } from 'cascata'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Academy, cookieOf, startAcademy, startWork, type Work } from '../../../../test-support/start-academy.ts'
import { createClient } from '../../../platform/http/client.ts'
import { readMe } from '../../users/me/me.contract.ts'
import { readSeed, retrySeed } from '../follow-seed/follow-seed.contract.ts'
import type { SeedProgress } from '../follow-seed/seed-progress.ts'
import {
  SeedInstitutionBasicData,
  SeedInstitutionClasses,
  SeedInstitutionEnrollments,
  SeedInstitutionLessonAttendances,
  SeedInstitutionUsers,
} from './seed-institution.commands.ts'
import { seedOf } from './seed-plan.ts'
import { SEED_STEPS } from './seed-steps.fields.ts'

let academy: Academy
let work: Work
beforeAll(async () => {
  academy = await startAcademy()
  work = await startWork(academy)
})
afterAll(async () => {
  await work?.stop()
  await academy?.stop()
})

const post = (path: string, body: unknown, headers: Record<string, string> = {}, method = 'POST') =>
  academy.fetch(path, {
    method,
    headers: { 'content-type': 'application/json', 'accept-language': 'en', ...headers },
    body: JSON.stringify(body),
  })

const clientWith = (cookie: string) => {
  const send = (input: unknown, init: RequestInit = {}) =>
    academy.fetch(String(input), { ...init, headers: { ...(init.headers as Record<string, string>), cookie } })
  return createClient({ fetch: send as typeof fetch, locale: () => 'en' })
}

async function explore(demoData?: 'S' | 'M' | 'L') {
  const response = await post('/demo-institutions', demoData ? { demoData } : {})
  expect(response.status).toBe(201)
  const { institutionId } = (await response.json()) as { institutionId: string }
  const cookie = cookieOf(response)
  return { institutionId, cookie, ...clientWith(cookie) }
}

const rows = async <R extends object>(sql: string, values: unknown[]) =>
  (await work.harness.pool.query<R>(sql, values)).rows

/** Of the institution's own workflow and, from the form, of its registration. */
const countsOf = async (institutionId: string, registrationId?: string) => {
  const [counts] = await rows(
    `with roots as (
       select id from cascata.events where tenant = $1 and type = 'institution.created'
       union all select id from cascata.events where type = 'user.registered' and data->>'registrationId' = $2
     )
     select (select count(*)::int from cascata.events where root_id in (select id from roots)) as events,
       (select count(*)::int from cascata.commands where root_id in (select id from roots)) as commands,
       (select count(*)::int from cascata.command_statuses where root_id in (select id from roots) and status = 'success')
         as succeeded,
       (select count(*)::int from cascata.batches where root_id in (select id from roots)) as batches`,
    [institutionId, registrationId ?? null],
  )
  return counts
}

const COUNTS = {
  'basic-data': { periods: 2, campi: 4, courses: 9, disciplines: 92, curricula: 2, offerings: 2 },
  users: { teachers: 4, students: 10 },
  classes: { classes: 6 },
  enrollments: { enrollments: 36, notes: 108 },
}

function expectFinished(progress: SeedProgress): void {
  expect(progress).toMatchObject({ size: 'S', state: 'finished', done: 5 })
  expect(progress.steps.map(({ key, state }) => [key, state])).toEqual(SEED_STEPS.map((key) => [key, 'done']))
  for (const step of progress.steps) {
    expect(step.ms).toBeGreaterThan(0)
    if (step.key !== 'attendances') expect(step.counts).toMatchObject(COUNTS[step.key])
    else expect(step.counts['attendances']).toBe(6 * (step.counts['lessons'] ?? 0))
  }
}

test('one click: 15 events, 33 commands, no batch, all successful', async () => {
  const { institutionId, call } = await explore()
  const before = performance.now()
  await work.harness.runUntilIdle(60_000)
  const seconds = (performance.now() - before) / 1000
  expect(await countsOf(institutionId)).toEqual({ events: 15, commands: 33, succeeded: 33, batches: 0 })
  const progress = await call(readSeed, {})
  expectFinished(progress)
  const ms = Date.parse(progress.finishedAt ?? '') - Date.parse(progress.createdAt)
  console.log(`seed S: ${ms} ms from the click; until idle ${seconds.toFixed(2)} s`)
})

test('the form: 16 events and 34 commands, and its e-mail leads to the institution', async () => {
  const email = 'nova.reitora@uni.example'
  expect(await (await post('/registrations', { email: ` ${email.toUpperCase()}`, demoData: 'S' })).json()).toEqual({
    accepted: true,
  })
  await work.harness.runUntilIdle(30_000)
  const token = await linkTo(email, '/app/register')
  const response = await post(
    '/registrations',
    { token, password: 'mangue vermelho na chuva', institutionName: 'Escola Nova' },
    {},
    'PUT',
  )
  expect(response.status).toBe(200)
  const { institutionId, demoData } = (await response.json()) as { institutionId: string; demoData: string }
  expect(demoData).toBe('S')
  await work.harness.runUntilIdle(60_000)
  const [registration] = await rows<{ id: string }>(
    `select data->>'registrationId' as id from cascata.events where type = 'user.registered' order by id desc limit 1`,
    [],
  )
  expect(await countsOf(institutionId, registration?.id)).toEqual({
    events: 16,
    commands: 34,
    succeeded: 34,
    batches: 0,
  })
  const { call } = clientWith(cookieOf(response))
  expectFinished(await call(readSeed, {}))
  expect(await call(readMe, {})).toMatchObject({
    email,
    role: 'staff',
    institution: { name: 'Escola Nova', noteLimit: 7, frequencyLimit: 75 },
  })
})

/** The secret of the link to this page, in the newest message to this address. */
async function linkTo(email: string, page: string): Promise<string> {
  const { text } = await work.mailbox.newestTo(email)
  const found = new RegExp(`${page}\\?token=([\\w-]+)`).exec(text)?.[1]
  if (!found) throw new Error(`No link to ${page} in: ${text}`)
  return found
}

const STEPS = [
  ['basic-data', SeedInstitutionBasicData],
  ['users', SeedInstitutionUsers],
  ['classes', SeedInstitutionClasses],
  ['enrollments', SeedInstitutionEnrollments],
  ['attendances', SeedInstitutionLessonAttendances],
] as const

test.each(STEPS)(
  '%s fails for good: nothing of it is saved; tried again, it goes on to the end',
  async (key, command) => {
    work.harness.failNext(command, new Error('The disk is full.'), command.retry.attempts)
    const { institutionId, call } = await explore()
    for (let attempt = 1; attempt <= command.retry.attempts; attempt++) {
      await work.harness.runUntilIdle(60_000)
      await work.harness.clock.advance('1m')
    }
    await work.harness.runUntilIdle(60_000)
    const failed = await call(readSeed, {})
    const at = SEED_STEPS.indexOf(key)
    expect(failed).toMatchObject({ state: 'failed', done: at })
    expect(failed.steps[at]).toMatchObject({ state: 'failed', counts: {}, error: 'The disk is full.' })
    expect(await rows('select step from academy.seed_steps where institution_id = $1', [institutionId])).toHaveLength(
      at,
    )
    expect((await post('/demo-institutions/doors', { role: 'teacher' }, {})).status).toBe(401)
    await expect(call(retrySeed, {})).resolves.toMatchObject({ commandId: expect.any(String) })
    await work.harness.runUntilIdle(60_000)
    expectFinished(await call(readSeed, {}))
    expect(await countsOf(institutionId)).toMatchObject({ events: 15, batches: 0 })
    await expect(call(retrySeed, {})).rejects.toMatchObject({ status: 409, code: 'no-failed-step' })
  },
)

test('run a second time, the whole chain makes nothing twice', async () => {
  const { institutionId, call } = await explore()
  await work.harness.runUntilIdle(60_000)
  const first = await call(readSeed, {})
  await work.harness.transaction((tx) =>
    enqueue(tx, SeedInstitutionBasicData({ institutionId, size: 'S', seed: seedOf(institutionId) }), {
      tenant: institutionId,
    }),
  )
  await work.harness.runUntilIdle(60_000)
  const [open] = await rows(
    `select count(*)::int as ran, count(*) filter (where status = 'success')::int as succeeded
     from cascata.command_statuses where tenant = $1 and type like 'institution-%.seed'`,
    [institutionId],
  )
  expect(open).toEqual({ ran: 10, succeeded: 10 })
  expect((await call(readSeed, {})).steps.map(({ counts }) => counts)).toEqual(first.steps.map(({ counts }) => counts))
  expect(await countsOf(institutionId)).toMatchObject({ events: 15, commands: 33 })
})

test('followed live it ends in the finished state', async () => {
  const { cookie } = await explore()
  const leave = new AbortController()
  const response = await academy.fetch('/institutions/own/seed/stream', { headers: { cookie }, signal: leave.signal })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes('"state":"finished"')) {
    const { value, done } = await reader.read()
    if (done) break
    text += value
  }
  leave.abort()
  await reader.cancel()
  expect(text).toContain('event: snapshot')
  expect(text).toContain('"state":"finished"')
})

test('without the wish there is no seed, and nothing to watch', async () => {
  const email = 'vazia@uni.example'
  await post('/registrations', { email })
  await work.harness.runUntilIdle(30_000)
  const token = await linkTo(email, '/app/register')
  const response = await post(
    '/registrations',
    { token, password: 'mangue vermelho na chuva', institutionName: 'Vazia' },
    {},
    'PUT',
  )
  const { institutionId } = (await response.json()) as { institutionId: string }
  await work.harness.runUntilIdle(30_000)
  expect(await countsOf(institutionId)).toEqual({ events: 1, commands: 0, succeeded: 0, batches: 0 })
  const { call } = clientWith(cookieOf(response))
  await expect(call(readSeed, {})).rejects.toMatchObject({ status: 404, code: 'seed-not-found' })
})

test('size M: 300 students in 36 classes, by the same rules', { timeout: 180_000 }, async () => {
  const { institutionId, call } = await explore('M')
  await work.harness.runUntilIdle(150_000)
  const progress = await call(readSeed, {})
  expect(progress).toMatchObject({ size: 'M', state: 'finished' })
  const counts = Object.assign({}, ...progress.steps.map((step) => step.counts))
  expect(counts).toMatchObject({ teachers: 12, students: 300, classes: 36, enrollments: 180 * 6, notes: 180 * 18 })
  expect(counts.attendances).toBe(30 * counts.lessons)
  expect(await countsOf(institutionId)).toMatchObject({ events: 1 + 312, commands: 5 + 312 + 300 + 12 })
})
