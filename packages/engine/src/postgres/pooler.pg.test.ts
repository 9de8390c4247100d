import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { until } from '../../test-support/until.ts'
import { batch, command, createApp, createDaemon, enqueue, handle, module } from '../index.ts'
import { createPool } from './pools.ts'

const BACKEND_KEY_DATA = 'K'.charCodeAt(0)

/** What a pooler does that matters here: it gives out a number of a server's process that is not the one behind it. */
async function startPooler(target: string): Promise<{ url: string; close(): Promise<void> }> {
  const to = new URL(target)
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(to.port), to.hostname)
    let isGreeted = false
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
    client.on('data', (chunk) => upstream.write(chunk))
    upstream.on('data', (chunk: Buffer) => {
      if (!isGreeted) {
        for (let at = 0; at + 5 <= chunk.length; at += 1 + chunk.readInt32BE(at + 1)) {
          if (chunk[at] !== BACKEND_KEY_DATA) continue
          isGreeted = true
          chunk.writeInt32BE(1, at + 5)
        }
      }
      client.write(chunk)
    })
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.port = String((server.address() as { port: number }).port)
  return {
    url: url.href,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

const n = z.object({ n: z.number() })
const Member = command('member', n)
const Shared = command('shared', n, { transaction: 'shared' })
const Next = command('next', n)
const isolations = new Set<string>()
const note = async (tx: { query(text: string): Promise<{ rows: unknown[] }> }) => {
  const { rows } = await tx.query(`select current_setting('transaction_isolation') as level`)
  isolations.add((rows[0] as { level: string }).level)
}
const app = createApp([
  module('m', [
    handle(Member, (_, { tx }) => note(tx)),
    handle(Shared, (_, { tx }) => note(tx)),
    handle(Next, (_, { tx }) => note(tx)),
  ]),
])

let url: string
let pool: pg.Pool
let drop: () => Promise<void>
let pooler: Awaited<ReturnType<typeof startPooler>>
beforeEach(async () => {
  const database = await engineDatabase()
  url = database.url
  drop = database.drop
  pool = new pg.Pool({ connectionString: url, max: 2 })
  await pool.query(
    `alter database ${new URL(url).pathname.slice(1)} set default_transaction_isolation = 'serializable'`,
  )
  pooler = await startPooler(url)
})
afterEach(async () => {
  await pooler.close()
  await pool.end()
  await drop()
})

test('nothing is set on a session that a pooler lends', async () => {
  const settings = { enable_seqscan: 'off' }
  for (const [to, expected] of [
    [url, { isolation: 'read committed', seqscan: 'off' }],
    [pooler.url, { isolation: 'serializable', seqscan: 'on' }],
  ] as const) {
    const own = createPool(to, 1, 'probe', settings)
    const { rows } = await own.query(
      `select current_setting('default_transaction_isolation') as isolation, current_setting('enable_seqscan') as seqscan`,
    )
    expect(rows).toEqual([expected])
    await own.end()
  }
})

test('behind a pooler each transaction of the engine is read committed, whatever the database says', async () => {
  const errors: unknown[] = []
  const daemons = [1, 2].map(() =>
    createDaemon({ app, database: { control: pooler.url, listen: url }, onError: (error) => errors.push(error) }),
  )
  for (const daemon of daemons) await daemon.start()
  const numbers = Array.from({ length: 300 }, (_, i) => i)
  await enqueue(pool, [
    batch('members', numbers, (n) => Member({ n })).next(Next({ n: 0 })),
    ...numbers.map((n) => Shared({ n })),
  ])
  await until(
    async () => (await pool.query(`select 1 from cascata.command_statuses where status <> 'success'`)).rowCount === 0,
    'all is done',
  )
  for (const daemon of daemons) await daemon.stop()
  expect([...isolations]).toEqual(['read committed'])
  expect(errors).toEqual([])
})
