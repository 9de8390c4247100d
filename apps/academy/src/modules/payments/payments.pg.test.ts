/** Charges on a real PostgreSQL, against the gateway of our own over real sockets, whose messages come back by a real port. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ServerType, serve } from '@hono/node-server'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  type Academy,
  CALLBACK_SECRET,
  PORTO,
  SERRA,
  type SignedIn,
  STUDENT,
  startAcademy,
  startWork,
  TEACHER,
  type Work,
} from '../../../test-support/start-academy.ts'
import { waitFor } from '../../../test-support/wait-for.ts'
import { institutionId, personId } from '../../demo/people.ts'
import { type RunningPaymentGateway, startPaymentGateway } from '../../payment-gateway/start-payment-gateway.ts'
import { createPaymentGateway } from '../../platform/payment-gateway/payment-gateway.ts'
import { newWebhookSecret, signWebhook } from '../../platform/standard-webhooks/standard-webhooks.ts'
import { contract as listNotifications } from '../notifications/list-notifications/list-notifications.contract.ts'
import { contract as createCharge, tryAgain } from './create-charge/create-charge.contract.ts'
import { contract as listCharges } from './list-charges/list-charges.contract.ts'

vi.setConfig({ testTimeout: 60_000 })

let academy: Academy
let work: Work
let staff: SignedIn
let gateway: RunningPaymentGateway
let server: ServerType
let data: string
let baseUrl: string

const startGateway = () =>
  startPaymentGateway({
    data,
    port: gateway ? Number(new URL(gateway.url).port) : 0,
    apiKey: 'key',
    callbackSecret: CALLBACK_SECRET,
    repeatAfterMs: 50,
  })

/** An answer takes milliseconds, on a busy machine a second. */
const GATEWAY_TIMEOUT_MS = 3_000

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'payment-gateway-'))
  gateway = await startGateway()
  academy = await startAcademy()
  server = serve({ fetch: (request) => academy.fetchRequest(request), hostname: '127.0.0.1', port: 0 })
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address() as { port: number }
  baseUrl = `http://127.0.0.1:${address.port}`
  work = await startWorkWithGateway()
  staff = await academy.signIn(SERRA.staff)
})
afterAll(async () => {
  await work?.stop()
  await gateway?.close()
  server?.close()
  await academy?.stop()
  await rm(data, { recursive: true, force: true })
})
beforeEach(() => behave({}))

async function behave(settings: object): Promise<void> {
  const response = await fetch(`${gateway.url}/simulator`, { method: 'PUT', body: JSON.stringify(settings) })
  if (!response.ok) throw new Error(await response.text())
}

const startWorkWithGateway = () =>
  startWork(academy, {
    publicUrl: baseUrl,
    paymentGateway: createPaymentGateway({ url: gateway.url, apiKey: 'key', timeoutMs: GATEWAY_TIMEOUT_MS }),
  })
const studentId = personId(STUDENT.email)
const charge = (over: object = {}) => ({ studentId, description: 'Taxa de matrícula', amountCents: 15_000, ...over })
const one = async (id: string) => (await staff.call(listCharges, {})).charges.find((each) => each.id === id)

/** How many charges the gateway made for it, by the words that it was made with. */
async function madeFor(id: string): Promise<number> {
  const { rows } = await work.harness.pool.query<{ key: string }>(
    `select distinct f.key from cascata.effects f join cascata.commands c on c.tenant = f.tenant and c.id = f.command_id
     where c.type = 'payment.request' and c.data->>'chargeId' = $1`,
    [id],
  )
  let made = 0
  for (const { key } of rows) {
    const response = await fetch(`${gateway.url}/v1/charges?idempotency_key=${key}`, {
      headers: { authorization: 'Bearer key' },
    })
    made += ((await response.json()) as { charges: unknown[] }).charges.length
  }
  return made
}

const pay = (payUrl: string, choice: 'pay' | 'refuse' = 'pay') =>
  fetch(payUrl, { method: 'POST', body: new URLSearchParams({ choice }), redirect: 'manual' })

type Letter = { subject: string; text: string }

/** To the student, the newest first. */
async function lettersAbout(description: string): Promise<Letter[]> {
  const messages = (await work.mailbox.messages()).filter(({ subject }) => subject.endsWith(`: ${description}`))
  return Promise.all(messages.map(({ id }) => work.mailbox.read(id)))
}

