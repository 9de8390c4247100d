import { createHash } from 'node:crypto'
import { CascataError } from '../errors.ts'
import { patiently } from './patience.ts'
import type { Tx } from './tx.ts'

/** Names of existing roles; none of them owns anything. */
export interface IsolatedRoles {
  /** Signs in for requests: emits, enqueues, reads its own tenant. */
  web: string
  /** Signs in for handlers: as `web`, plus fence and completion. */
  exec: string
  /** The daemon's own: claims, settles, upkeep, of every tenant. */
  daemon: string
  /** Administrators' pages: reads every tenant, reprocesses. */
  console: string
}

/** What saves events and work for whoever may write at all, each checking the tenant itself. */
const WRITES = [
  'emit',
  'emit_one',
  'emit_again',
  'enqueue',
  'enqueue_alike',
  'add_to_batch',
  'seal_batch',
  'reprocess',
  'reprocess_event',
  'decide',
  'discard_event',
]

/** Functions that write on behalf of a role that may not, each checking the tenant or the claim itself. */
const DEFINER: Record<'web' | 'exec' | 'daemon' | 'console', readonly string[]> = {
  web: WRITES,
  exec: [...WRITES, 'fence', 'complete', 'fence_shared', 'complete_shared', 'settle_events', 'enter_event'],
  daemon: ['create_partitions', 'drop_week', 'prune_commands'],
  console: ['reprocess', 'reprocess_event', 'decide', 'discard_event'],
}

const TENANT_TABLES = [
  'events',
  'commands',
  'attempts',
  'event_handlings',
  'event_queue',
  'command_queue',
  'committed_commands',
  'batches',
  'batch_failures',
  'recoveries',
  'effects',
  'audit',
  'tallies',
  'totals',
  'tally_deltas',
]

/**
 * Rights and row-level security of the isolated mode. Run as the schema's owner. Done once for each set of statements and
 * migrations: they take locks that readers would have to wait for, and every process calls this when it starts.
 */
export async function isolate(owner: Tx, roles: IsolatedRoles): Promise<void> {
  for (const role of [roles.web, roles.exec, roles.daemon, roles.console]) {
    if (typeof role !== 'string' || !/^[a-z_][a-z0-9_]*$/.test(role)) {
      throw new CascataError('bad-option', `"${role}" is no role name.`, {
        fix: 'use lower-case letters, digits and _.',
      })
    }
  }
  const { web, exec, daemon, console: admin } = roles
  const statements = [
    `grant usage on schema cascata to ${web}, ${exec}, ${daemon}, ${admin}`,
    `revoke all on all functions in schema cascata from public`,
    `grant execute on all functions in schema cascata to ${daemon}`,
    // ring too: up to PostgreSQL 17 a deferred trigger runs as whoever commits.
    `grant execute on function cascata.uuid_ms(uuid), cascata.uuid_floor(timestamptz), cascata.current_claim(integer),
     cascata.ring(text) to ${web}, ${exec}, ${admin}`,
    `grant execute on function cascata.hour_of(uuid), cascata.retention_report(interval), cascata.given_up(interval)
     to ${admin}`,
    `grant select, insert, update, delete on all tables in schema cascata to ${daemon}`,
    `revoke update, delete on cascata.events, cascata.commands, cascata.attempts, cascata.event_handlings, cascata.audit
     from ${daemon}`,
    `revoke insert, update, delete on cascata.migrations from ${daemon}`,
    `grant select on all tables in schema cascata to ${admin}`,
    `grant select on ${[...TENANT_TABLES, 'command_statuses', 'event_statuses', 'batch_statuses'].map((t) => `cascata.${t}`).join(', ')}
     to ${web}, ${exec}`,
  ]
  for (const table of TENANT_TABLES) {
    statements.push(
      `alter table cascata.${table} enable row level security`,
      `drop policy if exists own_tenant on cascata.${table}`,
      `create policy own_tenant on cascata.${table} for select to ${web}, ${exec}
       using (tenant = current_setting('cascata.tenant')::uuid)`,
      `drop policy if exists every_tenant on cascata.${table}`,
      `create policy every_tenant on cascata.${table} to ${daemon} using (true) with check (true)`,
      `drop policy if exists read_every_tenant on cascata.${table}`,
      `create policy read_every_tenant on cascata.${table} for select to ${admin} using (true)`,
    )
  }
  for (const [role, functions] of Object.entries(DEFINER)) {
    const name = roles[role as keyof IsolatedRoles]
    for (const fn of functions) {
      statements.push(`do $$ declare f regprocedure; begin
        for f in select p.oid from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                 where n.nspname = 'cascata' and p.proname = '${fn}' loop
          execute format('alter function %s security definer set search_path = pg_catalog, pg_temp', f);
          execute format('grant execute on function %s to ${name}', f);
        end loop; end $$`)
    }
  }
  const migrations = await owner.query<{ name: string }>('select name from cascata.migrations order by name')
  const mark = createHash('sha256')
    .update(JSON.stringify([statements, migrations.rows]))
    .digest('hex')
  const done = await owner.query<{ mark: string | null }>(
    `select obj_description('cascata'::regnamespace, 'pg_namespace') as mark`,
  )
  if (done.rows[0]?.mark === `isolated ${mark}`) return
  try {
    await patiently(owner, 'The rights of the roles could not be given', async () => {
      for (const statement of statements) await owner.query(statement)
      await owner.query(`comment on schema cascata is 'isolated ${mark}'`)
    })
  } catch (error) {
    if ((error as { code?: unknown }).code !== '42704') throw error
    throw new CascataError('bad-option', `A role is missing: ${(error as Error).message}.`, {
      fix: 'create the roles first; they need LOGIN and nothing else.',
      cause: error,
    })
  }
}
