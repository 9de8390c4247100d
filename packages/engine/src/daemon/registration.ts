import { hostname } from 'node:os'
import type pg from 'pg'
import { subscriptionsOf } from '../app/app.ts'
import { correctClock } from '../definitions/uuid.ts'
import { CascataError } from '../errors.ts'
import { MIGRATIONS, MIGRATIONS_TABLE } from '../postgres/migrate.ts'
import { OWN_TYPES } from '../postgres/own-types.ts'
import { type RunStatement, statement } from '../postgres/pools.ts'
import { checkNotAhead, migrationsOf, type UnknownMigration } from '../postgres/run-migrations.ts'
import type { Taken } from './take.ts'

export interface Registration {
  control: pg.Pool
  run: RunStatement
  daemonId: string
  lockKey: string
  leaseMs: number
  taken: Taken
  /** The application's. */
  version: string
  /** A connection of its own, so that a lock that others hold silences nobody. */
  heart: pg.Pool
}

const register = statement(
  'register_daemon',
  `insert into cascata.daemons (id, lock_key, host, pid, version, state, lease_ms, event_types, command_types,
     event_handlers, lanes)
   values ($1, $2, $3, $4, $5, 'running', $6, $7, $8, $9, $10)
   on conflict (id) do update set lock_key = excluded.lock_key, state = 'running', heartbeat_at = now()`,
)
const follow = statement('follow_subscriptions', 'select cascata.follow_subscriptions()')
// Whoever was called lost in the meantime is back.
const heartbeat = statement(
  'heartbeat',
  `update cascata.daemons set heartbeat_at = now(), state = case when state = 'lost' then 'running' else state end
   where id = $1 returning id`,
)
const setState = statement(
  'set_daemon_state',
  'update cascata.daemons set state = $2, heartbeat_at = now() where id = $1',
)
const clock = statement('clock', 'select extract(epoch from clock_timestamp()) * 1000 as ms')

/** @throws CascataError `schema-behind` when a migration of this version has not run, `schema-ahead` when unknown ones have. */
export async function checkSchema({ control }: Registration): Promise<void> {
  const files = await migrationsOf(MIGRATIONS)
  const ran = await control
    .query<UnknownMigration>({
      text: `select name, compatible from ${MIGRATIONS_TABLE} order by name`,
      types: OWN_TYPES,
    })
    .then(({ rows }) => rows)
    .catch((error: unknown): UnknownMigration[] => {
      // undefined table, schema or column: nothing has run, or something old
      if (['42P01', '3F000', '42703'].includes(String((error as { code?: unknown }).code))) return []
      throw error
    })
  const missing = files.filter((name) => !ran.some((row) => row.name === name))
  if (missing.length > 0) {
    throw new CascataError(
      'schema-behind',
      `${missing.length} migrations have not run, the first is "${missing[0]}".`,
      {
        fix: 'call migrate({ url }) with the role that owns the schema, then start again.',
      },
    )
  }
  checkNotAhead(
    MIGRATIONS_TABLE,
    ran.filter(({ name }) => !files.includes(name)),
  )
}

/** Says that this daemon lives, what it can do, and which handlers want which events. */
export async function registerDaemon(registration: Registration): Promise<void> {
  await enter(registration, registration.control)
  await followSubscriptions(registration)
}

async function enter({ run, daemonId, lockKey, leaseMs, taken, version }: Registration, on: pg.Pool): Promise<void> {
  const { app, lanes } = taken
  const events = [...app.events.keys()]
  const commands = [...app.commandHandlers.keys()]
  const values = [
    daemonId,
    lockKey,
    hostname(),
    process.pid,
    version,
    Math.round(leaseMs),
    events,
    commands,
    subscriptionsOf(app),
    lanes,
  ]
  await run(on, register, values)
}

/** What running daemons want to hear, now that one has come or gone. */
export async function followSubscriptions({ control, run }: Pick<Registration, 'control' | 'run'>): Promise<void> {
  await run(control, follow, [])
}

export async function beat(registration: Registration): Promise<void> {
  const { heart, run, daemonId } = registration
  const rows = await run(heart, heartbeat, [daemonId])
  if (rows.length === 0) await enter(registration, heart) // it was away for so long that it was forgotten
}

export async function leave({ heart, run, daemonId }: Registration, state: 'draining' | 'stopped'): Promise<void> {
  await run(heart, setState, [daemonId, state])
  await run(heart, follow, [])
}

/** The database's clock makes the ids; half the round trip is its error. */
export async function followClock({ control, run }: Pick<Registration, 'control' | 'run'>): Promise<void> {
  const before = Date.now()
  const [row] = await run<{ ms: string }>(control, clock, [])
  correctClock(Number(row?.ms) - (before + Date.now()) / 2)
}
