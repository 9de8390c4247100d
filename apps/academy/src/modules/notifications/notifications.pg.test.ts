import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Academy, SERRA, type SignedIn, STUDENT, startAcademy } from '../../../test-support/start-academy.ts'
import { institutionId, personId } from '../../demo/people.ts'
import { withTenant } from '../../platform/database/with-tenant.ts'
import { contract } from './list-notifications/list-notifications.contract.ts'
import { notify } from './notifications.queries.ts'
import { readAll, readOne } from './read-notifications/read-notifications.contract.ts'

let academy: Academy
let student: SignedIn
let exec: pg.Pool

beforeAll(async () => {
  academy = await startAcademy()
  student = await academy.signIn(STUDENT)
  exec = new pg.Pool({ connectionString: academy.urls.exec, max: 2 })
  exec.on('error', () => {})
})
/** Each test has the notices that it makes. */
afterEach(async () => {
  const owner = new pg.Client(academy.url)
  await owner.connect()
  await owner.query('truncate academy.notifications cascade')
  await owner.end()
})
afterAll(async () => {
  await exec?.end()
  await academy?.stop()
})

const tenant = institutionId(SERRA.key)

/** As a handler would: with the role of handlers. */
const tell = (title: string, people: readonly { email: string }[] = [STUDENT]) =>
  withTenant(exec, { institutionId: tenant }, (tx) =>
    notify(
      tx,
      tenant,
      {
        category: 'new-class-activity',
        subjectId: crypto.randomUUID(),
        title: { en: title, pt: `${title} (pt)` },
        description: { en: 'd', pt: 'd' },
        link: '/app/activities/x',
      },
      people.map(({ email }) => personId(email)),
    ),
  )

test('newest first, a page at a time, each once', async () => {
  for (let n = 1; n <= 5; n++) await tell(`notice ${n}`)
  const first = await student.call(contract, { limit: 2 })
  const second = await student.call(contract, { limit: 2, before: first.next ?? undefined })
  const third = await student.call(contract, { limit: 2, before: second.next ?? undefined })
  const titles = [first, second, third].map(({ notifications }) => notifications.map(({ title }) => title))
  expect(titles).toEqual([['notice 5', 'notice 4'], ['notice 3', 'notice 2'], ['notice 1']])
  expect([first.unread, third.next]).toEqual([5, null])
})

test('one is read, then all; the first time stays', async () => {
  for (let n = 1; n <= 5; n++) await tell(`notice ${n}`)
  const { notifications } = await student.call(contract, {})
  const [newest] = notifications
  if (!newest) throw new Error('there is a notification')
  expect(await student.call(readOne, { notificationId: newest.id })).toEqual({ unread: 4 })
  const viewedAt = (await student.call(contract, { limit: 1 })).notifications[0]?.viewedAt
  expect(await student.call(readOne, { notificationId: newest.id })).toEqual({ unread: 4 })
  expect(await student.call(readAll, {})).toEqual({ unread: 0 })
  expect((await student.call(contract, { limit: 1 })).notifications[0]?.viewedAt).toBe(viewedAt)
})

test('those that lead to one page are read when it is opened, the others stay', async () => {
  await tell('about the page')
  await tell('about another')
  const owner = new pg.Client(academy.url)
  await owner.connect()
  await owner.query(
    `update academy.notifications set link = '/app/activities/y' where title ->> 'en' = 'about another'`,
  )
  await owner.end()
  expect(await student.call(readAll, { link: '/app/activities/x' })).toEqual({ unread: 1 })
  const { notifications } = await student.call(contract, {})
  expect(notifications.filter(({ viewedAt }) => viewedAt === null).map(({ title }) => title)).toEqual(['about another'])
})

test('what a later version wrote, and this one cannot show, is not counted either', async () => {
  await tell('known')
  await tell('of a later version')
  const owner = new pg.Client(academy.url)
  await owner.connect()
  await owner.query(`update academy.notifications set category = 'meteor' where title ->> 'en' = 'of a later version'`)
  await owner.end()
  const { notifications, unread } = await student.call(contract, {})
  expect([notifications.map(({ title }) => title), unread]).toEqual([['known'], 1])
})

test('somebody else’s notification is not there', async () => {
  await tell('for another', [SERRA.students[1] as { email: string }])
  const other = await academy.signIn(SERRA.students[1] as { email: string })
  const [theirs] = (await other.call(contract, {})).notifications
  await expect(student.call(readOne, { notificationId: theirs?.id ?? '' })).rejects.toMatchObject({ status: 404 })
})

test('the reader’s language', async () => {
  await tell('language')
  const response = await student.fetch('/notifications?limit=1', { headers: { 'accept-language': 'pt-BR,en;q=0.5' } })
  const { notifications } = (await response.json()) as { notifications: { title: string }[] }
  expect(notifications[0]?.title).toBe('language (pt)')
})

test('live: the count first, then what arrives, and after a break what was missed', async () => {
  await student.call(readAll, {})
  const stream = await events(student)
  expect(await stream.next()).toMatchObject({ event: 'snapshot', data: { unread: 0 } })
  await tell('live one')
  const arrived = await stream.next()
  expect(arrived).toMatchObject({ event: 'arrived', data: { title: 'live one' } })
  expect(await stream.next()).toMatchObject({ event: 'unread', data: { unread: 1 } })
  await stream.leave()

  await tell('while away')
  const again = await events(student, arrived.id)
  expect(await again.next()).toMatchObject({ event: 'snapshot', data: { unread: 2 } })
  expect(await again.next()).toMatchObject({ event: 'arrived', data: { title: 'while away' } })
  await again.leave()
  expect(academy.logged).toEqual([])
})

async function events(session: SignedIn, lastEventId?: string) {
  const response = await session.fetch('/notifications/stream', {
    headers: { 'accept-language': 'en', ...(lastEventId ? { 'last-event-id': lastEventId } : {}) },
  })
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  return {
    async next(): Promise<{ event: string; data: Record<string, unknown>; id: string | undefined }> {
      for (;;) {
        const end = text.indexOf('\n\n')
        if (end >= 0) {
          const frame = text.slice(0, end)
          text = text.slice(end + 2)
          const event = /^event: (.*)$/m.exec(frame)?.[1]
          const data = /^data: (.*)$/m.exec(frame)?.[1]
          if (event && data) return { event, data: JSON.parse(data), id: /^id: (.*)$/m.exec(frame)?.[1] }
          continue
        }
        const { value, done } = await reader.read()
        if (done) throw new Error('the stream ended')
        text += decoder.decode(value, { stream: true })
      }
    },
    leave: () => reader.cancel(),
  }
}
