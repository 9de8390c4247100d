import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Academy, PORTO, SERRA, startAcademy, TEST_SECRETS } from '../../../test-support/start-academy.ts'
import { institutionId, personId } from '../../demo/people.ts'
import { loginOf, RUNTIME_ROLES } from './roles.ts'
import { withTenant } from './with-tenant.ts'

let academy: Academy
let owner: pg.Pool

beforeAll(async () => {
  academy = await startAcademy()
  owner = new pg.Pool({ connectionString: academy.url, max: 1 })
  owner.on('error', () => {})
})
afterAll(async () => {
  await owner?.end()
  await academy?.stop()
})

const serra = institutionId(SERRA.key)
const porto = institutionId(PORTO.key)
const rows = async <R extends object>(sql: string, values: unknown[] = []) => (await owner.query<R>(sql, values)).rows

describe('the catalogue', () => {
  test('every table of the academy is held by forced row-level security on its institution', async () => {
    const tables = await rows<{ name: string; enabled: boolean; forced: boolean; policy: string | null }>(
      `select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
         (select p.qual from pg_policies p where p.schemaname = 'academy' and p.tablename = c.relname
          and p.policyname = 'tenant' and p.cmd = 'ALL' and p.roles = '{public}') as policy
       from pg_class c where c.relnamespace = 'academy'::regnamespace and c.relkind in ('r', 'p')
         and c.relname <> 'migrations' order by 1`,
    )
    expect(tables.length).toBeGreaterThan(10)
    for (const table of tables) {
      const column = table.name === 'institutions' ? 'id' : 'institution_id'
      expect(table).toEqual({
        name: table.name,
        enabled: true,
        forced: true,
        policy: `(${column} = (current_setting('cascata.tenant'::text))::uuid)`,
      })
    }
  })

  test('the institution comes first in every key and index', async () => {
    const others = await rows(
      `select i.indexrelid::regclass::text as index from pg_index i join pg_class t on t.oid = i.indrelid
       where t.relnamespace = 'academy'::regnamespace and t.relname not in ('institutions', 'migrations')
         and (select attname from pg_attribute where attrelid = t.oid and attnum = i.indkey[0]) <> 'institution_id'`,
    )
    expect(others).toEqual([])
  })

  test('only the directory crosses institutions: two tables, read-only, one role', async () => {
    const policies = await rows(
      `select tablename, cmd, roles::text from pg_policies where schemaname = 'academy' and policyname <> 'tenant' order by 1`,
    )
    expect(policies).toEqual([
      { tablename: 'institutions', cmd: 'SELECT', roles: '{academy_console}' },
      { tablename: 'users', cmd: 'SELECT', roles: '{academy_console}' },
    ])
  })

  const logins = RUNTIME_ROLES.map((role) => loginOf(role, TEST_SECRETS))

  test('who signs in belongs to the role of one kind of process, and to no other', async () => {
    const members = await rows<{ login: string; role: string }>(
      `select m.rolname as login, r.rolname as role from pg_auth_members a
       join pg_roles m on m.oid = a.member join pg_roles r on r.oid = a.roleid where m.rolname = any($1)`,
      [logins],
    )
    expect(new Set(members.map(({ login, role }) => `${login} ${role}`))).toEqual(
      new Set(RUNTIME_ROLES.map((role) => `${loginOf(role, TEST_SECRETS)} ${role}`)),
    )
  })

  test('no runtime role owns anything, is a superuser, or belongs to another role', async () => {
    expect(
      await rows(
        `select r.rolname, c.relname from pg_roles r join pg_class c on c.relowner = r.oid where r.rolname = any($1)
         union all select r.rolname, p.proname from pg_roles r join pg_proc p on p.proowner = r.oid where r.rolname = any($1)
         union all select r.rolname, n.nspname from pg_roles r join pg_namespace n on n.nspowner = r.oid where r.rolname = any($1)
         union all select r.rolname, 'right' from pg_roles r
           where r.rolname = any($1) and (r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication)
         union all select r.rolname, 'member' from pg_roles r join pg_auth_members m on m.member = r.oid where r.rolname = any($2)`,
        [[...RUNTIME_ROLES, ...logins], RUNTIME_ROLES],
      ),
    ).toEqual([])
  })

  test('accounts and sessions are for academy_auth alone', async () => {
    expect(
      await rows(
        `select grantee, table_name from information_schema.role_table_grants
         where table_schema = 'academy_auth' and grantee not in ('academy_owner', 'academy_auth') and grantee not like 'pg\\_%'`,
      ),
    ).toEqual([])
  })
})

