/**
 * The roles of the database. Rights lie with one role for each kind of process: none is a superuser, none owns a table, and
 * each can do what its process needs. `academy_owner` owns everything. These sign in nowhere, and are the server's: the
 * migrations name them. Who signs in are members of theirs, which belong to one installation alone: another one on the same
 * server, with secrets of its own, has others, so neither takes the other's password away.
 */
import { createHash } from 'node:crypto'
import pg from 'pg'
import type { Secrets } from './secrets.ts'
import { DatabaseSetupError } from './setup-error.ts'

export const OWNER_ROLE = 'academy_owner'

export const RUNTIME_ROLES = [
  'academy_web',
  'academy_exec',
  'academy_daemon',
  'academy_auth',
  'academy_console',
] as const
export type RuntimeRole = (typeof RUNTIME_ROLES)[number]

type Passwords = Pick<Secrets, 'passwords'>

/** Named by the secrets that it signs in with: whoever has these has the role, and nobody else's is ever changed. */
export function loginOf(role: RuntimeRole, { passwords }: Passwords): string {
  const mark = createHash('sha256').update(`roles of ${passwords.academy_web}`).digest('hex').slice(0, 8)
  return `${role}_${mark}`
}

/** The same server and database, signed in as the installation's member of a role. */
export function urlAs(url: string, role: RuntimeRole, secrets: Passwords): string {
  const as = new URL(url)
  as.username = loginOf(role, secrets)
  as.password = secrets.passwords[role]
  return as.href
}

/**
 * Creates what is missing. Safe when many do it at once, in any database of the server.
 * @param secretsFile where an administrator finds the passwords.
 * @throws DatabaseSetupError with the SQL that gives what this role may not do.
 */
export async function createRoles(
  client: pg.Client,
  url: string,
  secrets: Secrets,
  secretsFile: string,
): Promise<void> {
  const logins = RUNTIME_ROLES.map((role) => ({ role, login: loginOf(role, secrets) }))
  const groups = [OWNER_ROLE, ...RUNTIME_ROLES]
  const { rows } = await client.query<{ rolname: string }>('select rolname from pg_roles where rolname = any($1)', [
    [...groups, ...logins.map(({ login }) => login)],
  ])
  const existing = new Set(rows.map((row) => row.rolname))
  const me = await client.query<{ name: string; can: boolean }>(
    'select rolname as name, rolsuper or rolcreaterole as can from pg_roles where rolname = current_user',
  )
  const { name = '', can = false } = me.rows[0] ?? {}
  const missingGroups = groups.filter((role) => !existing.has(role))
  const missingLogins = logins.filter(({ login }) => !existing.has(login))
  if (missingGroups.length + missingLogins.length > 0 && !can) {
    throw missingRoles(name, missingGroups, missingLogins, secretsFile)
  }
  for (const role of missingGroups) {
    await tolerating(
      ['42710', '23505'],
      client.query(`create role ${role} nologin nosuperuser nocreatedb nocreaterole`),
    )
  }
  for (const { role, login } of missingLogins) {
    const password = pg.escapeLiteral(secrets.passwords[role])
    await tolerating(
      ['42710', '23505'],
      client.query(`create role ${login} login password ${password} nosuperuser nocreatedb nocreaterole`),
    )
  }
  for (const { role, login } of logins) {
    if (!missingLogins.some((each) => each.login === login)) await ensurePassword(client, url, role, secrets, can)
    await ensureMember(client, role, login, name)
  }
  const member = await client.query<{ is: boolean }>(
    `select pg_has_role(current_user, '${OWNER_ROLE}', 'member') as is`,
  )
  if (!member.rows[0]?.is) {
    if (!can) throw missingMembership(OWNER_ROLE, name)
    await granting(OWNER_ROLE, name, client.query(`grant ${OWNER_ROLE} to current_user`))
  }
  const names = logins.map(({ login }) => login)
  await closeDatabase(client, names)
}

