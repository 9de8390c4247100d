import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type FreshDatabase, freshDatabase } from '../../../../scripts/testing/fresh-database.ts'
import {
  batch,
  command,
  createApp,
  Entity,
  effect,
  enqueue,
  event,
  handle,
  migrate,
  module,
  on,
  reprocess,
  ring,
  save,
  uuidv7,
} from '../index.ts'
import { type Harness, lineageText, startHarness } from '../testing/index.ts'

/** The isolated mode: the story runs, with roles that own nothing and see no other tenant. */
const suffix = uuidv7().slice(-12)
const roles = { web: `web_${suffix}`, exec: `exec_${suffix}`, daemon: `daemon_${suffix}`, console: `console_${suffix}` }
const data = z.object({ id: z.string() })
const Published = event('published', data)
const Announce = command('announce', data)
const Send = command('send', z.object({ id: z.string(), n: z.number() }), { retry: { attempts: 1 } })
const Tell = command('tell', data)

class Post extends Entity {
  readonly entityType = 'post'
  readonly id = uuidv7()
  readonly tenant: string
  constructor(tenant: string) {
    super()
    this.tenant = tenant
    this.emit(Published({ id: this.id }))
  }
  row() {
    return { table: 'posts', key: { id: this.id }, values: { tenant: this.tenant } }
  }
}

const seen: { tenant: string }[][] = []
const app = createApp([
  module('posts', [
    on(Published, 'announce', ({ id }) => Announce({ id })),
    on(Published, 'look', async (_, { tx }) => {
      const { rows } = await tx.query<{ tenant: string }>('select distinct tenant from posts')
      seen.push(rows)
    }),
    handle(Announce, async ({ id }, { tx }) => {
      const { rows } = await tx.query<{ n: number }>('select count(*)::integer as n from posts')
      return batch('sends', Array(rows[0]?.n).keys(), (n) => Send({ id, n })).next(Tell({ id }))
    }),
    effect(Send, async ({ n }, { db }) => {
      await db.query('select 1 from posts')
      if (n === 1 && failing) throw new Error('no')
    }),
    handle(Tell, async ({ id }, { tx }) => {
      await tx.query(`insert into told values (current_setting('cascata.tenant')::uuid, $1)`, [id])
    }),
  ]),
])
let failing = false

let database: FreshDatabase
let owner: pg.Pool
let t: Harness
const as = (role: string) => {
  const url = new URL(database.url)
  url.username = role
  return url.href
}

beforeAll(async () => {
  database = await freshDatabase()
  owner = new pg.Pool({ connectionString: database.url, max: 2 })
  owner.on('error', () => {})
  for (const role of Object.values(roles)) await owner.query(`create role ${role} login`)
  await migrate({ url: database.url, roles })
  await owner.query(`
    create table posts (id uuid primary key, tenant uuid not null);
    create table told (tenant uuid not null, id uuid not null);
    alter table posts enable row level security; alter table told enable row level security;
    create policy own on posts using (tenant = current_setting('cascata.tenant')::uuid);
    create policy own on told using (tenant = current_setting('cascata.tenant')::uuid);
    grant select, insert, update on posts, told to ${roles.web}, ${roles.exec}`)
  const urls = { control: as(roles.daemon), exec: as(roles.exec) }
  t = await startHarness({ app, url: database.url, database: urls })
})
afterAll(async () => {
  await t.stop()
  await owner.end()
  await database.drop()
})

/** One transaction of the role, for the tenant when given. */
async function within<T>(
  role: string,
  tenant: string | undefined,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(as(role))
  await client.connect()
  try {
    await client.query('begin')
    if (tenant) await client.query(`select set_config('cascata.tenant', $1, true)`, [tenant])
    const result = await work(client)
    await client.query('commit')
    return result
  } finally {
    await client.end()
  }
}

const [one, two] = [uuidv7(), uuidv7()]

/** What a tenant's handlers count: with two, one of what is sent fails while `failing`. */
async function twoPosts(tenant: string): Promise<void> {
  for (let i = 0; i < 2; i++) {
    await within(roles.web, tenant, (client) => client.query('insert into posts values ($1, $2)', [uuidv7(), tenant]))
  }
}