async function speak(locale: string): Promise<void> {
  await work.harness.pool.query('update academy.users set locale = $1 where id = $2', [locale, studentId])
}

async function ended(id: string, status: string): Promise<void> {
  await waitFor(`charge that is ${status}`, async () => (await one(id))?.status === status)
  await work.harness.runUntilIdle()
}

test('asked, paid on the gateway’s page, told by a signed message: paid once, and the student hears of it', async () => {
  const logged = academy.logged.length
  const { id } = await staff.call(createCharge, charge({ description: 'Segunda chamada' }))
  await work.harness.runUntilIdle()
  const requested = await one(id)
  expect(requested).toMatchObject({
    student: { id: studentId, name: STUDENT.name },
    description: 'Segunda chamada',
    amountCents: 15_000,
    status: 'requested',
    payUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/pay\/ch_/),
    paidAt: null,
  })
  const page = await (await fetch(requested?.payUrl ?? '', { headers: { 'accept-language': 'pt-BR' } })).text()
  expect(page).toContain('R$\u00a0150,00')
  expect(page).toContain('Segunda chamada')

  expect((await pay(requested?.payUrl ?? '')).status).toBe(303)
  await ended(id, 'paid')
  expect(await one(id)).toMatchObject({ status: 'paid', paidAt: expect.any(String), reason: null })
  const student = await academy.signIn(STUDENT)
  const told = (await student.call(listNotifications, {})).notifications.filter((each) =>
    each.description.includes('Segunda chamada'),
  )
  expect(told).toMatchObject([
    { category: 'charge-paid', title: 'Payment received', description: '“Segunda chamada” is paid.' },
    {
      category: 'charge-created',
      title: 'New charge',
      description: '“Segunda chamada”: R$ 150.00. You pay it on your page of payments.',
      link: '/app/payments',
    },
  ])
  const [receipt, request] = await lettersAbout('Segunda chamada')
  expect(request).toMatchObject({ subject: 'Nova cobrança: Segunda chamada' })
  expect(receipt).toMatchObject({ subject: 'Pagamento recebido: Segunda chamada' })
  for (const { text } of [receipt, request] as Letter[]) {
    expect(text).toContain('R$ 150,00')
    expect(text).toContain('/app/payments')
  }
  expect(receipt?.text).toMatch(/Pago em\s*:?\s*\d{2}\/\d{2}\/\d{4}, \d{2}:\d{2} \(horário de Brasília\)/)
  expect(academy.logged.slice(logged)).toEqual([])
})

test('a student sees their own charges and where each is paid; others see none of them', async () => {
  const { id } = await staff.call(createCharge, charge({ description: 'Biblioteca' }))
  await work.harness.runUntilIdle()
  const own = (await (await academy.signIn(STUDENT)).call(listCharges, {})).charges
  expect(own.find((each) => each.id === id)).toMatchObject({ status: 'requested', payUrl: expect.any(String) })
  expect(own.every(({ student }) => student.id === studentId)).toBe(true)
  const other = await academy.signIn(SERRA.students[1] as { email: string })
  expect((await other.call(listCharges, {})).charges).toEqual([])
  await expect((await academy.signIn(TEACHER)).call(listCharges, {})).rejects.toMatchObject({ status: 403 })
})

test('refused by the payer', async () => {
  const { id } = await staff.call(createCharge, charge({ description: 'Taxa recusada' }))
  await work.harness.runUntilIdle()
  await pay((await one(id))?.payUrl ?? '', 'refuse')
  await ended(id, 'refused')
  expect(await one(id)).toMatchObject({ reason: 'refused-by-payer', paidAt: null })
  const student = await academy.signIn(STUDENT)
  const [newest] = (await student.call(listNotifications, {})).notifications
  expect(newest).toMatchObject({ category: 'charge-refused', link: '/app/payments' })
  const [refusal] = await lettersAbout('Taxa recusada')
  expect(refusal?.subject).toBe('Pagamento não concluído: Taxa recusada')
  expect(refusal?.text).toContain('nada foi cobrado')
})

