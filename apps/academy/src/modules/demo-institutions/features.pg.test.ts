/** A feature that an installation does not offer is not there, and a stranger’s demonstration reaches nothing that is private. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AnsweringServer, empty, startAnsweringServer } from '../../../test-support/answering-server.ts'
import { QUICK_PASSWORDS } from '../../../test-support/quick-passwords.ts'
import {
  type Academy,
  cookieOf,
  PORTO,
  startAcademy,
  startWork,
  TEST_SECRETS,
  TEST_SERVICES,
} from '../../../test-support/start-academy.ts'
import { createServer } from '../../create-server.ts'
import type { Features } from '../../platform/allowed.ts'

let academy: Academy
let receiver: AnsweringServer
beforeAll(async () => {
  receiver = await startAnsweringServer()
  receiver.answer = empty(204)
  academy = await startAcademy()
})
afterAll(async () => {
  await academy?.stop()
  await receiver?.close()
})

type Send = (method: string, path: string, body?: unknown, cookie?: string) => Promise<Response>

const sending =
  (fetch: (request: Request) => Response | Promise<Response>): Send =>
  async (method, path, body, cookie) =>
    fetch(
      new Request(`http://academy.test${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...(cookie ? { cookie } : {}) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )

const offering = (features: Features): Send =>
  sending(
    createServer({
      pools: academy.pools,
      services: { ...TEST_SERVICES, features },
      sessionSecret: TEST_SECRETS.sessionSecret,
      secureCookies: false,
      passwords: QUICK_PASSWORDS,
      hosts: () => true,
      log: { info: () => {}, error: () => {} },
    }).fetch,
  )

const codeOf = async (response: Response) => [response.status, ((await response.json()) as { code: string }).code]

test('an installation that is closed to strangers says so to pages and refuses them', async () => {
  const send = offering({ demonstrations: false, registration: false })
  expect(await (await send('GET', '/features')).json()).toEqual({ demonstrations: false, registration: false })
  expect(await codeOf(await send('POST', '/demo-institutions', {}))).toEqual([404, 'demonstrations-off'])
  expect(await codeOf(await send('POST', '/registrations', { email: 'a@b.example' }))).toEqual([
    403,
    'registration-closed',
  ])
  const token = 'x'.repeat(43)
  expect(await codeOf(await send('POST', '/registrations/read', { token }))).toEqual([403, 'registration-closed'])
  const finish = { token, password: 'Forte-Senha-2026', institutionName: 'Escola' }
  expect(await codeOf(await send('PUT', '/registrations', finish))).toEqual([403, 'registration-closed'])
})

test('one that takes registrations and has no demonstrations gives no fictional people either', async () => {
  const send = offering({ demonstrations: false, registration: true })
  expect(await codeOf(await send('POST', '/registrations', { email: 'a@b.example', demoData: 'S' }))).toEqual([
    422,
    'demonstrations-off',
  ])
  expect((await send('POST', '/registrations', { email: 'a@b.example' })).status).toBe(200)
})

test('where webhooks may call this machine, those of a demonstration still may not', async () => {
  const send = sending(academy.fetchRequest)
  const made = await send('POST', '/demo-institutions', {})
  const stranger = cookieOf(made)
  const { institutionId } = (await made.json()) as { institutionId: string }
  const webhook = { name: 'x', url: `${receiver.url}/hook`, events: ['student.created'], active: true }
  const refused = await send('POST', '/webhooks', webhook, stranger)
  expect(await codeOf(refused)).toEqual([422, 'webhook-url-not-https'])

  // One that was saved before that was refused calls nothing either.
  const given = await send('POST', '/webhooks', { ...webhook, url: 'https://93.184.216.34/' }, stranger)
  const { id } = (await given.json()) as { id: string }
  const work = await startWork(academy)
  await work.harness.runUntilIdle(60_000)
  await work.harness.pool.query('update academy.webhook_subscriptions set url = $1 where id = $2', [webhook.url, id])
  const { rows } = await work.harness.pool.query<{ id: string }>(
    'select id from academy.course_offerings where institution_id = $1 limit 1',
    [institutionId],
  )
  const student = { name: 'Ana', email: 'ana.nova@alunos.example', courseOfferingId: rows[0]?.id }
  expect((await send('POST', '/students', student, stranger)).status).toBe(201)
  const attempted = async () => {
    const answer = await send('GET', `/webhooks/${id}/deliveries`, undefined, stranger)
    return ((await answer.json()) as { deliveries: { attempts: number }[] }).deliveries[0]?.attempts
  }
  await work.harness.runUntilIdle(60_000)
  expect(await attempted()).toBeGreaterThan(0)
  expect(receiver.seen).toEqual([])
  await work.stop()
})

test('those of an institution that somebody answers for may, where the process asked for it', async () => {
  const staff = await academy.signIn(PORTO.staff)
  const answer = await staff.fetch('/webhooks', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'x', url: `${receiver.url}/hook`, events: ['student.created'], active: false }),
  })
  expect(answer.status).toBe(201)
})
