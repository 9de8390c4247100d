/** The whole path on a real PostgreSQL, to a real server that answers as told; signatures verified by somebody else's code. */
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type AnsweringServer,
  type Asked,
  cut,
  empty,
  json,
  startAnsweringServer,
} from '../../../../test-support/answering-server.ts'
import {
  type Academy,
  PORTO,
  SERRA,
  type SignedIn,
  startAcademy,
  startWork,
  TEACHER,
  type Work,
} from '../../../../test-support/start-academy.ts'
import { contract as createActivity } from '../../activities/create-class-activity/create-class-activity.contract.ts'
import { change, create, list, rotateSecret } from '../configure-webhooks/configure-webhooks.contract.ts'
import { list as listDeliveries, one, sendAgain } from '../read-deliveries/read-deliveries.contract.ts'
import { RETRY_AFTER_MS } from './call-webhook.commands.ts'

let academy: Academy
let work: Work
let staff: SignedIn
let teacher: SignedIn
let receiver: AnsweringServer

beforeAll(async () => {
  receiver = await startAnsweringServer()
  academy = await startAcademy()
  staff = await academy.signIn(SERRA.staff)
  teacher = await academy.signIn(TEACHER)
})
afterEach(() => work?.stop())
afterAll(async () => {
  await academy?.stop()
  await receiver?.close()
})

const subscription = (over: object = {}) => ({
  name: 'ERP',
  url: `${receiver.url}/hook`,
  events: ['class-activity.created' as const],
  active: true,
  ...over,
})

/** Only the subscription of the test is active, and its time is the real one: signatures are good for minutes. */
beforeEach(async () => {
  work = await startWork(academy)
  for (const { id, name, url } of (await staff.call(list, {})).webhooks) {
    await staff.call(change, { ...subscription({ name, url }), webhookId: id, active: false })
  }
  receiver.seen.length = 0
  receiver.answer = empty(204)
})

async function publish(): Promise<string> {
  const { id } = await teacher.call(createActivity, {
    classId: academy.classes.six,
    note: 'N1',
    title: 'Modelagem',
    description: 'Entregar.',
    type: 'work',
    weight: 1,
    dueDate: academy.demo.period.endAt,
    dueHour: '23:59',
  })
  return id
}

const deliveriesOf = async (webhookId: string) => (await staff.call(listDeliveries, { webhookId })).deliveries
const signature = ({ headers }: Asked) => ({
  'webhook-id': String(headers['webhook-id']),
  'webhook-timestamp': String(headers['webhook-timestamp']),
  'webhook-signature': String(headers['webhook-signature']),
})
const verified = (asked: Asked, secret: string) => new Webhook(secret).verify(asked.body, signature(asked))

