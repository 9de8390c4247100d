import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { isSecondServer } from '../../test-support/engine-database.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { batch, command, createApp, createDaemon, type Daemon, enqueue, handle, module } from '../index.ts'

const MEMBERS = isSecondServer ? 4_000 : 20_000
const Member = command('member', z.object({ n: z.number() }))
const Next = command('next', z.object({}))

const app = createApp([
  module('big', [
    handle(Member, () => {}),
    handle(Next, async (_, { tx }) => {
      const { rows } = await tx.query<{ n: number }>(
        `select count(*)::integer as n from cascata.attempts where type = 'member' and final`,
      )
      await tx.query(`insert into ledger values ('next', $1)`, [rows[0]?.n])
    }),
  ]),
])

let t: Engine
let other: Daemon
beforeAll(async () => {
  t = await startEngine(app, { concurrency: 50, commandsMax: 500 })
  other = createDaemon({ app, database: { control: t.url }, concurrency: 50, commandsMax: 500, pollMs: 50 })
  await other.start()
})
afterAll(async () => {
  await other.stop()
  await t.stop()
})

test(`${MEMBERS} members and two daemons: the next command runs once, and never before the last member`, async () => {
  const numbers = Array.from({ length: MEMBERS }, (_, n) => n)
  await t.transaction((tx) => enqueue(tx, batch('members', numbers, (n) => Member({ n })).next(Next({}))))
  await t.runUntilIdle(110_000)
  expect(await t.ledger('next')).toEqual([String(MEMBERS)])
  const daemons = await t.rows(
    `select count(distinct daemon_id)::integer as n from cascata.attempts where type = 'member'`,
  )
  expect(daemons).toEqual([{ n: 2 }])
}, 120_000)
