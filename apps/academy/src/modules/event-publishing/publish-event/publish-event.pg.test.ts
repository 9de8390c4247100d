/** Against Debian's RabbitMQ, started for this file: what it confirms, refuses, returns, and what becomes of it when it dies. */
import { type Channel, type ChannelModel, type ConsumeMessage, connect } from 'amqplib'
import { Rejected } from 'cascata'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type RabbitMq, startRabbitMq } from '../../../../../../scripts/testing/rabbitmq-server.ts'
import {
  type Academy,
  type SignedIn,
  startAcademy,
  startWork,
  TEACHER,
  type Work,
} from '../../../../test-support/start-academy.ts'
import { waitFor } from '../../../../test-support/wait-for.ts'
import {
  createEventPublisher,
  type EventPublisher,
  EXCHANGE,
  PublishUnknown,
} from '../../../platform/event-publisher/event-publisher.ts'
import { contract as createActivity } from '../../activities/create-class-activity/create-class-activity.contract.ts'

// Erlang is slow to start where the machine is busy with other tests.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 300_000 })

let rabbit: RabbitMq
let academy: Academy
let work: Work
let teacher: SignedIn
let publisher: EventPublisher
let connection: ChannelModel
let channel: Channel

/** What is bound as another system would be: a durable queue of its own. */
async function listen(): Promise<void> {
  connection = await connect(rabbit.url)
  connection.on('error', () => {})
  channel = await connection.createChannel()
  channel.on('error', () => {})
  await channel.assertExchange(EXCHANGE, 'topic', { durable: true })
  // Classic: a quorum queue of a lone node may look for its leader for long after a crash.
  await channel.assertQueue('activities', { durable: true })
  await channel.bindQueue('activities', EXCHANGE, 'class-activity.*')
}

beforeAll(async () => {
  const [started, ready] = await Promise.all([startRabbitMq(), startAcademy()])
  rabbit = started
  academy = ready
  publisher = createEventPublisher({ url: rabbit.url, confirmTimeoutMs: 5_000 })
  work = await startWork(academy, { eventPublisher: publisher })
  teacher = await academy.signIn(TEACHER)
})
afterAll(async () => {
  await work?.stop()
  await publisher?.close()
  await academy?.stop()
  await rabbit?.stop()
})
beforeEach(async () => {
  await listen()
  await channel.purgeQueue('activities')
})
afterEach(() => connection?.close().catch(() => {}))

