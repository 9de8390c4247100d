import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { startTcpProxy, type TcpProxy } from '../../../../scripts/testing/tcp-proxy.ts'
import { ledgerApp, Noted, PlanRequested, Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import { migrate, ring, save } from '../index.ts'

/** A minute between polls: what is found sooner was rung for, or looked for after a reconnect. */
let t: Engine
let proxy: TcpProxy | undefined
afterEach(async () => {
  await t.stop()
  await proxy?.close()
  proxy = undefined
})

const deaf = { pollMs: 60_000 }

async function rings(client: pg.Client): Promise<string[]> {
  const heard: string[] = []
  client.on('notification', ({ channel }) => heard.push(channel))
  await client.query('listen cascata_events; listen cascata_commands')
  return heard
}

async function connected(): Promise<pg.Client> {
  const client = new pg.Client(t.url)
  client.on('error', () => {})
  await client.connect()
  return client
}

test('one ring a transaction, whatever it inserts', async () => {
  t = await startEngine(ledgerApp(), deaf)
  await t.daemon.stop()
  const ear = await connected()
  const heard = await rings(ear)
  await t.transaction(async (tx) => {
    for (let i = 0; i < 20; i++) await save(tx, new Thing(Array.from({ length: 50 }, () => Noted({ id: 'x' }))))
  })
  await until(async () => (await ear.query('select 1')).rowCount === 1 && heard.length > 0, 'the ring')
  expect(heard).toEqual(['cascata_events'])
  await ear.end()
})

test('a transaction that stays open after its insert does not mute the doorbell of the others', async () => {
  t = await startEngine(ledgerApp(), deaf)
  await t.daemon.stop()
  const ear = await connected()
  const heard = await rings(ear)
  const long = await connected()
  await long.query('begin')
  await save(long, new Thing([Noted({ id: 'long' })]))
  await t.transaction((tx) => save(tx, new Thing([Noted({ id: 'short' })])))
  await until(async () => (await ear.query('select 1')).rowCount === 1 && heard.length === 1, 'the short one rang')
  await long.query('commit')
  await until(
    async () => (await ear.query('select 1')).rowCount === 1 && heard.length === 2,
    'the long one rings at its own commit',
  )
  await Promise.all([ear.end(), long.end()])
})

test('a listener that was terminated connects again, listens again, and looks at everything', async () => {
  t = await startEngine(ledgerApp(), deaf)
  await t.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cascata listener' and datname = current_database()`,
  )
  // Emitted while nobody hears.
  await t.transaction((tx) => save(tx, new Thing([PlanRequested({ id: 'meanwhile', members: 1 })])))
  await until(async () => (await t.ledger('close')).includes('meanwhile'), 'what was emitted meanwhile is found')
  await until(() => t.daemon.health().listening, 'it listens')
  await until(
    async () =>
      (
        await t.rows(
          `select 1 from pg_stat_activity where application_name = 'cascata listener' and datname = current_database() and query like 'select pg_try_advisory_lock%'`,
        )
      ).length === 1,
    'a new connection that listens and holds the lock',
  )
  await t.transaction((tx) => save(tx, new Thing([PlanRequested({ id: 'afterwards', members: 1 })])))
  await until(async () => (await t.ledger('close')).includes('afterwards'), 'and it hears')
})

test('a listening connection that is half open is noticed, and work goes on meanwhile', async () => {
  t = await startEngine(ledgerApp(), {
    database: (url) => ({ control: url, listen: (proxy as TcpProxy).url }),
    before: async (url) => {
      proxy = await startTcpProxy(url)
    },
  })
  proxy?.freeze()
  await t.transaction((tx) => save(tx, new Thing([PlanRequested({ id: 'frozen', members: 1 })])))
  await until(async () => (await t.ledger('close')).includes('frozen'), 'polling is the guarantee')
  await until(() => !t.daemon.health().listening, 'it knows that it does not hear')
})

test('with every NOTIFY lost the work is done all the same', async () => {
  t = await startEngine(ledgerApp(), { doorbell: 'poll' })
  await migrate({ url: t.url, doorbell: 'poll' })
  await t.transaction((tx) => save(tx, new Thing([PlanRequested({ id: 'quiet', members: 20 })])))
  await until(async () => (await t.ledger('close')).includes('quiet'), 'all of it')
})

test('in after-commit mode the writer rings once it has committed, and the daemon rings for what its handlers make', async () => {
  t = await startEngine(ledgerApp(), {
    ...deaf,
    doorbell: 'after-commit',
    before: async (url) => void (await migrate({ url, doorbell: 'after-commit' })),
  })
  const ear = await connected()
  const heard = await rings(ear)
  await t.transaction((tx) => save(tx, new Thing([PlanRequested({ id: 'after', members: 3 })])))
  await ring(t.pool)
  await until(async () => (await t.ledger('close')).includes('after'), 'the whole chain')
  await until(
    async () =>
      (await ear.query('select 1')).rowCount === 1 && heard.filter((c) => c === 'cascata_commands').length > 1,
    'others were told',
  )
  await ear.end()
})
