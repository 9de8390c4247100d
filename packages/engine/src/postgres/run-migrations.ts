import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CascataError } from '../errors.ts'
import { holdLock, patiently } from './patience.ts'
import type { Tx } from './tx.ts'

export interface MigrationsOptions {
  /** A connection of the role that shall own what is made; not in a transaction. */
  connection: Tx
  /** Folder of `0001-what-it-does.sql` files, run in the order of their names. */
  directory: string
  /** Schema-qualified table that remembers what ran; its schema is created when missing. */
  table: string
}

/** A line of a migration beside which the version before it may run: what it adds, older code does not have to know. */
const COMPATIBLE = /^-- compatible with older versions\s*$/m

/**
 * Runs the migrations that have not run: plain SQL, forward only, each in a transaction of its own. Safe when many
 * processes start at once: one runs them, the others wait and find them done. What newer versions have run is accepted where
 * all of it says in a line of its own `-- compatible with older versions`: an application may then be rolled back.
 * @returns the names of those that ran now.
 * @throws CascataError `bad-option`, `migration-changed`, `schema-ahead`, `postgres-too-old`, `encoding-unsupported`,
 * `missing-right`, `blocked`.
 */
export async function runMigrations({ connection, directory, table }: MigrationsOptions): Promise<string[]> {
  if (!/^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/.test(table)) {
    throw new CascataError('bad-option', `"${table}" is no table with its schema.`, {
      fix: "use e.g. 'app.migrations'.",
    })
  }
  const files = await migrationsOf(directory)
  await checkServer(connection)
  await holdLock(connection, `cascata.migrations.${table}`)
  try {
    await prepare(connection, table)
    const done = await connection.query<{ name: string; checksum: string }>(`select name, checksum from ${table}`)
    const ran: string[] = []
    checkNotAhead(table, await unknownMigrations(connection, table, files))
    for (const name of files) {
      const sql = await readFile(join(directory, name), 'utf8')
      const checksum = createHash('sha256').update(sql).digest('hex')
      const earlier = done.rows.find((row) => row.name === name)
      if (earlier?.checksum === checksum) continue
      if (earlier) {
        throw new CascataError('migration-changed', `"${name}" is not what ran in this database.`, {
          fix: 'restore the file and put the change into a new migration.',
        })
      }
      try {
        await patiently(connection, `Migration "${name}" could not run`, async () => {
          await connection.query(sql)
          await connection.query(`insert into ${table} (name, checksum, compatible) values ($1, $2, $3)`, [
            name,
            checksum,
            COMPATIBLE.test(sql),
          ])
        })
      } catch (error) {
        throw missingRight(error, `run migration "${name}"`)
      }
      ran.push(name)
    }
    return ran
  } finally {
    await connection.query(`select pg_advisory_unlock(hashtextextended('cascata.migrations.' || $1, 0))`, [table])
  }
}

/** Names of the migrations in a folder, in the order in which they run. @throws CascataError `bad-option`. */
export async function migrationsOf(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(noFolder)).filter((name) => name.endsWith('.sql')).sort()
}

export interface UnknownMigration {
  name: string
  /** It said of itself that older versions may run beside it. */
  compatible: boolean
}

/** What ran in the database, and is not among `known`. */
export async function unknownMigrations(
  connection: Tx,
  table: string,
  known: readonly string[],
): Promise<UnknownMigration[]> {
  const { rows } = await connection.query<UnknownMigration>(`select name, compatible from ${table} order by name`)
  return rows.filter(({ name }) => !known.includes(name))
}

/** @throws CascataError `schema-ahead` for the first that older versions may not run beside. */
export function checkNotAhead(table: string, unknown: readonly UnknownMigration[]): void {
  const first = unknown.find(({ compatible }) => !compatible)
  if (!first) return
  throw new CascataError('schema-ahead', `${table} lists "${first.name}", which this version does not have.`, {
    fix: 'start the newer version, or restore the database that belongs to this one.',
  })
}

function noFolder(cause: unknown): never {
  throw new CascataError('bad-option', `The migrations cannot be read: ${(cause as Error).message}.`, {
    fix: 'name the folder that holds the .sql files.',
    cause,
  })
}

async function checkServer(connection: Tx): Promise<void> {
  const server = await connection.query<{ n: number; encoding: string }>(
    `select current_setting('server_version_num')::integer as n, current_setting('server_encoding') as encoding`,
  )
  const { n = 0, encoding } = server.rows[0] ?? {}
  if (n < 150_000) {
    throw new CascataError('postgres-too-old', `The server is PostgreSQL ${Math.floor(n / 10_000)}.`, {
      fix: 'use PostgreSQL 15, 16, 17 or 18.',
    })
  }
  if (encoding !== 'UTF8') {
    throw new CascataError('encoding-unsupported', `The database's encoding is ${encoding}.`, {
      fix: "create the database with encoding 'UTF8' template template0, and move the data there.",
    })
  }
}

async function prepare(connection: Tx, table: string): Promise<void> {
  const [schema] = table.split('.')
  try {
    await patiently(connection, `Table ${table} could not be made`, async () => {
      const there = await connection.query('select 1 from pg_namespace where nspname = $1', [schema])
      if (there.rowCount === 0) await connection.query(`create schema ${schema}`)
      await connection.query(`create table if not exists ${table} (name text primary key, checksum text not null,
        ran_at timestamptz not null default now(), compatible boolean not null default false)`)
    })
  } catch (error) {
    throw missingRight(error, `create schema ${schema}`)
  }
}

function missingRight(error: unknown, what: string): unknown {
  if ((error as { code?: unknown })?.code !== '42501') return error
  return new CascataError('missing-right', `This role may not ${what}: ${(error as Error).message}.`, {
    fix: 'connect as the role that owns the database, or grant CREATE on the database to this one.',
    cause: error,
  })
}
