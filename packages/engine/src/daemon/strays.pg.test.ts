import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { ledgerModule, Noted, Thing, Write } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { gate, until } from '../../test-support/until.ts'
import { command, createApp, enqueue, handle, module, SINGLE_TENANT, save } from '../index.ts'

const Hold = command('hold', z.object({}))
const opened = gate()

let t: Engine
beforeAll(async () => {
  t = await startEngine(createApp([ledgerModule(), module('waiting', [handle(Hold, () => opened.opened)])]))
})
afterAll(() => t.stop())

test('a claim whose answer was lost on the way is given back by the daemon in whose name it stands', async () => {
  const daemon = t.daemon.health().id
  // What is on disk after a claim committed and the connection died before its answer: ours, and we know nothing of it.
  const claimed = `state = 'processing', claim_no = 1, token = $2, claimed_by = $3`
  const [command] = await t.transaction(async (tx) => {
    const ids = await enqueue(tx, Write({ id: 'stray' }))
    await tx.query(`update cascata.command_queue set ${claimed} where id = $1`, [ids[0], randomUUID(), daemon])
    return ids
  })
  const [event] = await t.transaction(async (tx) => {
    const ids = await save(tx, new Thing([Noted({ id: 'stray' })]))
    await tx.query(`update cascata.event_queue set ${claimed} where event_id = $1`, [ids[0], randomUUID(), daemon])
    return ids
  })
  await t.runUntilIdle()
  expect((await t.ledger('write')).sort()).toEqual(['new stray', 'old stray', 'stray'])
  expect(
    await t.rows('select outcome, error_class from cascata.attempts where command_id = $1 order by claim_no', [
      command,
    ]),
  ).toEqual([
    { outcome: 'lost', error_class: 'ClaimLost' },
    { outcome: 'success', error_class: null },
  ])
  expect(
    await t.rows(`select outcome from cascata.event_handlings where tenant = $2 and event_id = $1 and claim_no = 1`, [
      event,
      SINGLE_TENANT,
    ]),
  ).toEqual([{ outcome: 'lost' }])
})

test('claims that are at work, or wait in the daemon for their turn, are left alone by it', async () => {
  const waits = await t.transaction((tx) =>
    enqueue(
      tx,
      Array.from({ length: 20 }, () => Hold({})),
    ),
  )
  await until(() => t.daemon.health().commandsHeld === 20, 'all are held')
  // A stray beside them shows when the daemon has looked.
  await t.transaction(async (tx) => {
    const [id] = await enqueue(tx, Write({ id: 'beside' }))
    await tx.query(
      `update cascata.command_queue set state = 'processing', claim_no = 1, token = $2, claimed_by = $3 where id = $1`,
      [id, randomUUID(), t.daemon.health().id],
    )
  })
  await until(
    async () => (await t.rows(`select 1 from cascata.attempts where error_class = 'ClaimLost'`)).length === 2,
    'it has looked for strays',
  )
  opened.open()
  await t.runUntilIdle()
  expect(
    await t.rows('select distinct outcome, claim_no from cascata.attempts where command_id = any($1)', [waits]),
  ).toEqual([{ outcome: 'success', claim_no: 1 }])
})
