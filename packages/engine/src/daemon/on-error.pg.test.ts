import { createApp, createDaemon, type ErrorContext } from 'cascata'
import pg from 'pg'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { startTcpProxy } from '../../../../scripts/testing/tcp-proxy.ts'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'

vi.setConfig({ testTimeout: 60_000 })

let t: Engine | undefined

afterEach(async () => {
  vi.restoreAllMocks()
  await t?.stop()
  t = undefined
})

test('onError is told where the trouble came, and of which daemon', async () => {
  const heard: ErrorContext[] = []
  t = await startEngine(createApp([]), { time: 'real', onError: (_, context) => heard.push(context) })
  await t.pool.query('alter function cascata.promote rename to promote_later')
  await until(() => heard.length > 0, 'upkeep tells that it cannot promote')
  expect(heard[0]).toEqual({ place: 'upkeep', daemonId: t.daemon.health().id })
})

test('what onError throws, or rejects with, is printed, and the daemon goes on', async () => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
  let calls = 0
  t = await startEngine(createApp([]), {
    time: 'real',
    onError: () => {
      calls++
      if (calls % 2 === 0) throw new Error('the log is full')
      return Promise.reject(new Error('the log is away')) as never
    },
  })
  await t.pool.query('alter function cascata.promote rename to promote_later')
  await until(() => calls >= 4, 'upkeep goes on after its onError failed')
  await until(() => printed.mock.calls.length >= 4, 'each of them is printed')
  expect(t.daemon.health().state).toBe('running')
})

test('without onError an outage is two lines without a stack, and what is no outage keeps its own', async () => {
  const printed: unknown[][] = []
  vi.spyOn(console, 'error').mockImplementation((...line) => void printed.push(line))
  const database = await engineDatabase()
  onTestFinished(database.drop)
  const proxy = await startTcpProxy(database.url)
  onTestFinished(proxy.close)
  const daemon = createDaemon({ app: createApp([]), database: { control: proxy.url } })
  await daemon.start()
  onTestFinished(() => daemon.stop(0))
  await until(() => daemon.health().databaseAnswers, 'it answers')

  await proxy.away()
  await until(() => !daemon.health().databaseAnswers, 'the daemon knows that it is away')
  await until(() => (daemon.health().sinceAnswerMs ?? 0) > 3_000, 'several errors have come')
  await proxy.back()
  await until(() => printed.some(([line]) => /answers again/.test(String(line))), 'it is told to be over')
  expect(printed).toEqual([
    [expect.stringMatching(/^cascata: the database does not answer: [^\n]+$/)],
    [expect.stringMatching(/^cascata: the database answers again, after \d+\.\d s; errors meanwhile: \d+$/)],
  ])

  const owner = new pg.Client(database.url)
  await owner.connect()
  await owner.query('alter function cascata.promote rename to promote_later')
  await owner.end()
  await until(() => printed.length > 2, 'upkeep tells that it cannot promote')
  expect(printed[2]).toEqual(['upkeep:', expect.objectContaining({ stack: expect.stringMatching(/\n {4}at /) })])
})
