import { setTimeout as sleep } from 'node:timers/promises'
import { blocked, isBlocked } from './database-error.ts'
import type { Tx } from './tx.ts'

/** Each wait for a lock of others, in milliseconds: whoever comes behind it stands still that long at the most. */
const LOCK_MS = 1_000
const TRIES = 30

/**
 * Runs `work` in a transaction of its own, read committed and writing whatever the role's and the database's defaults are,
 * and without their timeouts. A lock that others hold is waited for a second at a time, and asked for again: a statement that
 * waits longer makes everybody wait behind it.
 * @throws CascataError `blocked` when the lock was not to be had in half a minute.
 */
export async function patiently<T>(connection: Tx, what: string, work: () => Promise<T>, triesMax = TRIES): Promise<T> {
  for (let tries = 1; ; tries++) {
    await begin(connection, LOCK_MS)
    try {
      const result = await work()
      await connection.query('commit')
      return result
    } catch (error) {
      await connection.query('rollback')
      if (!isBlocked(error) || tries >= triesMax) throw blocked(what, error)
      await sleep(50 + Math.random() * 200)
    }
  }
}

/** A session's advisory lock, waited for however long another process has it. */
export async function holdLock(connection: Tx, name: string): Promise<void> {
  await begin(connection, 0)
  await connection.query('select pg_advisory_lock(hashtextextended($1, 0))', [name])
  await connection.query('commit')
}

async function begin(connection: Tx, lockMs: number): Promise<void> {
  await connection.query('begin isolation level read committed read write')
  await connection.query(
    `select set_config(name, case name when 'lock_timeout' then $1 else '0' end, true) from pg_catalog.pg_settings
     where name in ('statement_timeout', 'lock_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout')`,
    [String(lockMs)],
  )
}