describe('a call', () => {
  test('what happened reaches each subscriber once, signed with its own secret, and is in the log', async () => {
    const [erp, bi] = [await staff.call(create, subscription()), await staff.call(create, subscription({ name: 'BI' }))]
    const other = await staff.call(create, subscription({ name: 'Payments', events: ['charge.paid'] }))
    receiver.answer = json(200, { thanks: '<b>' })
    const activityId = await publish()
    await work.harness.runUntilIdle()

    expect(receiver.seen).toHaveLength(2)
    const bodies = receiver.seen.map(({ body }) => JSON.parse(body))
    expect(bodies[0]).toEqual({ type: 'class-activity.created', timestamp: expect.any(String), data: { activityId } })
    for (const secret of [erp.secret, bi.secret]) {
      const ours = receiver.seen.filter((asked) => {
        try {
          return verified(asked, secret)
        } catch {
          return false
        }
      })
      expect(ours).toHaveLength(1)
      expect(ours[0]).toMatchObject({ method: 'POST', url: '/hook' })
      expect(ours[0]?.headers['content-type']).toBe('application/json')
    }
    const [delivery] = await deliveriesOf(erp.id)
    expect(delivery).toMatchObject({
      eventType: 'class-activity.created',
      status: 'delivered',
      attempts: 1,
      httpStatus: 200,
      nextAttemptAt: null,
    })
    expect(receiver.seen.map(({ headers }) => headers['webhook-id'])).toContain(`msg_${delivery?.id}`)
    const { attemptLog } = await staff.call(one, { webhookId: erp.id, deliveryId: delivery?.id ?? '' })
    expect(attemptLog).toEqual([
      expect.objectContaining({ number: 1, httpStatus: 200, reason: null, response: '{"thanks":"<b>"}' }),
    ])
    expect(await deliveriesOf(other.id)).toEqual([])
  })

  test('nobody subscribed: not even a command', async () => {
    const activityId = await publish()
    await work.harness.runUntilIdle()
    const { rows } = await work.harness.pool.query(
      `select 1 from cascata.commands where type = 'webhook.call' and data->'data'->>'activityId' = $1`,
      [activityId],
    )
    expect(rows).toEqual([])
  })

  test('a secret that was exchanged: both sign for a day, then the new one alone', async () => {
    const { id, secret: old } = await staff.call(create, subscription())
    const { secret: fresh, previousSecretUntil } = await staff.call(rotateSecret, { webhookId: id })
    expect(fresh).not.toBe(old)
    expect((await staff.call(list, {})).webhooks.find((each) => each.id === id)).toMatchObject({ previousSecretUntil })
    await publish()
    await work.harness.runUntilIdle()
    const [asked] = receiver.seen as [Asked]
    for (const secret of [old, fresh]) expect(verified(asked, secret)).toBeTruthy()

    await work.harness.pool.query(
      `update academy.webhook_subscriptions set previous_secret_until = now() - interval '1 second' where id = $1`,
      [id],
    )
    await publish()
    await work.harness.runUntilIdle()
    const last = receiver.seen.at(-1) as Asked
    expect(verified(last, fresh)).toBeTruthy()
    expect(() => verified(last, old)).toThrow()
  })

  test('a secret lies sealed in the database, and is in no list', async () => {
    const { id, secret } = await staff.call(create, subscription())
    const { rows } = await work.harness.pool.query('select * from academy.webhook_subscriptions where id = $1', [id])
    const bytes = secret.slice('whsec_'.length)
    expect(JSON.stringify(rows)).not.toContain(bytes)
    expect(JSON.stringify(await staff.call(list, {}))).not.toContain(bytes)
    const commands = await work.harness.pool.query(`select data from cascata.commands where type = 'webhook.call'`)
    expect(JSON.stringify(commands.rows)).not.toContain(bytes)
  })
})