test('letters are in the student’s language; neither they nor their orders lie in what is stored', async () => {
  await speak('en')
  const { id } = await staff.call(createCharge, charge({ description: 'Library fine' }))
  await work.harness.runUntilIdle()
  await pay((await one(id))?.payUrl ?? '')
  await ended(id, 'paid')
  await speak('pt-BR')
  const [receipt] = await lettersAbout('Library fine')
  expect(receipt?.subject).toBe('Payment received: Library fine')
  expect(receipt?.text).toContain('Keep this message as your receipt.')
  expect(receipt?.text).toMatch(/Paid on\s*:?\s*\d{1,2} \w{3} \d{4}, \d{2}:\d{2} \(Brasília time\)/)
  const { rows } = await work.harness.pool.query<{ data: string }>(
    `select data::text from cascata.commands where data->>'chargeId' = $1
     union all select data::text from cascata.events where data->>'chargeId' = $1`,
    [id],
  )
  expect(rows.length).toBeGreaterThan(4)
  expect(new Set(rows.map(({ data }) => Object.keys(JSON.parse(data)).join()))).toEqual(new Set(['chargeId']))
})

describe('what goes wrong at the gateway', () => {
  test('it drops the connection after accepting: it is asked, and the order is not repeated', async () => {
    await behave({ fail: 'drop', times: 1 })
    const { id } = await staff.call(createCharge, charge())
    await work.harness.runUntilIdle()
    expect(await one(id)).toMatchObject({ status: 'created' })
    await work.harness.clock.advance('1m')
    await work.harness.runUntilIdle()
    expect(await one(id)).toMatchObject({ status: 'requested', payUrl: expect.any(String) })
    expect(await madeFor(id)).toBe(1)
    const { rows } = await work.harness.pool.query(
      `select f.state from cascata.effects f join cascata.commands c on c.tenant = f.tenant and c.id = f.command_id
       where c.type = 'payment.request' and c.data->>'chargeId' = $1`,
      [id],
    )
    expect(rows).toHaveLength(1) // one call; the second attempt asked instead
  })

  test('it answers 500 before accepting: unknown to us, it is asked, has nothing, and is ordered again', async () => {
    await behave({ fail: '500', times: 1 })
    const { id } = await staff.call(createCharge, charge())
    await work.harness.runUntilIdle()
    await work.harness.clock.advance('1m')
    await work.harness.runUntilIdle()
    expect(await one(id)).toMatchObject({ status: 'requested' })
    expect(await madeFor(id)).toBe(1)
  })

  test('it is slower than we wait: one charge all the same', async () => {
    await behave({ latencyMs: GATEWAY_TIMEOUT_MS * 1.5 })
    const { id } = await staff.call(createCharge, charge())
    await work.harness.runUntilIdle()
    await behave({})
    await waitFor('charge at the gateway', async () => (await madeFor(id)) === 1)
    await work.harness.clock.advance('1m')
    await work.harness.runUntilIdle()
    expect(await one(id)).toMatchObject({ status: 'requested' })
    expect(await madeFor(id)).toBe(1)
  })

  test('it is busy: later, and no failure counted', async () => {
    await behave({ fail: 'busy', times: 1 })
    const { id } = await staff.call(createCharge, charge())
    await work.harness.runUntilIdle()
    const { rows } = await work.harness.pool.query<{ failures: number }>(
      `select q.failures from cascata.command_queue q join cascata.commands c on c.tenant = q.tenant and c.id = q.id
       where c.type = 'payment.request' and c.data->>'chargeId' = $1`,
      [id],
    )
    expect(rows).toEqual([{ failures: 0 }])
    await work.harness.clock.advance('1m')
    await work.harness.runUntilIdle()
    expect(await one(id)).toMatchObject({ status: 'requested' })
  })

  test('it is away for long: failed; staff try again with the same key, and there is one charge', async () => {
    await behave({ fail: '500' })
    const { id } = await staff.call(createCharge, charge())
    for (let tries = 0; tries < 8; tries++) {
      await work.harness.runUntilIdle()
      await work.harness.clock.advance('6m')
    }
    await work.harness.runUntilIdle()
    expect(await one(id)).toMatchObject({ status: 'failed', reason: 'no-answer' })
    await behave({})
    await staff.call(tryAgain, { chargeId: id, reason: 'The gateway is back.' })
    await expect(staff.call(tryAgain, { chargeId: id, reason: 'Twice' })).rejects.toMatchObject({
      status: 409,
      code: 'charge-not-failed',
    })
    await work.harness.runUntilIdle()
    expect(await one(id)).toMatchObject({ status: 'requested', reason: null })
    expect(await madeFor(id)).toBe(1)
  })

  test('it ends and comes back: what it knew it knows, and it repeats what was not answered', async () => {
    const { id } = await staff.call(createCharge, charge())
    await work.harness.runUntilIdle()
    const payUrl = (await one(id))?.payUrl ?? ''
    const real = server.address() as { port: number }
    await new Promise((resolve) => {
      server.close(resolve)
      if ('closeAllConnections' in server) server.closeAllConnections()
    })
    await pay(payUrl)
    await gateway.close()
    gateway = await startGateway()
    expect(await madeFor(id)).toBe(1)
    server = serve({ fetch: (request) => academy.fetchRequest(request), hostname: '127.0.0.1', port: real.port })
    await ended(id, 'paid')
  })
})

