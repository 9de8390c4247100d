import { save } from 'cascata'
import { type Harness, startHarness } from 'cascata/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { FreshDatabase } from '../../../../scripts/testing/fresh-database.ts'
import { startTcpProxy } from '../../../../scripts/testing/tcp-proxy.ts'
import { type TestConsole, testConsole } from '../../test-support/console-client.ts'
import { consoleDatabase } from '../../test-support/console-database.ts'
import { app, Order } from '../../test-support/orders-app.ts'
import { type Change, streamData } from '../contract/index.ts'

let database: FreshDatabase
let t: Harness
let pool: pg.Pool
let looks = 0
let c: TestConsole

beforeAll(async () => {
  database = await consoleDatabase()
  t = await startHarness({ app, url: database.url, database: { control: database.url } })
  pool = new pg.Pool({ connectionString: database.url, max: 3 })
  pool.on('acquire', () => looks++)
  c = testConsole({ database: pool, app, lookEveryMs: 50, streams: { heartbeatMs: 200 } })
})

afterAll(async () => {
  await c.console.close()
  await pool.end()
  await t.stop()
  await database.drop()
})

interface Viewer {
  messages: { id: string; changes: Change[] }[]
  text: () => string
  /** Resolves when `done` says so, asked after each piece. */
  until(done: (viewer: Viewer) => boolean): Promise<void>
  leave(): Promise<void>
}

async function view(lastEventId?: string): Promise<Viewer> {
  const response = await c.console.fetch(
    new Request('http://console.test/stream', {
      headers: { 'x-role': 'viewer', ...(lastEventId ? { 'last-event-id': lastEventId } : {}) },
    }),
  )
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const viewer: Viewer = {
    messages: [],
    text: () => text,
    async until(done) {
      while (!done(viewer)) {
        const { value, done: ended } = await reader.read()
        if (ended) throw new Error(`The stream ended after: ${text}`)
        text += value
        viewer.messages = [...text.matchAll(/id: (\d+)\nevent: changes\ndata: (.*)\n\n/g)].map((m) => ({
          id: m[1] as string,
          changes: streamData.parse(JSON.parse(m[2] as string)).changes,
        }))
      }
    },
    leave: () => reader.cancel(),
  }
  return viewer
}

const changesOf = (viewer: Viewer) => viewer.messages.flatMap((message) => message.changes)
const tells = (viewer: Viewer, kind: Change['kind']) => changesOf(viewer).some((change) => change.kind === kind)
const isReady = (viewer: Viewer) => changesOf(viewer).some((change) => change.kind === 'all')

test('says what changed: an event, its commands, their batch', async () => {
  const viewer = await view()
  await viewer.until(isReady)
  await t.transaction((tx) => save(tx, new Order(3)))
  await viewer.until((v) => tells(v, 'event'))
  await t.runUntilIdle()
  await viewer.until((v) => tells(v, 'command') && tells(v, 'batch'))
  const numbers = viewer.messages.map(({ id }) => Number(id))
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
  await viewer.leave()
})

test('who comes back gets what was missed, or is told that everything may have changed', async () => {
  const stays = await view()
  await stays.until(isReady)
  const leaves = await view()
  await leaves.until((v) => v.messages.length > 0)
  const last = leaves.messages.at(-1)?.id ?? ''
  await leaves.leave()
  await t.transaction((tx) => save(tx, new Order(0)))
  await t.runUntilIdle()
  await stays.until((v) => tells(v, 'event'))
  const back = await view(last)
  await back.until((v) => tells(v, 'event'))
  expect(tells(back, 'all')).toBe(false)
  const stranger = await view('12345')
  await stranger.until((v) => v.messages.length > 0)
  expect(stranger.messages[0]?.changes).toEqual([{ kind: 'all' }])
  await Promise.all([stays.leave(), back.leave(), stranger.leave()])
})

test('a crowd costs one look, a crowd that has left none; quiet streams give signs of life', async () => {
  const crowd = await Promise.all(Array.from({ length: 30 }, () => view()))
  await Promise.all(crowd.map((viewer) => viewer.until(isReady)))
  await crowd[0]?.until((v) => v.text().split(': still here').length > 3)
  const before = looks
  await t.transaction((tx) => save(tx, new Order(0)))
  await Promise.all(crowd.map((viewer) => viewer.until((v) => changesOf(v).some((change) => change.kind === 'event'))))
  // With a look for each of the thirty it would be hundreds.
  expect(looks - before).toBeLessThan(25)
  await Promise.all(crowd.map((viewer) => viewer.leave()))
  const left = looks
  await t.transaction((tx) => save(tx, new Order(0)))
  await t.runUntilIdle()
  expect(looks - left).toBeLessThanOrEqual(1)
})

test('ends when the console closes', async () => {
  const own = testConsole({ database: pool, lookEveryMs: 50 })
  const response = await own.console.fetch(
    new Request('http://console.test/stream', { headers: { 'x-role': 'viewer' } }),
  )
  const text = response.text()
  await own.console.close()
  expect(await text).toContain('retry: 1000')
})

describe('an outage of the database', () => {
  const LOOK_MS_MAX = 1_000
  const open = (console: TestConsole['console']) =>
    console.fetch(new Request('http://console.test/stream', { headers: { 'x-role': 'viewer' } }))

  async function behindProxy() {
    const proxy = await startTcpProxy(database.url)
    onTestFinished(proxy.close)
    const own = testConsole({ database: proxy.url, lookEveryMs: 50, lookMsMax: LOOK_MS_MAX })
    onTestFinished(() => own.console.close())
    return { proxy, own }
  }

  test('ends the streams, and none is opened until it is over', async () => {
    const { proxy, own } = await behindProxy()
    const viewers = [await open(own.console), await open(own.console)]
    await proxy.away()
    for (const viewer of viewers) expect(await viewer.text()).toContain('retry: 1000')
    const refused = await open(own.console)
    expect([refused.status, await refused.json()]).toEqual([503, expect.objectContaining({ code: 'unavailable' })])
    await proxy.back()
    const back = await open(own.console)
    expect(back.status).toBe(200)
    await back.body?.cancel()
  })

  test('in which connections stand and nothing answers does so too', async () => {
    const { proxy, own } = await behindProxy()
    const viewer = await open(own.console)
    proxy.freezeOpen()
    expect(await viewer.text()).toContain('retry: 1000')
    // Connections that are made from now on are answered.
    const back = await open(own.console)
    expect(back.status).toBe(200)
    proxy.freeze()
    expect(await back.text()).toContain('retry: 1000')
    const refused = await open(own.console)
    expect([refused.status, await refused.json()]).toEqual([503, expect.objectContaining({ code: 'unavailable' })])
  })
})
