import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { CascataError } from '../errors.ts'
import { checkedConnection, connectorOf, type DatabaseConnection } from './connection.ts'
import { isConnectionLoss, isFromServer } from './database-error.ts'
import { type IsolatedRoles, isolate } from './isolate.ts'
import { runMigrations } from './run-migrations.ts'
import { asTx } from './tx.ts'

export const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url))
export const MIGRATIONS_TABLE = 'cascata.migrations'

/** How a daemon hears of new work besides polling: see docs/guides/doorbell.md. */
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
 * @throws CascataError `bad-option`, `postgres-unreachable`, `postgres-too-old`, `missing-right`, `schema-ahead`, `migration-changed`.
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
    const ran = await runMigrations({ connection: asTx(client), directory: MIGRATIONS, table: MIGRATIONS_TABLE })
    await client.query(`select pg_advisory_lock(hashtextextended('cascata.settings', 0))`)
    // Partitions ahead, for writers that start long after the last daemon did.
    await client.query(`select cascata.create_partitions(now(), now() + interval '28 days')`)
    await setDoorbell(client, doorbell)
    if (roles) await isolate(asTx(client), roles)
    return ran
  } finally {
    await client.end()
  }
}

async function setDoorbell(client: pg.Client, mode: DoorbellMode): Promise<void> {
  const wanted = mode === 'trigger' ? 'O' : 'D'
  const triggers = await client.query<{ table: string; name: string }>(
    `select tgrelid::regclass::text as table, tgname as name from pg_trigger
     where not tgisinternal and tgname like '%\\_doorbell' and tgrelid::regclass::text like 'cascata.%' and tgenabled <> $1`,
    [wanted],
  )
  for (const { table, name } of triggers.rows) {
    await client.query(`alter table ${table} ${wanted === 'O' ? 'enable' : 'disable'} trigger ${name}`)
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