async function publishActivity(): Promise<string> {
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

async function taken(): Promise<ConsumeMessage[]> {
  const messages: ConsumeMessage[] = []
  for (;;) {
    const message = await channel.get('activities', { noAck: true })
    if (!message) return messages
    messages.push(message as unknown as ConsumeMessage)
  }
}

const statusOf = async (activityId: string) => {
  const { rows } = await work.harness.pool.query<{ status: string; id: string }>(
    `select s.status, c.id from cascata.commands c join cascata.command_statuses s on s.tenant = c.tenant and s.id = c.id
     where c.type = 'event.publish' and c.data->'data'->>'activityId' = $1`,
    [activityId],
  )
  return rows.map(({ status }) => status)
}

test('what happened is one message: a CloudEvent, kept by the broker, with an id that stays the same', async () => {
  const activityId = await publishActivity()
  await work.harness.runUntilIdle()
  expect(await statusOf(activityId)).toEqual(['success'])
  const [message, ...more] = await taken()
  expect(more).toEqual([])
  const { rows } = await work.harness.pool.query<{ id: string; occurred_at: Date; key: string; tenant: string }>(
    `select e.id, e.occurred_at, f.key, e.tenant from cascata.events e
     join cascata.commands c on c.root_id = e.id and c.type = 'event.publish'
     join cascata.effects f on f.command_id = c.id where e.entity_id = $1`,
    [activityId],
  )
  const [event] = rows
  expect(message?.fields).toMatchObject({ exchange: EXCHANGE, routingKey: 'class-activity.created' })
  expect(message?.properties).toMatchObject({
    messageId: event?.key,
    type: 'class-activity.created',
    contentType: 'application/cloudevents+json; charset=UTF-8',
    deliveryMode: 2,
  })
  expect(JSON.parse(message?.content.toString() ?? '')).toEqual({
    specversion: '1.0',
    id: event?.id,
    source: `/institutions/${event?.tenant}`,
    type: 'class-activity.created',
    time: event?.occurred_at.toISOString(),
    subject: activityId,
    datacontenttype: 'application/json',
    data: { activityId },
  })
})

test('no queue is bound: it comes back, is tried again, and arrives once one is', async () => {
  await channel.unbindQueue('activities', EXCHANGE, 'class-activity.*')
  const activityId = await publishActivity()
  await work.harness.runUntilIdle()
  const { rows } = await work.harness.pool.query(
    `select distinct a.error_class, a.error from cascata.attempts a join cascata.commands c on c.id = a.command_id
     where c.type = 'event.publish' and c.data->'data'->>'activityId' = $1`,
    [activityId],
  )
  expect(rows).toEqual([{ error_class: 'Rejected', error: expect.stringContaining('No queue is bound') }])
  await channel.bindQueue('activities', EXCHANGE, 'class-activity.*')
  await work.harness.clock.advance('1m')
  await work.harness.runUntilIdle()
  expect(await statusOf(activityId)).toEqual(['success'])
  expect(await taken()).toHaveLength(1)
})

test('the broker dies: events wait, and once it is back each arrives, from the same connection settings', async () => {
  const before = await publishActivity()
  await work.harness.runUntilIdle()
  await rabbit.kill()
  const during = await publishActivity()
  await work.harness.runUntilIdle()
  expect(await statusOf(during)).toEqual(['scheduled'])
  await rabbit.startAgain()
  await listen()
  await work.harness.clock.advance('1m')
  await work.harness.runUntilIdle()
  expect(await statusOf(during)).toEqual(['success'])
  const activities = (await taken()).map(({ content }) => JSON.parse(content.toString()).data.activityId)
  expect(activities).toEqual([before, during]) // what was confirmed before it died is there
})

test('without RABBITMQ_URL nothing is asked of anybody', async () => {
  await work.stop()
  onTestFinished(async () => {
    await work.stop()
    work = await startWork(academy, { eventPublisher: publisher })
  })
  work = await startWork(academy)
  const activityId = await publishActivity()
  await work.harness.runUntilIdle()
  expect(await statusOf(activityId)).toEqual([])
  expect(await taken()).toEqual([])
})

describe('the publisher alone', () => {
  const event = (over: object = {}) => ({
    messageId: crypto.randomUUID(),
    id: crypto.randomUUID(),
    source: '/test',
    type: 'class-activity.created',
    time: new Date(),
    data: { activityId: 'x' },
    ...over,
  })

  test('two hundred at once: each is confirmed, and those that come back are told apart', async () => {
    const events = Array.from({ length: 200 }, (_, n) => event(n % 10 === 0 ? { type: 'grade.published' } : {}))
    const results = await Promise.allSettled(events.map((each) => publisher.publish(each)))
    const refused = results.flatMap((result, n) => (result.status === 'rejected' ? [n] : []))
    expect(refused).toEqual(Array.from({ length: 20 }, (_, n) => n * 10))
    expect(await taken()).toHaveLength(180)
  })

  test('a queue that is full refuses: certainly not taken', async () => {
    await channel.assertQueue('full', {
      durable: true,
      arguments: { 'x-max-length': 0, 'x-overflow': 'reject-publish' },
    })
    await channel.bindQueue('full', EXCHANGE, 'full.*')
    const refused = publisher.publish(event({ type: 'full.now' }))
    await expect(refused).rejects.toBeInstanceOf(Rejected)
    await expect(refused).rejects.toMatchObject({ retryable: true, message: 'RabbitMQ refused to keep the event.' })
    await channel.deleteQueue('full')
  })

  test('no confirmation in time, and called off meanwhile: it may have been taken', async () => {
    const hasty = createEventPublisher({ url: rabbit.url, confirmTimeoutMs: 0 })
    await expect(hasty.publish(event())).rejects.toBeInstanceOf(PublishUnknown)
    const leave = new AbortController()
    const publishing = hasty.publish(event(), leave.signal)
    leave.abort()
    await expect(publishing).rejects.toThrow()
    await hasty.close()
  })

  test('nobody listens, or the password is wrong: certainly not taken, and no password in the words', async () => {
    const wrong = new URL(rabbit.url)
    wrong.password = 's3cret'
    for (const url of ['amqp://guest:s3cret@127.0.0.1:1', wrong.href]) {
      const nowhere = createEventPublisher({ url, connectTimeoutMs: 5_000 })
      const error: Error = await nowhere.publish(event()).then(
        () => Promise.reject(new Error('it was published')),
        (refused) => refused,
      )
      expect(error).toBeInstanceOf(Rejected)
      expect(error).toMatchObject({ retryable: true })
      expect(error.message).not.toContain('s3cret')
      await nowhere.close()
    }
  })

  test('killed with a message under way: unknown; the next one certainly does not leave', async () => {
    const own = createEventPublisher({ url: rabbit.url })
    await own.publish(event())
    await waitFor('message', async () => (await taken()).length > 0)
    const killed = rabbit.kill()
    onTestFinished(() => rabbit.startAgain())
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => own.publish(event())))
    await killed
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        expect([PublishUnknown, Rejected].some((kind) => outcome.reason instanceof kind)).toBe(true)
      }
    }
    await expect(own.publish(event())).rejects.toBeInstanceOf(Rejected)
    await own.close()
  })
})