describe('a call that fails', () => {
  test('is made again after 5 s, 5 min, 30 min, …, under the same id, ten times in all; then staff send it again', async () => {
    const { id: webhookId, secret } = await staff.call(create, subscription())
    receiver.answer = json(500, { error: 'down' })
    await publish()
    await work.harness.runUntilIdle()
    for (const [index, afterMs] of RETRY_AFTER_MS.entries()) {
      const [delivery] = await deliveriesOf(webhookId)
      expect(delivery).toMatchObject({ status: 'retrying', attempts: index + 1, httpStatus: 500 })
      const { rows } = await work.harness.pool.query<{ ms: number }>(
        `select extract(epoch from next_at - ended_at) * 1000 as ms from cascata.attempts
         where type = 'webhook.call' and not final order by ended_at desc limit 1`,
      )
      const ms = Number(rows[0]?.ms)
      expect(ms).toBeGreaterThanOrEqual(afterMs * 0.99)
      expect(ms).toBeLessThanOrEqual(afterMs * 1.11 + 1_000)
      await work.harness.clock.advance(Math.ceil(afterMs * 1.2))
      await work.harness.runUntilIdle()
    }
    expect(receiver.seen).toHaveLength(10)
    expect(new Set(receiver.seen.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    const times = receiver.seen.map(({ headers }) => Number(headers['webhook-timestamp']))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    const last = receiver.seen.at(-1) as Asked
    const at = new Date(Number(last.headers['webhook-timestamp']) * 1000)
    expect(last.headers['webhook-signature']).toBe(
      new Webhook(secret).sign(String(last.headers['webhook-id']), at, last.body),
    )

    const [failed] = await deliveriesOf(webhookId)
    expect(failed).toMatchObject({ status: 'failed', attempts: 10, nextAttemptAt: null })
    receiver.answer = empty(200)
    const which = { webhookId, deliveryId: failed?.id ?? '' }
    await staff.call(sendAgain, { ...which, reason: 'The ERP is back.' })
    await expect(staff.call(sendAgain, { ...which, reason: 'Twice' })).rejects.toMatchObject({ status: 409 })
    await work.harness.runUntilIdle()
    expect(await staff.call(one, which)).toMatchObject({ status: 'delivered', attempts: 11 })
    expect(receiver.seen.at(-1)?.headers['webhook-id']).toBe(`msg_${failed?.id}`)
    await expect(staff.call(sendAgain, { ...which, reason: 'Thrice' })).rejects.toMatchObject({
      status: 409,
      code: 'webhook-delivery-not-ended',
    })
  }, 60_000)

  test('Retry-After is longer than the schedule: it is waited for', async () => {
    const { id } = await staff.call(create, subscription())
    receiver.answer = json(429, {}, { 'retry-after': '3600' })
    const before = Date.now()
    const activityId = await publish()
    await work.harness.runUntilIdle()
    const [delivery] = await deliveriesOf(id)
    const { rows } = await work.harness.pool.query<{ s: number }>(
      `select extract(epoch from q.run_at - now()) as s from cascata.command_queue q
       join cascata.commands c on c.tenant = q.tenant and c.id = q.id
       where c.type = 'webhook.call' and c.data->'data'->>'activityId' = $1 and q.state = 'scheduled'`,
      [activityId],
    )
    expect(rows).toHaveLength(1)
    expect(Number(rows[0]?.s)).toBeGreaterThan(3_500)
    expect(Number(rows[0]?.s)).toBeLessThanOrEqual(3_600)
    expect(Date.parse(delivery?.nextAttemptAt ?? '')).toBeGreaterThan(before + 3_500_000)
    receiver.answer = empty(200)
    await work.harness.clock.advance('61m')
    await work.harness.runUntilIdle()
    expect(await deliveriesOf(id)).toMatchObject([{ status: 'delivered', attempts: 2 }])
  })

  test.each([
    ['a redirect', json(302, {}, { location: 'http://127.0.0.1:1/' }), 302, null],
    ['503', empty(503), 503, null],
    ['a connection cut in the middle', cut, null, expect.stringMatching(/ECONNRESET|hang up/)],
  ])('%s is a failure', async (_name, answer, httpStatus, reason) => {
    const { id: webhookId } = await staff.call(create, subscription())
    receiver.answer = answer
    await publish()
    await work.harness.runUntilIdle()
    const [delivery] = await deliveriesOf(webhookId)
    expect(delivery).toMatchObject({ status: 'retrying', httpStatus })
    const { attemptLog } = await staff.call(one, { webhookId, deliveryId: delivery?.id ?? '' })
    expect(attemptLog).toMatchObject([{ number: 1, httpStatus, reason }])
    expect(receiver.seen).toHaveLength(1)
  })

  test('410: the endpoint is called no more until somebody activates it', async () => {
    const { id } = await staff.call(create, subscription())
    receiver.answer = empty(410)
    await publish()
    await work.harness.runUntilIdle()
    const gone = (await staff.call(list, {})).webhooks.find((each) => each.id === id)
    expect(gone).toMatchObject({ active: false, goneAt: expect.any(String) })
    const [delivery] = await deliveriesOf(id)
    expect(delivery).toMatchObject({ status: 'cancelled', httpStatus: 410 })
    await publish()
    await work.harness.runUntilIdle()
    expect(receiver.seen).toHaveLength(1)
    const again = { webhookId: id, deliveryId: delivery?.id ?? '', reason: 'They are back.' }
    await expect(staff.call(sendAgain, again)).rejects.toMatchObject({ status: 409, code: 'webhook-not-active' })

    receiver.answer = empty(200)
    await staff.call(change, { ...subscription(), webhookId: id })
    expect((await staff.call(list, {})).webhooks.find((each) => each.id === id)).toMatchObject({ goneAt: null })
    await staff.call(sendAgain, again)
    await work.harness.runUntilIdle()
    expect(await deliveriesOf(id)).toMatchObject([{ status: 'delivered', attempts: 2 }])
  })

  test('stopped by staff while a try was due: cancelled', async () => {
    const { id } = await staff.call(create, subscription())
    receiver.answer = empty(500)
    await publish()
    await work.harness.runUntilIdle()
    await staff.call(change, { ...subscription({ active: false }), webhookId: id })
    await work.harness.clock.advance('10s')
    await work.harness.runUntilIdle()
    expect(await deliveriesOf(id)).toMatchObject([{ status: 'cancelled', attempts: 1 }])
    expect(receiver.seen).toHaveLength(1)
  })
})

describe('configuring', () => {
  test.each([
    ['name', { name: '' }, 'required'],
    ['name', { name: 'x'.repeat(101) }, 'too-long'],
    ['name', { name: 7 }, 'wrong-type'],
    ['url', { url: undefined }, 'required'],
    ['url', { url: '/hook' }, 'webhook-url-not-absolute'],
    ['url', { url: 'http://hooks.example.org' }, 'webhook-url-not-https'],
    ['url', { url: 'https://user:pass@hooks.example.org' }, 'webhook-url-has-credentials'],
    ['url', { url: 'https://hooks.example.org:8443' }, 'webhook-url-port-not-allowed'],
    ['url', { url: 'https://169.254.169.254/latest' }, 'webhook-url-not-public'],
    ['url', { url: `https://hooks.example.org/${'x'.repeat(2000)}` }, 'too-long'],
    ['events', { events: [] }, 'too-small'],
    ['events.0', { events: ['grade.published'] }, 'not-an-option'],
    ['events', { events: 'class-activity.created' }, 'wrong-type'],
    ['active', { active: 'yes' }, 'wrong-type'],
    ['secret', { secret: 'mine' }, 'unknown-field'],
  ])('%s %j: 422 at its field', async (field, over, code) => {
    const { id } = await staff.call(create, subscription())
    // What a contract does not name the typed client does not send.
    if (field !== 'secret') {
      const refused = { status: 422, errors: [{ field, code }] }
      const input = subscription(over) as never
      await expect(staff.call(create, input)).rejects.toMatchObject(refused)
      await expect(staff.call(change, { ...(input as object), webhookId: id } as never)).rejects.toMatchObject(refused)
    }
    const raw = await staff.fetch('/webhooks', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(subscription(over)),
    })
    expect(raw.status).toBe(422)
    await work.harness.pool.query('delete from academy.webhook_subscriptions where id = $1', [id])
  })

  test('why something is sent again must be said, in words that fit', async () => {
    const { id } = await staff.call(create, subscription())
    await publish()
    await work.harness.runUntilIdle()
    const [delivery] = await deliveriesOf(id)
    const which = { webhookId: id, deliveryId: delivery?.id ?? '' }
    for (const [reason, code] of [
      ['  ', 'required'],
      ['x'.repeat(501), 'too-long'],
    ] as const) {
      await expect(staff.call(sendAgain, { ...which, reason })).rejects.toMatchObject({
        status: 422,
        errors: [{ field: 'reason', code }],
      })
    }
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'before=1', 'status=lost']) {
      expect((await staff.fetch(`/webhooks/${id}/deliveries?${query}`)).status).toBe(422)
    }
  })

  test('the log is read a page at a time, by status', async () => {
    const { id: webhookId } = await staff.call(create, subscription())
    for (let n = 0; n < 3; n++) await publish()
    await work.harness.runUntilIdle()
    const first = await staff.call(listDeliveries, { webhookId, limit: 2 })
    const second = await staff.call(listDeliveries, { webhookId, limit: 2, before: first.next ?? '' })
    expect([first.deliveries.length, second.deliveries.length, second.next]).toEqual([2, 1, null])
    const ids = [...first.deliveries, ...second.deliveries].map(({ id }) => id)
    expect(ids).toEqual(ids.toSorted().reverse())
    expect((await staff.call(listDeliveries, { webhookId, status: 'failed' })).deliveries).toEqual([])
  })

  test('another institution’s webhook and its log are not there', async () => {
    const { id: webhookId } = await staff.call(create, subscription())
    await publish()
    await work.harness.runUntilIdle()
    const [delivery] = await deliveriesOf(webhookId)
    const stranger = await academy.signIn(PORTO.staff)
    const which = { webhookId, deliveryId: delivery?.id ?? '' }
    const requests = [
      () => stranger.call(change, { ...subscription(), webhookId }),
      () => stranger.call(rotateSecret, { webhookId }),
      () => stranger.call(listDeliveries, { webhookId }),
      () => stranger.call(one, which),
      () => stranger.call(sendAgain, { ...which, reason: 'mine' }),
    ]
    for (const request of requests) await expect(request()).rejects.toMatchObject({ status: 404 })
    expect((await stranger.call(list, {})).webhooks).toEqual([])
    await expect(teacher.call(list, {})).rejects.toMatchObject({ status: 403 })
  })

  test('the twenty-first is refused', async () => {
    await work.harness.pool.query('truncate academy.webhook_subscriptions cascade')
    for (let n = 0; n < 20; n++) await staff.call(create, subscription({ name: `Hook ${n}`, active: false }))
    await expect(staff.call(create, subscription())).rejects.toMatchObject({ status: 409, code: 'too-many-webhooks' })
    await work.harness.pool.query('truncate academy.webhook_subscriptions cascade')
  })
})
