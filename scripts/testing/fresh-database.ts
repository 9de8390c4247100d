/** Databases for tests: each test file, or test, has one of its own, so that none sees another's rows. */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser's URL of the run's PostgreSQL 18; undefined when none of the run's tests needs it. */
    pg18Url: string | undefined
    pg15Url: string | undefined
  }
}

/** Milliseconds that sessions get to end by themselves. */
const ENDING_MS_MAX = 500

export interface FreshDatabase {
  /** Connection string of the superuser. */
  url: string
  /** Removes the database, and disconnects whoever is still connected. */
  drop(): Promise<void>
}

/**
 * A new database on the PostgreSQL of this Vitest project: 15 when CASCATA_TEST_PG is `15`, else 18.
 * Empty, or a copy (some 80 ms) of the `template` that `templateDatabase` gave.
 *
 *     const template = await templateDatabase('engine', migrate)
 *     const database = await freshDatabase({ template })
 *     …
 *     await database.drop()
 */
export async function freshDatabase(options: { template?: string } = {}): Promise<FreshDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`
  // template0 and not template1: a copy fails while anyone is connected to the original.
  const template = pg.escapeIdentifier(options.template ?? 'template0')
  await asAdmin((client) => client.query(`create database ${name} template ${template} strategy file_copy`))
  return {
    url: urlOf(name),
    drop: () =>
      asAdmin(async (client) => {
        await sessionsEnded(client, name)
        await client.query(`drop database if exists ${name} with (force)`)
      }),
  }
}

/**
 * A session that its client has ended may still be on its way out, and forced out it tells a socket that nobody listens to any
 * more: an error of nobody's. Whoever is still there after a moment was left open, and is forced.
 */
async function sessionsEnded(client: pg.PoolClient, database: string): Promise<void> {
  for (const untilMs = performance.now() + ENDING_MS_MAX; performance.now() < untilMs; await sleep(10)) {
    const { rowCount } = await client.query('select from pg_stat_activity where datname = $1 limit 1', [database])
    if (rowCount === 0) return
  }
}

/**
 * The name of a database that `build` filled (migrations, say) once per run, to be copied by `freshDatabase`.
 * The first caller in any worker builds, the others wait. `build` gets the URL of an empty database; connections that
 * it leaves open are closed. When it throws, nothing remains, and the next caller tries again.
 */
export async function templateDatabase(name: string, build: (url: string) => Promise<void>): Promise<string> {
  const finished = `template_${name}`
  if (!built.has(finished)) await asAdmin((client) => buildOnce(client, finished, build))
  built.add(finished)
  return finished
}

/** Templates that this process knows to be there: asked for once for each test, they are looked for once. */
const built = new Set<string>()

async function buildOnce(
  client: pg.PoolClient,
  finished: string,
  build: (url: string) => Promise<void>,
): Promise<void> {
  await client.query('select pg_advisory_lock(hashtext($1))', [finished])
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [finished])
    if (rowCount) return
    const unfinished = pg.escapeIdentifier(`unfinished_${finished}`)
    await client.query(`drop database if exists ${unfinished} with (force)`)
    await client.query(`create database ${unfinished} template template0 strategy file_copy`)
    await build(urlOf(`unfinished_${finished}`))
    await client.query(`alter database ${unfinished} with allow_connections false`)
    await client.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1', [
      `unfinished_${finished}`,
    ])
    await client.query(`alter database ${unfinished} rename to ${pg.escapeIdentifier(finished)}`)
  } finally {
    await client.query('select pg_advisory_unlock(hashtext($1))', [finished])
  }
}

function adminUrl(): string {
  const version = process.env['CASCATA_TEST_PG'] === '15' ? 15 : 18
  const url = inject(version === 15 ? 'pg15Url' : 'pg18Url')
  if (url) return url
  throw new Error(
    `No PostgreSQL ${version} was started for this run. Name the file *.pg.test.ts or *.page.test.ts, so that ` +
      'scripts/testing/postgres-servers.ts knows that it needs one.',
  )
}

function urlOf(database: string): string {
  const url = new URL(adminUrl())
  url.pathname = `/${database}`
  return url.href
}

/** Connections are kept: starting a process of PostgreSQL for each step cost as much as many a test. */
const admins = new Map<string, pg.Pool>()

function adminPool(): pg.Pool {
  const url = adminUrl()
  const kept = admins.get(url)
  if (kept) return kept
  const pool = new pg.Pool({ connectionString: url, idleTimeoutMillis: 0, allowExitOnIdle: true })
  pool.on('error', () => {}) // the run's server ends before this process does
  admins.set(url, pool)
  return pool
}

async function asAdmin<T>(action: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await adminPool().connect()
  try {
    return await action(client)
  } finally {
    client.release()
  }
}