test('the story runs for two tenants, each of whose handlers see its own rows only', async () => {
  const tenants = [uuidv7(), uuidv7()].sort()
  const roots = new Map<string, string>()
  for (const tenant of tenants) {
    await twoPosts(tenant)
    const [root] = await within(roles.web, tenant, (client) => save(client, new Post(tenant)))
    roots.set(tenant, root as string)
  }
  await t.runUntilIdle()
  for (const [tenant, root] of roots) {
    expect(lineageText(await t.lineageOf(root, { tenant }))).toBe(
      [
        'published success',
        '  announce success',
        '    [sends] success',
        '      send success ×3',
        '      → tell success',
      ].join('\n'),
    )
  }
  const { rows } = await owner.query('select tenant from told where tenant = any($1) order by tenant', [tenants])
  expect(rows).toEqual(tenants.map((tenant) => ({ tenant })))
  for (const tenant of tenants) expect(seen).toContainEqual([{ tenant }])
  expect(seen.filter((rows) => rows.length > 1)).toEqual([])
})

test('a request may save the same object again, and its event is there once', async () => {
  const post = new Post(one)
  const ids = await within(roles.web, one, (client) => save(client, post))
  expect(await within(roles.web, one, (client) => save(client, post))).toEqual(ids)
  const { rowCount } = await owner.query('select 1 from cascata.events where entity_id = $1', [post.id])
  expect(rowCount).toBe(1)
  await t.runUntilIdle()
})

test('a failure and its reprocessing by an administrator work too', async () => {
  await twoPosts(one)
  failing = true
  await within(roles.web, one, (client) => save(client, new Post(one)))
  await t.runUntilIdle()
  failing = false
  const { rows } = await owner.query(
    `select id from cascata.command_statuses where tenant = $1 and type = 'send' and status = 'error'`,
    [one],
  )
  expect(rows).toHaveLength(1)
  await within(roles.console, undefined, (client) =>
    reprocess(client, { tenant: one, commandId: rows[0].id, author: 'root', reason: 'fixed' }),
  )
  await t.runUntilIdle()
  const { rows: states } = await owner.query(`select distinct state from cascata.batches where tenant = $1`, [one])
  expect(states).toEqual([{ state: 'success' }])
})

test('a request may enqueue and ring', async () => {
  const [id] = await within(roles.web, two, (client) => enqueue(client, Tell({ id: uuidv7() }), { tenant: two }))
  await within(roles.web, undefined, ring)
  await t.runUntilIdle()
  const { rows } = await owner.query('select status from cascata.command_statuses where id = $1', [id])
  expect(rows).toEqual([{ status: 'success' }])
})

const TENANT_TABLES = [
  'events',
  'commands',
  'attempts',
  'event_handlings',
  'event_queue',
  'command_queue',
  'batches',
  'batch_failures',
  'recoveries',
  'effects',
  'audit',
]

test.each([roles.web.split('_')[0], roles.exec.split('_')[0]] as ('web' | 'exec')[])(
  '%s sees nothing of another tenant, and nothing at all without one',
  async (who) => {
    await twoPosts(one)
    await within(roles.web, one, (client) => save(client, new Post(one)))
    await t.runUntilIdle()
    const foreign = TENANT_TABLES.map((table) => `select '${table}' as name from cascata.${table} where tenant <> $1`)
    expect((await within(roles[who], one, (client) => client.query(foreign.join(' union all '), [one]))).rows).toEqual(
      [],
    )
    await within(roles[who], undefined, async (client) => {
      for (const table of TENANT_TABLES) {
        await client.query('savepoint before')
        await expect(client.query(`select 1 from cascata.${table}`)).rejects.toMatchObject({ code: '42704' })
        await client.query('rollback to before')
      }
    })
    const own = await within(roles[who], one, (client) => client.query('select 1 from cascata.commands'))
    expect(own.rows.length).toBeGreaterThan(0)
    for (const view of ['command_statuses', 'event_statuses', 'batch_statuses']) {
      const { rows } = await within(roles[who], one, (client) =>
        client.query(`select distinct tenant from cascata.${view}`),
      )
      expect(rows).toEqual([{ tenant: one }])
    }
  },
)

test.each(['web', 'exec', 'console'] as const)(
  '%s writes to no table of the engine, and to none of its partitions',
  async (who) => {
    const tables = await owner.query(
      `select c.oid::regclass::text as name from pg_class c where c.relnamespace = 'cascata'::regnamespace and c.relkind in ('r', 'p')
     and (has_table_privilege($1, c.oid, 'insert') or has_table_privilege($1, c.oid, 'update') or has_table_privilege($1, c.oid, 'delete')
       or has_table_privilege($1, c.oid, 'truncate'))`,
      [roles[who]],
    )
    expect(tables.rows).toEqual([])
  },
)