describe('POST /payments/callback', () => {
  const message = (
    chargeId: string,
    over: object = {},
    metadata: object = { institutionId: institutionId(SERRA.key) },
  ) =>
    JSON.stringify({
      type: 'charge.paid',
      timestamp: new Date().toISOString(),
      data: { id: 'ch_1', reference: chargeId, amountCents: 15_000, metadata, ...over },
    })
  const send = (payload: string, { id = `msg_${randomUUID()}`, secret = CALLBACK_SECRET, at = new Date() } = {}) =>
    fetch(`${baseUrl}/payments/callback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signWebhook({ id, at, payload }, [secret]) },
      body: payload,
    })
  /** A charge that the gateway has not been asked for: nothing runs. */
  async function aCharge(): Promise<string> {
    const { id } = await staff.call(createCharge, charge())
    await work.harness.runUntilIdle()
    return id
  }
  const gatewayIdOf = async (id: string) => {
    const { rows } = await work.harness.pool.query<{ gateway_id: string }>(
      'select gateway_id from academy.charges where id = $1',
      [id],
    )
    return rows[0]?.gateway_id ?? ''
  }

  test('the same message five times at once: kept once, one command, one event, one notification', async () => {
    const id = await aCharge()
    const payload = message(id, { id: await gatewayIdOf(id) })
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(payload, { id: 'msg_repeated' })))
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204, 204])
    await send(payload) // and once more, as another message
    await work.harness.runUntilIdle()
    const { rows } = await work.harness.pool.query(
      `select (select count(*)::int from academy.payment_callbacks where charge_id = $1) as callbacks,
         (select count(*)::int from cascata.commands where type = 'charge.settle' and data->>'callbackId' = 'msg_repeated') as commands,
         (select count(*)::int from cascata.events where type = 'charge.paid' and data->>'chargeId' = $1::text) as events,
         (select count(*)::int from academy.notifications
          where subject_id = $1 and category = 'charge-paid') as notifications`,
      [id],
    )
    expect(rows).toEqual([{ callbacks: 2, commands: 1, events: 1, notifications: 1 }])
    expect(await one(id)).toMatchObject({ status: 'paid' })
  })

  test.each([
    ['another amount', { amountCents: 1 }],
    ['another charge of the gateway', { id: 'ch_other' }],
  ])('%s pays nothing, and the command says so', async (_name, over) => {
    const id = await aCharge()
    expect((await send(message(id, { id: await gatewayIdOf(id), ...over }))).status).toBe(204)
    await work.harness.runUntilIdle()
    expect(await one(id)).toMatchObject({ status: 'requested' })
  })

  test('whoever has not the secret, or repeats an old message, is refused, and nothing is kept', async () => {
    const id = await aCharge()
    const payload = message(id)
    const headers = signWebhook({ id: 'msg_x', at: new Date(), payload }, [CALLBACK_SECRET])
    const statuses = [
      await send(payload, { secret: newWebhookSecret() }),
      await send(payload, { at: new Date(Date.now() - 6 * 60_000) }),
      await fetch(`${baseUrl}/payments/callback`, { method: 'POST', body: payload }),
      await fetch(`${baseUrl}/payments/callback`, { method: 'POST', body: `${payload} `, headers: { ...headers } }),
    ].map(({ status }) => status)
    expect(statuses).toEqual([401, 401, 401, 401])
    const { rows } = await work.harness.pool.query('select 1 from academy.payment_callbacks where charge_id = $1', [id])
    expect(rows).toEqual([])
  })

  test('signed, but not what we know: said so, kept not', async () => {
    const id = await aCharge()
    const large = message(id, { note: 'x'.repeat(70_000) })
    const answers = {
      noJson: await send('{'),
      otherType: await send(message(id).replace('charge.paid', 'charge.exploded')),
      noReference: await send(message('not-a-uuid')),
      fraction: await send(message(id, { amountCents: 1.5 })),
      noMetadata: await send(message(id, {}, {})),
      unknownCharge: await send(message(randomUUID())),
      otherInstitution: await send(message(id, {}, { institutionId: institutionId(PORTO.key) })),
      tooLarge: await send(large),
    }
    expect(Object.entries(answers).map(([name, { status }]) => [name, status])).toEqual([
      ['noJson', 400],
      ['otherType', 400],
      ['noReference', 400],
      ['fraction', 400],
      ['noMetadata', 400],
      ['unknownCharge', 404],
      ['otherInstitution', 404],
      ['tooLarge', 413],
    ])
  })
})

describe('asking', () => {
  test.each([
    ['studentId', { studentId: 'x' }, 'invalid-format'],
    ['studentId', { studentId: undefined }, 'required'],
    ['studentId', { studentId: personId(PORTO.students[0]?.email ?? '') }, 'student-not-found'],
    ['studentId', { studentId: personId(TEACHER.email) }, 'student-not-found'],
    ['description', { description: ' ' }, 'required'],
    ['description', { description: 'x'.repeat(201) }, 'too-long'],
    ['description', { description: 'a\u0000b' }, 'invalid-format'],
    ['amountCents', { amountCents: 0 }, 'too-small'],
    ['amountCents', { amountCents: -5 }, 'too-small'],
    ['amountCents', { amountCents: 1.5 }, 'wrong-type'],
    ['amountCents', { amountCents: '15000' }, 'wrong-type'],
    ['amountCents', { amountCents: 100_000_001 }, 'too-large'],
  ])('%s %j: 422 at its field', async (field, over, code) => {
    await expect(staff.call(createCharge, charge(over) as never)).rejects.toMatchObject({
      status: 422,
      errors: [{ field, code }],
    })
  })

  test('a list is asked for in words that it knows; trying again needs a reason', async () => {
    for (const query of ['limit=0', 'before=1', 'status=lost']) {
      expect((await staff.fetch(`/payments/charges?${query}`)).status).toBe(422)
    }
    const { id } = await staff.call(createCharge, charge())
    await expect(staff.call(tryAgain, { chargeId: id, reason: '' })).rejects.toMatchObject({
      status: 422,
      errors: [{ field: 'reason', code: 'required' }],
    })
    await work.harness.runUntilIdle()
  })

  test('a page at a time, by status, and only one’s own institution’s', async () => {
    for (let n = 0; n < 3; n++) await staff.call(createCharge, charge())
    await work.harness.runUntilIdle()
    const first = await staff.call(listCharges, { limit: 2 })
    expect(first.charges).toHaveLength(2)
    const second = await staff.call(listCharges, { limit: 2, before: first.next ?? '' })
    const ids = [...first.charges, ...second.charges].map(({ id }) => id)
    expect(ids).toEqual(ids.toSorted().reverse())
    expect((await staff.call(listCharges, { status: 'paid' })).charges.every(({ status }) => status === 'paid')).toBe(
      true,
    )
    const stranger = await academy.signIn(PORTO.staff)
    expect((await stranger.call(listCharges, {})).charges).toEqual([])
    await expect(stranger.call(tryAgain, { chargeId: ids[0] ?? '', reason: 'mine' })).rejects.toMatchObject({
      status: 404,
    })
  })
})

test('without a gateway: failed, and why', async () => {
  await work.stop()
  onTestFinished(async () => {
    await work.stop()
    work = await startWorkWithGateway()
  })
  work = await startWork(academy, { publicUrl: baseUrl })
  const { id } = await staff.call(createCharge, charge())
  await work.harness.runUntilIdle()
  expect(await one(id)).toMatchObject({ status: 'failed', reason: 'no-gateway' })
})
