import { SINGLE_TENANT, save } from 'cascata'
import { type Harness, startHarness } from 'cascata/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../../scripts/testing/fresh-database.ts'
import { consoleDatabase } from '../../console/test-support/console-database.ts'
import { app, Order, SendMail } from '../../console/test-support/orders-app.ts'
import { runCli } from './run-cli.ts'

let database: FreshDatabase
let t: Harness

beforeAll(async () => {
  database = await consoleDatabase()
  t = await startHarness({ app, url: database.url, database: { control: database.url } })
})

afterAll(async () => {
  await t?.stop()
  await database?.drop()
})

async function cascata(...args: string[]) {
  const lines: string[] = []
  const problems: string[] = []
  const code = await runCli(args, {
    env: { DATABASE_URL: database.url },
    out: (text) => lines.push(text),
    err: (text) => problems.push(text),
  })
  return { code, out: lines.join('\n'), err: problems.join('\n') }
}

/** The command of an order's only mail, which has failed as often as it may. */
async function failedMail(): Promise<{ id: string; eventId: string }> {
  t.failNext(SendMail, new Error('550 no such mailbox'), 2)
  await t.transaction((tx) => save(tx, new Order(1)))
  await t.runUntilIdle()
  await t.clock.advance('10s')
  await t.runUntilIdle()
  const db = new pg.Client({ connectionString: database.url })
  await db.connect()
  try {
    const { rows } = await db.query<{ id: string; eventId: string }>(
      `select id, root_id as "eventId" from cascata.command_statuses
       where tenant = $1 and type = $2 and status = 'error' order by id desc limit 1`,
      [SINGLE_TENANT, 'order.send-mail'],
    )
    expect(rows).toHaveLength(1)
    return rows[0] as { id: string; eventId: string }
  } finally {
    await db.end()
  }
}

test('partitions: the weeks, what is open, and what a retention would drop', async () => {
  const plain = await cascata('partitions')
  expect(plain).toMatchObject({ code: 0, err: '' })
  expect(plain.out).toMatch(/^week +state +rows +size +unfinished\n/)
  expect(plain.out).toMatch(/\d{4}-\d\d-\d\d +current /)
  expect(plain.out).toMatch(/command_queue/)

  const asked = await cascata('partitions', '--keep-days', '1')
  expect(asked.out).toMatch(/kept: too young/)
  expect(asked.out).toMatch(/Would be dropped: \d weeks?, about \d+ rows, /)

  const { out } = await cascata('--json', 'partitions', '--keep-days', '30')
  expect(JSON.parse(out)).toMatchObject({ wouldDrop: { ranges: 0 }, ranges: expect.arrayContaining([]) })
})

test('trace and reprocess: what failed is found, repeated once, and refused a second time', async () => {
  const { id, eventId } = await failedMail()
  const traced = await cascata('trace', id)
  expect(traced).toMatchObject({ code: 0, err: '' })
  expect(traced.out).toContain(`evt_${eventId}`)
  expect(traced.out).toMatch(/└─ .*mail.* error/)

  expect(await cascata('reprocess', id, '--reason', 'no')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^✖ invalid-input: .*reason.*\n {2}Fix: /),
  })
  expect(await cascata('reprocess', id, '--reason', 'The mailbox exists now')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Enqueued cmd_/),
  })
  await t.runUntilIdle()
  expect(await cascata('reprocess', id, '--reason', 'Once more')).toMatchObject({
    code: 1,
    err: expect.stringContaining('already-succeeded'),
  })
})

test('migrate has nothing to do the second time', async () => {
  expect(await cascata('migrate')).toEqual({ code: 0, out: 'Nothing to do.', err: '' })
})

test.each([
  [['partitions', '--keep-days', '0'], 2, 'from 1 to 36500'],
  [['partitions', '--keep-days', 'many'], 2, 'from 1 to 36500'],
  [['partitions', '--keep'], 2, 'unknown option'],
  [['partition'], 2, 'unknown command'],
  [['trace'], 2, 'missing required argument'],
  [['trace', 'nothing'], 1, 'not-found'],
  [['trace', '01990000-0000-7000-8000-000000000001'], 1, 'not-found'],
  [['reprocess', '01990000-0000-7000-8000-000000000001'], 2, '--reason'],
  [['reprocess', '01990000-0000-7000-8000-000000000001', '--reason', 'why not'], 1, 'not-found'],
  [['--database-url', 'postgres://localhost:1/none', 'partitions'], 1, 'unavailable'],
  [['--database-url', 'nowhere', 'migrate'], 1, 'bad-option'],
])('%j: exit code %i and why', async (args, code, why) => {
  const answer = await cascata(...args)
  expect(answer).toMatchObject({ code, out: '', err: expect.stringContaining(why) })
})

test('without a database, and with one that has no schema, it says what to do', async () => {
  const problems: string[] = []
  const environment = { env: {}, out: () => {}, err: (text: string) => problems.push(text) }
  expect(await runCli(['partitions'], environment)).toBe(1)
  expect(problems.join('\n')).toContain('set DATABASE_URL')

  const empty = await freshDatabase()
  try {
    expect(await cascata('--database-url', empty.url, 'partitions')).toMatchObject({
      code: 1,
      err: expect.stringContaining('run `cascata migrate`'),
    })
  } finally {
    await empty.drop()
  }
})

test('help lists the commands', async () => {
  const { code, out } = await cascata('--help')
  expect(code).toBe(0)
  for (const name of ['migrate', 'partitions', 'trace', 'reprocess']) expect(out).toContain(`  ${name} `)
})