describe.each(['web', 'exec'] as const)('signed in as academy_%s', (role) => {
  let pool: pg.Pool
  beforeAll(() => {
    pool = new pg.Pool({ connectionString: academy.urls[role], max: 1 })
    pool.on('error', () => {})
  })
  afterAll(() => pool.end())

  test('a transaction of one institution sees nothing of another', async () => {
    const seen = await withTenant(pool, { institutionId: serra }, async (tx) => {
      const users = await tx.query<{ institution_id: string }>('select distinct institution_id from academy.users')
      const institutions = await tx.query<{ id: string }>('select id from academy.institutions')
      const classes = await tx.query('select 1 from academy.classes where institution_id = $1', [porto])
      return [users.rows, institutions.rows, classes.rows]
    })
    expect(seen).toEqual([[{ institution_id: serra }], [{ id: serra }], []])
  })

  test('without an institution every query fails, also on a connection that had one before', async () => {
    const asked = () => pool.query('select 1 from academy.users')
    await expect(asked()).rejects.toThrow(/unrecognized configuration parameter|invalid input syntax for type uuid/)
    await withTenant(pool, { institutionId: serra }, async () => {})
    await expect(asked()).rejects.toThrow('invalid input syntax for type uuid')
  })

  test('rows of another institution are neither written nor changed', async () => {
    const write = (sql: string, values: unknown[]) =>
      withTenant(pool, { institutionId: serra }, (tx) => tx.query(sql, values))
    if (role === 'web') {
      await expect(
        write('insert into academy.disciplines (institution_id, id, name, code) values ($1, $2, $3, $4)', [
          porto,
          crypto.randomUUID(),
          'Foreign',
          'FX1',
        ]),
      ).rejects.toThrow(/row-level security/)
      const changed = await write("update academy.users set email = 'x@x.x' where id = $1", [
        personId(PORTO.staff.email),
      ])
      expect(changed.rowCount).toBe(0)
    }
    await expect(write('select 1 from academy_auth.accounts', [])).rejects.toThrow(/permission denied/)
    await expect(write('truncate academy.email_messages', [])).rejects.toThrow(/permission denied|must be owner/)
  })

  test('the engine’s queues and facts of another institution are not there either', async () => {
    const seen = await withTenant(pool, { institutionId: serra }, (tx) =>
      tx.query(
        'select 1 from cascata.commands where tenant = $1 union all select 1 from cascata.events where tenant = $1',
        [porto],
      ),
    )
    expect(seen.rows).toEqual([])
  })
})

test('an address of another institution’s student is not changed through the sign-in either', async () => {
  const changed = await withTenant(academy.pools.web, { institutionId: serra }, (tx) =>
    tx.query<{ former: string | null }>('select former from academy_auth.correct_email($1, $2)', [
      personId((PORTO.students[0] as { email: string }).email),
      'stolen@uni.example',
    ]),
  )
  expect(changed.rows).toEqual([{ former: null }])
})

test('only a lower-case UUID names an institution', async () => {
  const run = () => withTenant(academy.pools.web, { institutionId: "x'; drop table academy.users; --" }, async () => {})
  await expect(run()).rejects.toThrow('lower-case UUID')
})
