import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import {
  batch,
  type CommandContext,
  cancel,
  command,
  createApp,
  Entity,
  enqueue,
  event,
  handle,
  module,
  on,
  SINGLE_TENANT,
  save,
} from '../index.ts'

/** Many commands in one transaction: who fails undoes only itself. */
const Written = event('written', z.object({ n: z.number() }))
const written = z.object({ n: z.number(), how: z.string().optional() })
const Write = command('write', written, { transaction: 'shared', retry: { attempts: 1 } })
const WriteInTime = command('write-in-time', written, {
  transaction: 'shared',
  retry: { attempts: 1 },
  timeout: '500ms',
})
const Notice = command('notice', z.object({ n: z.number() }), { transaction: 'shared' })
const Pair = command('pair', z.object({ n: z.number() }), { transaction: 'shared' })
const Read = command('read', z.object({}), { retry: { attempts: 1 } })
const Followed = command('followed', z.object({ n: z.number() }))
const AllWritten = command('all-written', z.object({}))

/** As the rescue does with the claims of a daemon that is thought dead. */
const STEAL = `update cascata.command_queue set state = 'pending', token = null, claimed_by = null
  where (tenant, id) = (select tenant, id from cascata.command_queue where state = 'processing' order by id offset 1 limit 1)`

class Page extends Entity {
  readonly entityType = 'page'
  readonly tenant = SINGLE_TENANT
  readonly id: string
  constructor(n: number) {
    super()
    this.id = String(n)
    this.emit(Written({ n }))
  }
  row() {
    return { table: 'pages', key: { n: this.id }, values: {} }
  }
}

async function writes({ n, how }: z.output<typeof written>, { tx }: CommandContext) {
  if (how === 'nothing') return
  if (how === 'leave') {
    void tx.query(`insert into ledger values ('write', $1)`, [String(n)])
    return
  }
  if (how === 'drop') {
    void tx.query(`insert into ledger values ('write', $1)`, [String(n)])
    throw new Error('No.')
  }
  if (how === 'steal') await t.pool.query(STEAL)
  await tx.query(`insert into ledger values ('write', $1)`, [String(n)])
  if (how === 'throw') throw new Error('No.')
  if (how === 'cancel') return cancel('not wanted')
  if (how === 'defer') await tx.query('insert into strict (n) values (1), (1)')
  if (how === 'commit') await tx.query('/* now */ commit')
  if (how === 'hidden') await tx.query('select 1; commit')
  if (how === 'copy') await tx.query('copy pairs from stdin')
  if (how === 'swallow') await tx.query('select 1 / 0').catch(() => {})
  if (how === 'forget') void tx.query('select 1 / 0')
  if (how === 'hang') await tx.query('select pg_sleep(5)')
  if (how === 'emit') await save(tx, new Page(n))
  if (how === 'follow') return Followed({ n })
}

const app = createApp([
  module('shared', [
    handle(Write, writes),
    handle(WriteInTime, writes),
    handle(Notice, async ({ n }, { tx }) => {
      await tx.query('insert into noticed values ($1)', [n])
    }),
    // A pair that is half there is what nobody else may see.
    handle(Pair, async ({ n }, { tx }) => {
      const { rows } = await tx.query<{ odd: number }>(
        `with added as (insert into pairs values ($1) returning n)
         select n from pairs group by n having count(*) % 2 = 1`,
        [n],
      )
      await new Promise((resolve) => setImmediate(resolve))
      await tx.query('insert into pairs values ($1, $2)', [n, rows.length])
    }),
    handle(Read, async (_, { tx }) => {
      await tx.query('select * from pairs where n = $1', [-1])
    }),
    handle(Followed, () => {}),
    handle(AllWritten, () => {}),
    Written,
    on(Written, 'hear', () => undefined),
  ]),
])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app, { concurrency: 5, commandsMax: 1_000 })
  await t.pool.query('create table pages (n integer primary key)')
  await t.pool.query('create table pairs (n integer, halves integer default 0)')
  await t.pool.query(
    `create function notice() returns trigger language plpgsql as $$ begin
       perform cascata.emit(jsonb_build_array(jsonb_build_object('tenant', '${SINGLE_TENANT}', 'id', cascata.new_uuid(),
         'type', 'written', 'data', jsonb_build_object('n', new.n), 'entity_type', 'page', 'entity_id', new.n::text)));
       return null; end $$;
     create table noticed (n integer);
     create trigger notice after insert on noticed for each row execute function notice()`,
  )
  await t.pool.query('create table strict (n integer, unique (n) deferrable initially deferred)')
})
afterEach(() => t.pool.query(`delete from ledger where what = 'write'; delete from pairs`))
afterAll(() => t.stop())

async function write(hows: (string | undefined)[]) {
  const ids = await t.transaction((tx) =>
    enqueue(
      tx,
      hows.map((how, n) => (how === 'hang' ? WriteInTime : Write)(how ? { n, how } : { n })),
    ),
  )
  await t.runUntilIdle()
  const attempts = await t.rows<{ command_id: string; outcome: string; error: string | null; xid: string }>(
    'select command_id, outcome, final, error, xmin::text as xid from cascata.attempts where command_id = any($1)',
    [ids],
  )
  return { ids, attempts, of: (n: number) => attempts.filter((a) => a.command_id === ids[n]) }
}

const plain = (n: number): (string | undefined)[] => Array.from({ length: n }, () => undefined)