async function ensurePassword(
  client: pg.Client,
  url: string,
  role: RuntimeRole,
  secrets: Secrets,
  can: boolean,
): Promise<void> {
  const probe = new pg.Client({ connectionString: urlAs(url, role, secrets), connectionTimeoutMillis: 10_000 })
  try {
    await probe.connect()
  } catch (error) {
    if (!['28P01', '28000'].includes((error as { code?: string }).code ?? '')) return // it may not enter this database yet
    const login = loginOf(role, secrets)
    if (!can) throw wrongPassword(login)
    const change = `alter role ${login} with login password ${pg.escapeLiteral(secrets.passwords[role])}`
    await tolerating(['XX000'], client.query(change)) // another process is setting the same one
  } finally {
    await probe.end()
  }
}

async function ensureMember(client: pg.Client, role: RuntimeRole, login: string, name: string): Promise<void> {
  const { rows } = await client.query<{ is: boolean }>('select pg_has_role($1, $2, $3) as is', [login, role, 'member'])
  if (!rows[0]?.is) await granting(role, name, client.query(`grant ${role} to ${login}`))
}

/** From PostgreSQL 16 on, only who made a role, or was given it with this option, may give it on. */
async function granting(role: string, name: string, query: Promise<unknown>): Promise<void> {
  await tolerating(['23505', 'XX000'], query).catch((error: { code?: string }) => {
    throw error.code === '42501' ? missingMembership(role, name, 'with admin option') : error
  })
}

/**
 * Members of these roles have the same rights in the database of another installation, so each database lets in its own
 * only. Done once, where the database is ours to close.
 */
async function closeDatabase(client: pg.Client, logins: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ database: string; ours: boolean; closed: boolean }>(
    `select d.datname as database, pg_has_role(current_user, d.datdba, 'usage') as ours,
       (select count(distinct a.grantee) = cardinality($1::text[]) from aclexplode(d.datacl) a
        join pg_roles r on r.oid = a.grantee
        where r.rolname = any($1) and a.privilege_type = 'CONNECT') as closed
     from pg_database d where d.datname = current_database()`,
    [logins],
  )
  const { database = '', ours = false, closed = false } = rows[0] ?? {}
  if (!ours || closed) return
  const name = pg.escapeIdentifier(database)
  await client.query(`grant connect on database ${name} to ${[OWNER_ROLE, ...logins].join(', ')}`)
  await client.query(`revoke connect, temporary on database ${name} from public`)
}

async function tolerating(codes: string[], query: Promise<unknown>): Promise<void> {
  await query.catch((error: { code?: string }) => {
    if (!codes.includes(error.code ?? '')) throw error
  })
}

const missingRoles = (
  name: string,
  groups: readonly string[],
  logins: readonly { role: RuntimeRole; login: string }[],
  secretsFile: string,
) =>
  new DatabaseSetupError(
    `The role "${name}" of DATABASE_URL may not create roles, and ${[...groups, ...logins.map(({ login }) => login)].join(', ')} do not exist.`,
    `sign in as a superuser or a role with CREATEROLE, or have an administrator run:\n` +
      [
        `  -- the passwords are kept in ${secretsFile}`,
        ...groups.map((role) =>
          role === OWNER_ROLE
            ? `  create role ${role} nologin; grant ${role} to ${pg.escapeIdentifier(name)};`
            : `  create role ${role} nologin;`,
        ),
        ...logins.map(({ role, login }) => `  create role ${login} login password '…' in role ${role};   -- ${role}`),
      ].join('\n'),
  )

const missingMembership = (role: string, name: string, option = '') =>
  new DatabaseSetupError(
    `The role "${name}" of DATABASE_URL ${option ? `may not give ${role} to others` : `is not a member of ${role}, which owns the tables`}.`,
    `have an administrator run:\n  grant ${option ? [OWNER_ROLE, ...RUNTIME_ROLES].join(', ') : role} to ${pg.escapeIdentifier(name)}${option && ` ${option}`};`,
  )

const wrongPassword = (login: string) =>
  new DatabaseSetupError(
    `The password kept for ${login} is not the one that the server has.`,
    `bring back the secrets file of the data folder, or have an administrator run:\n` +
      `  alter role ${login} password '…';   -- the one in the secrets file`,
  )