test('web and exec read no partition around the policy', async () => {
  const { rows } = await owner.query(
    `select c.oid::regclass::text as name from pg_class c where c.relispartition and c.relkind = 'r'
     and c.relnamespace = 'cascata'::regnamespace and (has_table_privilege($1, c.oid, 'select') or has_table_privilege($2, c.oid, 'select'))`,
    [roles.web, roles.exec],
  )
  expect(rows).toEqual([])
})

test('the facts are facts for the daemon too: it may not change or delete them', async () => {
  const { rows } = await owner.query(
    `select t from unnest($2::text[]) t where has_table_privilege($1, 'cascata.' || t, 'update') or has_table_privilege($1, 'cascata.' || t, 'delete')`,
    [roles.daemon, ['events', 'commands', 'attempts', 'event_handlings', 'audit', 'migrations']],
  )
  expect(rows).toEqual([])
})

test('no role owns anything, none passes row-level security, and every function that runs as its owner has a fixed search_path', async () => {
  const names = Object.values(roles)
  const owned = await owner.query(
    `select 1 from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = any($1)
     union all select 1 from pg_proc p join pg_roles r on r.oid = p.proowner where r.rolname = any($1)
     union all select 1 from pg_roles where rolname = any($1) and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)`,
    [names],
  )
  expect(owned.rows).toEqual([])
  const loose = await owner.query(
    `select proname from pg_proc where pronamespace = 'cascata'::regnamespace and prosecdef
     and not coalesce(proconfig, '{}') @> array['search_path=pg_catalog, pg_temp']`,
  )
  expect(loose.rows).toEqual([])
})

test('every function is closed to the public, and web and exec may call what they need and no more', async () => {
  const callable = async (role: string) =>
    (
      await owner.query(
        `select distinct proname from pg_proc where pronamespace = 'cascata'::regnamespace and has_function_privilege($1, oid, 'execute') order by 1`,
        [role],
      )
    ).rows.map(({ proname }) => proname)
  await owner.query(`create role nobody_${suffix}`)
  expect(await callable(`nobody_${suffix}`)).toEqual([])
  await owner.query(`drop role nobody_${suffix}`)
  const reading = ['current_claim', 'ring', 'uuid_floor', 'uuid_ms']
  const settling = ['complete', 'complete_shared', 'enter_event', 'fence', 'fence_shared', 'settle_events']
  const writing = [
    'add_to_batch',
    'emit',
    'emit_again',
    'emit_one',
    'enqueue',
    'enqueue_alike',
    'reprocess',
    'reprocess_event',
    'decide',
    'discard_event',
    'seal_batch',
  ]
  expect(await callable(roles.web)).toEqual([...writing, ...reading].sort())
  expect(await callable(roles.exec)).toEqual([...writing, ...reading, ...settling].sort())
})

test('every table with a tenant has its policies', async () => {
  const { rows } = await owner.query(
    `select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant'
     where c.relnamespace = 'cascata'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and not c.relrowsecurity`,
  )
  expect(rows).toEqual([])
})

test("a record of another tenant than the transaction's is refused in every function that writes", async () => {
  for (const role of [roles.web, roles.exec]) {
    await expect(within(role, one, (client) => save(client, new Post(two)))).rejects.toThrow()
    await expect(
      within(role, one, (client) => enqueue(client, Tell({ id: 'x' }), { tenant: two })),
    ).rejects.toMatchObject({
      code: 'tenant-mismatch',
    })
  }
})

test('migrating an isolated database again changes nothing and waits for nobody', async () => {
  const client = new pg.Client(as(roles.web))
  await client.connect()
  await client.query('begin')
  await client.query(`select set_config('cascata.tenant', $1, true)`, [one])
  await client.query('select 1 from cascata.commands') // a reader whose transaction stays open
  expect(await migrate({ url: database.url, roles })).toEqual([])
  await client.query('commit')
  await client.end()
})

test.each([
  ['no name', { ...roles, web: 'web; drop table x' }],
  ['a missing one', { ...roles, exec: undefined as never }],
  ['one that does not exist', { ...roles, exec: 'nobody_at_all' }],
])('a role that is %s is refused', async (_, wrong) => {
  await expect(migrate({ url: database.url, roles: wrong })).rejects.toMatchObject({ code: 'bad-option' })
})
