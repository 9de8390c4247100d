/** Makes a database ready: roles, schemas, the academy's migrations, the engine's. Every step may be repeated, by many at once. */
import { fileURLToPath } from 'node:url'
import { asTx, migrate, runMigrations } from 'cascata'
import pg from 'pg'
import { createRoles, OWNER_ROLE, urlAs } from './roles.ts'
import type { Secrets } from './secrets.ts'
import { DatabaseSetupError } from './setup-error.ts'

export type DatabaseUrls = { web: string; exec: string; daemon: string; auth: string; console: string }

const MIGRATIONS = fileURLToPath(new URL('../../../migrations', import.meta.url))

/** Where each kind of process signs in. Opens nothing. */
export const databaseUrls = (url: string, secrets: Secrets): DatabaseUrls => ({
  web: urlAs(url, 'academy_web', secrets),
  exec: urlAs(url, 'academy_exec', secrets),
  daemon: urlAs(url, 'academy_daemon', secrets),
  auth: urlAs(url, 'academy_auth', secrets),
  console: urlAs(url, 'academy_console', secrets),
})

/**
 * @param url a superuser, or a role that may create roles and schemas in this database.
 * @param secretsFile where an administrator who has to help finds the passwords.
 * @throws DatabaseSetupError naming the missing right and the SQL that gives it.
 */
export async function prepareDatabase(
  url: string,
  secrets: Secrets,
  secretsFile = 'the secrets file of the data folder',
): Promise<DatabaseUrls> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  try {
    await client.connect()
    await client.query("select pg_advisory_lock(hashtextextended('academy.prepare', 0))")
    await createRoles(client, url, secrets, secretsFile)
    await createSchemas(client)
    await client.query(`set role ${OWNER_ROLE}`)
    await runMigrations({ connection: asTx(client), directory: MIGRATIONS, table: 'academy.migrations' })
  } finally {
    await client.end()
  }
  await migrate({
    url,
    roles: { web: 'academy_web', exec: 'academy_exec', daemon: 'academy_daemon', console: 'academy_console' },
  })
  return databaseUrls(url, secrets)
}

async function createSchemas(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ missing: string[]; can: boolean; user: string; database: string }>(
    `select array(select s from unnest(array['academy', 'academy_auth']) s where to_regnamespace(s) is null) as missing,
       has_database_privilege(current_database(), 'create') as can, current_user as user, current_database() as database`,
  )
  const { missing = [], can = false, user = '', database = '' } = rows[0] ?? {}
  if (missing.length > 0 && !can) {
    const statements = missing.map((schema) => `  create schema ${schema} authorization ${OWNER_ROLE};`)
    throw new DatabaseSetupError(
      `The role "${user}" of DATABASE_URL may not create schemas in the database "${database}".`,
      `have an administrator run:\n  grant create on database ${pg.escapeIdentifier(database)} to ${pg.escapeIdentifier(user)};\nor\n${statements.join('\n')}`,
    )
  }
  for (const schema of missing) await client.query(`create schema ${schema} authorization ${OWNER_ROLE}`)
}
