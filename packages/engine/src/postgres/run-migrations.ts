import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CascataError } from '../errors.ts'
import type { Tx } from './tx.ts'

export interface MigrationsOptions {
  /** A connection of the role that shall own what is made; not in a transaction. */
  connection: Tx
  /** Folder of `0001-what-it-does.sql` files, run in the order of their names. */
  directory: string
  /** Schema-qualified table that remembers what ran; its schema is created when missing. */
  table: string
}

/**
 * Runs the migrations that have not run: plain SQL, forward only, each in a transaction of its own. Safe when many
 * processes start at once: one runs them, the others wait and find them done.
 * @returns the names of those that ran now.
 * @throws CascataError `bad-option`, `migration-changed`, `schema-ahead`, `postgres-too-old`, `missing-right`.
 */
export async function runMigrations({ connection, directory, table }: MigrationsOptions): Promise<string[]> {
  if (!/^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/.test(table)) {
    throw new CascataError('bad-option', `"${table}" is no table with its schema.`, {
      fix: "use e.g. 'app.migrations'.",
    })
  }
  const files = (await readdir(directory).catch(noFolder)).filter((name) => name.endsWith('.sql')).sort()
  const lock = `select pg_advisory_lock(hashtextextended('cascata.migrations.' || $1, 0))`
  await connection.query(lock, [table])
  try {
    await checkServer(connection)
    await prepare(connection, table)
    const done = await connection.query<{ name: string; checksum: string }>(`select name, checksum from ${table}`)
    const ran: string[] = []
    const known = new Set(files)
    for (const { name } of done.rows) {
      if (!known.has(name)) {
        throw new CascataError('schema-ahead', `${table} lists "${name}", which this version does not have.`, {
          fix: 'start the newer version, or restore the database that belongs to this one.',
        })
      }
    }
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
      await connection.query('begin')
      try {
        await connection.query(sql)
        await connection.query(`insert into ${table} (name, checksum) values ($1, $2)`, [name, checksum])
        await connection.query('commit')
      } catch (error) {
        await connection.query('rollback')
        throw missingRight(error, `run migration "${name}"`)
      }
      ran.push(name)
    }
    return ran
  } finally {
    await connection.query(`select pg_advisory_unlock(hashtextextended('cascata.migrations.' || $1, 0))`, [table])
  }
}

function noFolder(cause: unknown): never {
  throw new CascataError('bad-option', `The migrations cannot be read: ${(cause as Error).message}.`, {
    fix: 'name the folder that holds the .sql files.',
    cause,
  })
}

async function checkServer(connection: Tx): Promise<void> {
  const version = await connection.query<{ n: number }>(`select current_setting('server_version_num')::integer as n`)
  const number = version.rows[0]?.n ?? 0
  if (number < 150_000) {
    throw new CascataError('postgres-too-old', `The server is PostgreSQL ${Math.floor(number / 10_000)}.`, {
      fix: 'use PostgreSQL 15, 16, 17 or 18.',
    })
  }
}

async function prepare(connection: Tx, table: string): Promise<void> {
  const [schema] = table.split('.')
  try {
    const there = await connection.query(`select 1 from pg_namespace where nspname = $1`, [schema])
    if (there.rowCount === 0) await connection.query(`create schema ${schema}`)
    await connection.query(`create table if not exists ${table} (
      name text primary key, checksum text not null, ran_at timestamptz not null default now())`)
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
