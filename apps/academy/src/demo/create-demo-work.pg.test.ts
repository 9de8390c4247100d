import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ServerType, serve } from '@hono/node-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Academy,
  CALLBACK_SECRET,
  SERRA,
  startAcademy,
  startWork,
  type Work,
} from '../../test-support/start-academy.ts'
import { contract as listCharges } from '../modules/payments/list-charges/list-charges.contract.ts'
import { type RunningPaymentGateway, startPaymentGateway } from '../payment-gateway/start-payment-gateway.ts'
import { createPaymentGateway } from '../platform/payment-gateway/payment-gateway.ts'
import { createDemoTerm } from './create-demo-term.ts'
import { createDemoWork } from './create-demo-work.ts'
import { followDemoWork } from './follow-demo-work.ts'
import { REFUSED_ADDRESS } from './people.ts'

let academy: Academy
let work: Work
let gateway: RunningPaymentGateway
let server: ServerType
let data: string
const made = () => createDemoWork(academy.pools, { hashPassword: async () => 'no-password' })

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'demo-work-'))
  gateway = await startPaymentGateway({ data, port: 0, apiKey: 'key', callbackSecret: CALLBACK_SECRET })
  academy = await startAcademy()
  server = serve({ fetch: (request) => academy.fetchRequest(request), hostname: '127.0.0.1', port: 0 })
  await new Promise((resolve) => server.once('listening', resolve))
  await createDemoTerm(academy.pools)
  await Promise.all([made(), made()])
  work = await startWork(
    academy,
    {
      publicUrl: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
      paymentGateway: createPaymentGateway({ url: gateway.url, apiKey: 'key' }),
    },
    { rejectAddresses: [REFUSED_ADDRESS] },
  )
  await followDemoWork(academy.pools, { withinMs: 60_000 })
})
afterAll(async () => {
  await work?.stop()
  await gateway?.close()
  server?.close()
  await academy?.stop()
  await rm(data, { recursive: true, force: true })
})

const rows = async <R extends object>(sql: string) => (await work.harness.pool.query<R>(sql)).rows

test('events of several kinds were handled by the Daemon, and a single command failed, with its cause', async () => {
  const events = await rows<{ type: string; n: number }>(
    `select type, count(*)::int as n from cascata.event_statuses where status = 'success' group by 1 order by 1`,
  )
  expect(Object.fromEntries(events.map(({ type, n }) => [type, n]))).toEqual({
    'charge.created': 6,
    'charge.paid': 4,
    'charge.refused': 1,
    'class-activity.created': 6,
    'student-class-note.added': 12,
    'student.created': 2,
  })
  expect(
    await rows(`select type, status, error from cascata.command_statuses where status not in ('success', 'awaiting')`),
  ).toEqual([
    {
      type: 'new-class-activity-email.send',
      status: 'error',
      error: expect.stringContaining('email is blocked or does not exist in to'),
    },
  ])
  expect(await rows(`select status, count(*)::int as n from cascata.batch_statuses group by 1 order by 1`)).toEqual([
    { status: 'error', n: 1 },
    { status: 'success', n: 5 },
  ])
})

test('a bounded amount of mail went to the mailbox, each message once', async () => {
  const { messages, keys } = await work.mailbox.counts()
  const [owed] = await rows<{ sent: number }>(
    `select count(*)::int as sent from academy.email_messages where status = 'sent'`,
  )
  expect(messages).toBe(owed?.sent)
  expect(keys).toBe(messages + 1) // and the one that was refused
  expect(messages).toBeGreaterThan(30)
  expect(messages).toBeLessThan(200)
})

test('one charge is still to be paid', async () => {
  const staff = await academy.signIn(SERRA.staff)
  const { charges } = await staff.call(listCharges, {})
  expect(charges.map(({ status }) => status).toSorted()).toEqual([
    'paid',
    'paid',
    'paid',
    'paid',
    'refused',
    'requested',
  ])
})

test('made again, and by two at once, it makes nothing twice', async () => {
  const count = () => rows(`select count(*)::int as n from cascata.events`)
  const before = await count()
  await made()
  expect(await count()).toEqual(before)
})
