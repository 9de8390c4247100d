/**
 * The roles of the database, one for each kind of process: none is a superuser, none owns a table, and each can do what
 * its process needs. `academy_owner` owns everything and signs in nowhere.
 */
import pg from 'pg'
import { DatabaseSetupError } from './setup-error.ts'

export const OWNER_ROLE = 'academy_owner'

export const LOGIN_ROLES = ['academy_web', 'academy_exec', 'academy_daemon', 'academy_auth', 'academy_console'] as const
export type LoginRole = (typeof LOGIN_ROLES)[number]

/** The same server and database, signed in as one of the roles. */
export function urlAs(url: string, role: LoginRole, passwords: Record<LoginRole, string>): string {
  const as = new URL(url)
  as.username = role
  as.password = passwords[role]
  return as.href
}

/** Creates what is missing and gives the roles their passwords. Safe when many do it at once, in any database of the server. */
export async function createRoles(client: pg.Client, url: string, passwords: Record<LoginRole, string>): Promise<void> {
  const { rows } = await client.query<{ rolname: string }>('select rolname from pg_roles where rolname = any($1)', [
    [OWNER_ROLE, ...LOGIN_ROLES],
  ])
  const existing = new Set(rows.map((row) => row.rolname))
  const missing = [OWNER_ROLE, ...LOGIN_ROLES].filter((role) => !existing.has(role))
  const me = await client.query<{ name: string; can: boolean }>(
    'select rolname as name, rolsuper or rolcreaterole as can from pg_roles where rolname = current_user',
  )
  const { name = '', can = false } = me.rows[0] ?? {}
  if (missing.length > 0 && !can) throw missingRoles(name, missing)
  for (const role of missing) {
    const login = role === OWNER_ROLE ? 'nologin' : `login password ${pg.escapeLiteral(passwords[role as LoginRole])}`
    await tolerating(
      ['42710', '23505'],
      client.query(`create role ${role} ${login} nosuperuser nocreatedb nocreaterole`),
    )
  }
  for (const role of LOGIN_ROLES) {
    if (!missing.includes(role)) await ensurePassword(client, url, role, passwords, can)
  }
  const member = await client.query<{ is: boolean }>(
    `select pg_has_role(current_user, '${OWNER_ROLE}', 'member') as is`,
  )
  if (!member.rows[0]?.is) {
    if (!can) throw missingMembership(name)
    await tolerating(['23505', 'XX000'], client.query(`grant ${OWNER_ROLE} to current_user`))
  }
}

async function ensurePassword(
  client: pg.Client,
  url: string,
  role: LoginRole,
  passwords: Record<LoginRole, string>,
  can: boolean,
): Promise<void> {
  const probe = new pg.Client({ connectionString: urlAs(url, role, passwords), connectionTimeoutMillis: 10_000 })
  try {
    await probe.connect()
  } catch (error) {
    if (!['28P01', '28000'].includes((error as { code?: string }).code ?? '')) throw error
    if (!can) throw wrongPassword(role)
    const change = `alter role ${role} with login password ${pg.escapeLiteral(passwords[role])}`
    await tolerating(['XX000'], client.query(change)) // another process is setting the same one
  } finally {
    await probe.end()
  }
}

async function tolerating(codes: string[], query: Promise<unknown>): Promise<void> {
  await query.catch((error: { code?: string }) => {
    if (!codes.includes(error.code ?? '')) throw error
  })
}

const missingRoles = (name: string, roles: string[]) =>
  new DatabaseSetupError(
    `The role "${name}" of DATABASE_URL may not create roles, and ${roles.join(', ')} do not exist.`,
    'sign in as a superuser or a role with CREATEROLE, or have an administrator run:\n' +
      roles
        .map((role) =>
          role === OWNER_ROLE
            ? `  create role ${role} nologin; grant ${role} to ${pg.escapeIdentifier(name)};`
            : `  create role ${role} login password '…';   -- the one kept for it in the secrets file of the data folder`,
        )
        .join('\n'),
  )

const missingMembership = (name: string) =>
  new DatabaseSetupError(
    `The role "${name}" of DATABASE_URL is not a member of ${OWNER_ROLE}, which owns the tables.`,
    `have an administrator run:\n  grant ${OWNER_ROLE} to ${pg.escapeIdentifier(name)};`,
  )

const wrongPassword = (role: string) =>
  new DatabaseSetupError(
    `The password kept for ${role} is not the one that the server has.`,
    `bring back the secrets file of the data folder, or have an administrator run:\n` +
      `  alter role ${role} password '…';   -- the one in the secrets file`,
  )