test('a hundred commands take few transactions, and each has its attempt', async () => {
  const { attempts } = await write(plain(100))
  expect(attempts).toHaveLength(100)
  expect(new Set(attempts.map(({ outcome }) => outcome))).toEqual(new Set(['success']))
  expect(new Set(attempts.map(({ xid }) => xid)).size).toBeLessThan(30)
  expect(await t.ledger('write')).toHaveLength(100)
})

test.each([
  ['throw', 'error', 'No.'],
  ['cancel', 'cancelled', 'not wanted'],
  ['defer', 'error', 'duplicate key'],
  ['commit', 'error', 'transaction-ended'],
  ['hidden', 'error', ''],
  ['copy', 'error', 'COPY'],
  ['swallow', 'error', ''],
  ['forget', 'error', ''],
  ['hang', 'error', 'It was not done after 500 ms.'],
])('one that does "%s" ends in %s, and its 59 neighbours are written once', async (how, outcome, message) => {
  const { attempts, of } = await write([...plain(17), how, ...plain(42)])
  expect(of(17)).toMatchObject([{ outcome }])
  expect(of(17)[0]?.error).toContain(message)
  expect(attempts.filter((a) => a.outcome === 'success')).toHaveLength(59)
  const ledger = await t.ledger('write')
  expect(ledger.filter((n) => n !== '17')).toHaveLength(59)
  expect(new Set(ledger).size).toBe(ledger.length)
})

test('what follows and what is emitted is of the right command', async () => {
  const { ids } = await write([...plain(30), 'follow', ...plain(5), 'emit', 'nothing', ...plain(30)])
  const followed = await t.rows(
    `select origin_id from cascata.commands where type = 'followed' and origin_id = any($1)`,
    [ids],
  )
  expect(followed).toEqual([{ origin_id: ids[30] }])
  const emitted = await t.rows(`select command_id, root_id from cascata.events where command_id = any($1)`, [ids])
  expect(emitted).toEqual([{ command_id: ids[36], root_id: ids[36] }])
})

test("what an application's trigger emits is of the command whose statement it was", async () => {
  const ids = await t.transaction((tx) =>
    enqueue(
      tx,
      Array.from({ length: 30 }, (_, n) => Notice({ n })),
    ),
  )
  await t.runUntilIdle()
  const emitted = await t.rows(
    `select command_id, (data->>'n')::integer as n from cascata.events where command_id = any($1) order by n`,
    [ids],
  )
  expect(emitted).toEqual(ids.map((command_id, n) => ({ command_id, n })))
})

test('a claim that was lost before the transaction began is left alone, and all are written once', async () => {
  const { attempts } = await write(['steal', ...plain(39)])
  expect(attempts).toHaveLength(40)
  expect(await t.ledger('write')).toHaveLength(40)
  expect(new Set(await t.ledger('write')).size).toBe(40)
})

test.each([
  ['first in a transaction', 0],
  ['after others', 25],
])('a statement that nobody waits for is saved with its command, or undone with it: %s', async (_, at) => {
  for (const mode of ['together', 'savepoints']) {
    const left = await write([...plain(at), 'leave', ...plain(20)])
    expect(left.of(at), mode).toMatchObject([{ outcome: 'success' }])
    expect((await t.ledger('write')).filter((n) => n === String(at))).toHaveLength(1)
    await t.pool.query(`delete from ledger where what = 'write'`)
    const dropped = await write([...plain(at), 'drop', ...plain(20)])
    expect(dropped.of(at), mode).toMatchObject([{ outcome: 'error', error: 'No.' }])
    expect(await t.ledger('write')).toHaveLength(at + 20)
    expect(await t.ledger('write')).not.toContain(String(at))
    await t.pool.query(`delete from ledger where what = 'write'`)
  }
})

test('members of a batch: the next command is released once', async () => {
  await t.transaction((tx) =>
    enqueue(
      tx,
      batch(
        'pages',
        plain(200).map((_, n) => n),
        (n) => Write({ n }),
      ).next(AllWritten({})),
    ),
  )
  await t.runUntilIdle()
  const ended = await t.rows(`select outcome from cascata.attempts where type = 'all-written'`)
  expect(ended).toEqual([{ outcome: 'success' }])
})

test('of commands with several statements each, none sees half of what another does', async () => {
  await t.transaction((tx) =>
    enqueue(
      tx,
      plain(150).map((_, n) => Pair({ n })),
    ),
  )
  await t.runUntilIdle()
  expect(await t.rows('select n from pairs group by n having count(*) <> 2')).toEqual([])
  const seen = await t.rows('select count(*)::integer as n, sum(halves)::integer as halves from pairs')
  expect(seen).toEqual([{ n: 300, halves: 0 }])
})

test('a column that a migration adds does not fail those whose statement was prepared before it', async () => {
  const read = async () => {
    await t.transaction((tx) =>
      enqueue(
        tx,
        plain(40).map(() => Read({})),
      ),
    )
    await t.runUntilIdle()
  }
  await t.pool.query('insert into pairs values (-1)')
  await read()
  await t.pool.query('alter table pairs add column more text')
  await read()
  const attempts = await t.rows(
    `select outcome, count(*)::integer as n from cascata.attempts where type = 'read' group by 1`,
  )
  expect(attempts).toEqual([{ outcome: 'success', n: 80 }])
})
