import { readdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import type pg from 'pg'
import type { App } from '../app/app.ts'
import { correctClock } from '../definitions/uuid.ts'
import { CascataError } from '../errors.ts'
import { MIGRATIONS, MIGRATIONS_TABLE } from '../postgres/migrate.ts'
import { OWN_TYPES } from '../postgres/own-types.ts'
import { type RunStatement, statement } from '../postgres/pools.ts'

export interface Registration {
  control: pg.Pool
  run: RunStatement
  daemonId: string
  lockKey: string
  leaseMs: number
  app: App
  /** The application's. */
  version: string
  /** A connection of its own, so that a lock that others hold silences nobody. */
  heart: pg.Pool
}

const register = statement(
  'register_daemon',
  `insert into cascata.daemons (id, lock_key, host, pid, version, state, lease_ms, event_types, command_types)
   values ($1, $2, $3, $4, $5, 'running', $6, $7, $8)
   on conflict (id) do update set lock_key = excluded.lock_key, state = 'running', heartbeat_at = now()`,
)
const subscribe = statement(
  'subscribe',
  `insert into cascata.subscriptions (event_type, handler)
   select * from unnest($1::text[], $2::text[]) as s(event_type, handler) order by 1, 2
   on conflict (event_type, handler) do update set seen_at = now()`,
)
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
  const files = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql')).sort()
  const ran = await control
    .query<{ name: string }>({ text: `select name from ${MIGRATIONS_TABLE} order by name`, types: OWN_TYPES })
    .then(({ rows }) => rows.map(({ name }) => name))
    .catch((error: unknown): string[] => {
      // undefined table or schema: nothing has run
      if (['42P01', '3F000'].includes(String((error as { code?: unknown }).code))) return []
      throw error
    })
  const missing = files.filter((name) => !ran.includes(name))
  if (missing.length > 0) {
    throw new CascataError(
      'schema-behind',
      `${missing.length} migrations have not run, the first is "${missing[0]}".`,
      {
        fix: 'call migrate({ url }) with the role that owns the schema, then start again.',
      },
    )
  }
  const unknown = ran.filter((name) => !files.includes(name))
  if (unknown.length > 0) {
    throw new CascataError('schema-ahead', `The database has run "${unknown[0]}", which this version does not have.`, {
      fix: 'deploy the newer version of the library.',
    })
  }
}

/** Says that this daemon lives, what it can do, and which handlers want which events. */
export async function registerDaemon(registration: Registration): Promise<void> {
  await enter(registration, registration.control)
  await renewSubscriptions(registration)
}

async function enter({ run, daemonId, lockKey, leaseMs, app, version }: Registration, on: pg.Pool): Promise<void> {
  const events = [...app.events.keys()]
  const commands = [...app.commandHandlers.keys()]
  const values = [daemonId, lockKey, hostname(), process.pid, version, Math.round(leaseMs), events, commands]
  await run(on, register, values)
}

export async function renewSubscriptions({
  control,
  run,
  app,
}: Pick<Registration, 'control' | 'run' | 'app'>): Promise<void> {
  const wanted = [...app.eventHandlers].flatMap(([type, handlers]) =>
    handlers.map((h) => [type, h.handlerName] as const),
  )
  await run(control, subscribe, [wanted.map(([type]) => type), wanted.map(([, handler]) => handler)])
}

export async function beat(registration: Registration): Promise<void> {
  const { heart, run, daemonId } = registration
  const rows = await run(heart, heartbeat, [daemonId])
  if (rows.length === 0) await enter(registration, heart) // it was away for so long that it was forgotten
}

export async function leave({ heart, run, daemonId }: Registration, state: 'draining' | 'stopped'): Promise<void> {
  await run(heart, setState, [daemonId, state])
}

/** The database's clock makes the ids; half the round trip is its error. */
export async function followClock({ control, run }: Pick<Registration, 'control' | 'run'>): Promise<void> {
  const before = Date.now()
  const [row] = await run<{ ms: string }>(control, clock, [])
  correctClock(Number(row?.ms) - (before + Date.now()) / 2)
}
