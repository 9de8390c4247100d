import { fileURLToPath } from 'node:url'
import { CascataError } from '../errors.ts'
import { checkedConnection, connectorOf, type DatabaseConnection } from './connection.ts'
import { isConnectionLoss, isFromServer } from './database-error.ts'
import { type IsolatedRoles, isolate } from './isolate.ts'
import { holdLock, patiently } from './patience.ts'
import { migrationsOf, runMigrations, unknownMigrations } from './run-migrations.ts'
import { asTx, type Tx } from './tx.ts'

export const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url))
export const MIGRATIONS_TABLE = 'cascata.migrations'

/** How a daemon hears of new work besides polling; what each is for: docs/guides/doorbell.md. */
export type DoorbellMode = 'trigger' | 'after-commit' | 'poll'

/** @throws CascataError `bad-option` for another mode than the three. */
export function checkedDoorbell(mode: DoorbellMode = 'trigger'): DoorbellMode {
  if (['trigger', 'after-commit', 'poll'].includes(mode)) return mode
  throw new CascataError('bad-option', `"${mode}" is no doorbell.`, { fix: 'use trigger, after-commit or poll.' })
}

export interface MigrateOptions {
  /** Connection of the role that owns (or will own) the schema `cascata`. */
  url: DatabaseConnection
  /**
   * Isolated mode: roles that own nothing. Handlers and requests are held by row-level security, and the engine's writes
   * go through functions. Left out: everything runs as the role that connects.
   */
  roles?: IsolatedRoles
  /** `trigger` (default): inserts ring. Otherwise the triggers are off (Citus refuses them), and writers or polls do. */
  doorbell?: DoorbellMode
}

/**
 * Brings the schema `cascata` up to this version of the library. Safe with any number of processes at once.
 * @returns the names of the migrations that ran now.
 * @throws CascataError `bad-option`, `postgres-unreachable`, `postgres-too-old`, `encoding-unsupported`, `missing-right`,
 * `schema-ahead`, `migration-changed`, `blocked`.
 */
export async function migrate({ url, roles, doorbell = 'trigger' }: MigrateOptions): Promise<string[]> {
  checkedDoorbell(doorbell)
  const { Client, address } = connectorOf(checkedConnection('url', url), 'cascata migrate')
  const client = new Client()
  client.on('error', () => {}) // a loss shows in the query under way
  try {
    await client.connect()
  } catch (error) {
    throw unreachable(address, error)
  }
  try {
    const connection = asTx(client)
    // Names that the application has made mean nothing here.
    await client.query('set search_path = pg_catalog, pg_temp')
    const ran = await runMigrations({ connection, directory: MIGRATIONS, table: MIGRATIONS_TABLE })
    await holdLock(connection, 'cascata.settings')
    // Partitions ahead, for writers that start long after the last daemon did.
    await patiently(connection, 'The weeks ahead could not be made', () =>
      client.query(`select cascata.create_partitions(now(), now() + interval '28 days')`),
    )
    await patiently(connection, 'The doorbell could not be set', () => setDoorbell(connection, doorbell))
    // The newer version has given the rights that its functions need, and the older one does not know them.
    if (roles && !(await isAhead(connection))) await isolate(connection, roles)
    return ran
  } finally {
    await client.end()
  }
}

async function isAhead(connection: Tx): Promise<boolean> {
  return (await unknownMigrations(connection, MIGRATIONS_TABLE, await migrationsOf(MIGRATIONS))).length > 0
}

async function setDoorbell(connection: Tx, mode: DoorbellMode): Promise<void> {
  const wanted = mode === 'trigger' ? 'O' : 'D'
  const triggers = await connection.query<{ table: string; name: string }>(
    `select c.relname as table, t.tgname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
     join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'cascata' and not t.tgisinternal and right(t.tgname, 9) = '_doorbell' and t.tgenabled <> $1`,
    [wanted],
  )
  for (const { table, name } of triggers.rows) {
    await connection.query(`alter table cascata.${table} ${wanted === 'O' ? 'enable' : 'disable'} trigger ${name}`)
  }
}

/**
 * What went wrong when connecting, with the password left out.
 * @param address where.
 */
export function unreachable(address: string, error: unknown): unknown {
  // Whatever PostgreSQL says it says itself: it answers.
  const code = String((error as { code?: unknown } | undefined)?.code)
  const answered = isFromServer(error) && (!isConnectionLoss(error) || /^(?:28|3D)/.test(code))
  if (answered || error instanceof CascataError) return error
  return new CascataError('postgres-unreachable', `No PostgreSQL answers at ${address}: ${(error as Error).message}.`, {
    fix: 'start it, or correct the connection.',
    cause: error,
  })
}
