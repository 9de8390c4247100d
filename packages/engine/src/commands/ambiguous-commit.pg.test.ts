import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type CommitFate, startTcpProxy, type TcpProxy } from '../../../../scripts/testing/tcp-proxy.ts'
import { isSecondServer } from '../../test-support/engine-database.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { command, createApp, enqueue, handle, module } from '../index.ts'

const Write = command('write', z.object({ id: z.string() }))
const app = createApp([
  module('writes', [
    handle(Write, async ({ id }, { tx }) => {
      await tx.query(`insert into ledger values ('write', $1)`, [id])
    }),
  ]),
])

const COMMITS = isSecondServer ? 40 : 200

let proxy: TcpProxy
let t: Engine
beforeAll(async () => {
  t = await startEngine(app, {
    database: (url) => ({ control: url, exec: proxy.url }),
    before: async (url) => {
      proxy = await startTcpProxy(url)
    },
  })
})
afterAll(async () => {
  await t.stop()
  await proxy.close()
})

test(`of ${COMMITS} COMMITs whose answer never came, some of which never arrived, none is lost and none is doubled`, async () => {
  const fates: Record<CommitFate, number> = { pass: 0, 'lose-answer': 0, 'lose-commit': 0 }
  let n = 0
  proxy.fate = () => {
    const fate: CommitFate = n >= COMMITS ? 'pass' : n % 4 === 0 ? 'lose-commit' : 'lose-answer'
    n++
    fates[fate]++
    return fate
  }
  const ids = Array.from({ length: COMMITS + 20 }, (_, i) => String(i))
  await t.transaction((tx) =>
    enqueue(
      tx,
      ids.map((id) => Write({ id })),
    ),
  )
  await t.runThrough()
  expect(fates['lose-answer'] + fates['lose-commit']).toBe(COMMITS)
  expect((await t.ledger('write')).sort()).toEqual([...ids].sort())
  const outcomes = await t.rows(
    `select outcome, final, count(*)::integer as n from cascata.attempts group by 1, 2 order by 1`,
  )
  const { lost, released, success } = Object.fromEntries(
    (outcomes as { outcome: string; n: number }[]).map((row) => [row.outcome, row]),
  )
  expect(lost).toEqual({ outcome: 'lost', final: false, n: fates['lose-commit'] })
  // With a connection goes what was begun behind the COMMIT, too, which did not cause it.
  if (released) expect(released).toMatchObject({ final: false })
  expect(success).toEqual({ outcome: 'success', final: true, n: COMMITS + 20 })
}, 120_000)
