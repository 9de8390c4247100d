-- Facts: what happened. Rows are inserted once and never updated; a partition goes when nothing unfinished needs it.
-- Partitioned by UUIDv7, whose first 48 bits are its time: so the key stays (tenant, id) and a look-up by id prunes.
-- No default partition: it would make DETACH CONCURRENTLY impossible and swallow ranges. No foreign keys among facts:
-- they would block drops. The primary keys are made after the other indexes: of indexes that cost the same the planner takes
-- the youngest, and in a week that was empty when a plan was made all cost the same.

create table cascata.events (
  tenant      uuid        not null,
  id          uuid        not null,
  type        text        not null,
  data        jsonb       not null,
  entity_type text        not null,
  entity_id   text        not null,
  occurred_at timestamptz not null default now(),
  root_id     uuid        not null,
  command_id  uuid,                       -- the command whose handler emitted it
  actor       text,
  trace       text
) partition by range (id);

create index events_root on cascata.events (tenant, root_id, id);
create index events_type on cascata.events (tenant, type, id);
create index events_entity on cascata.events (tenant, entity_type, entity_id, id);
create index events_command on cascata.events (tenant, command_id, id) where command_id is not null;
alter table cascata.events add primary key (tenant, id);

create table cascata.commands (
  tenant      uuid        not null,
  id          uuid        not null,
  type        text        not null,
  data        jsonb       not null,
  created_at  timestamptz not null default now(),
  run_at      timestamptz,                -- not before; null = at once
  lane        smallint    not null check (lane between 0 and 2),
  priority    smallint    not null check (priority between -100 and 100),
  root_id     uuid        not null,
  origin      text        not null
              check (origin in ('event', 'command', 'reprocess', 'batch', 'batch-failure', 'schedule', 'direct')),
  origin_id   uuid        check ((origin_id is null) = (origin in ('direct', 'schedule'))),
  handler     text        check ((handler is null) = (origin <> 'event')),
  batch_id    uuid,                       -- the batch that it is a member of
  author      text,                       -- who reprocessed it, and why
  reason      text,
  trace       text                        -- W3C traceparent of what it follows from
) partition by range (id);

create index commands_root on cascata.commands (tenant, root_id, id);
create index commands_origin on cascata.commands (tenant, origin_id, id) where origin_id is not null;
create index commands_batch on cascata.commands (tenant, batch_id, id) where batch_id is not null;
alter table cascata.commands add primary key (tenant, id);

-- One per claim that ended, by the command's id. `final` marks the one that ended the command, with what lists need.
create table cascata.attempts (
  tenant      uuid        not null,
  command_id  uuid        not null,
  claim_no    integer     not null,
  type        text        not null,
  outcome     text        not null
              check (outcome in ('success', 'error', 'cancelled', 'snoozed', 'released', 'lost', 'unknown')),
  final       boolean     not null,
  started_at  timestamptz,                -- null: it was claimed and never started
  ended_at    timestamptz not null default now(),
  ms          double precision not null,  -- of running, by the daemon's monotonic clock
  error_class text,
  error       text,
  stack       text,
  next_at     timestamptz,
  next_why    text,
  daemon_id   uuid,                       -- null: a human decided
  batch_id    uuid,
  event_id    uuid
) partition by range (command_id);

-- Without these two the newest-errors page took 596 ms at a million commands.
create index attempts_outcome on cascata.attempts (tenant, outcome, command_id) where final;
create index attempts_type on cascata.attempts (tenant, type, outcome, command_id) where final;
alter table cascata.attempts add primary key (tenant, command_id, claim_no);

-- One per (event, handler, claim). handler '' is an event of which nobody wanted to hear. `final` alone is ever changed: when a
-- handler that ended in error is run again (0009).
create table cascata.event_handlings (
  tenant      uuid        not null,
  event_id    uuid        not null,
  handler     text        not null,
  claim_no    integer     not null,
  type        text        not null,
  outcome     text        not null check (outcome in ('success', 'error', 'lost', 'released')),
  final       boolean     not null,
  started_at  timestamptz,
  ended_at    timestamptz not null default now(),
  ms          double precision not null,
  error_class text,
  error       text,
  stack       text,
  next_at     timestamptz,
  next_why    text,
  daemon_id   uuid                        -- null: a human decided
) partition by range (event_id);

create index event_handlings_outcome on cascata.event_handlings (tenant, outcome, event_id) where final;
alter table cascata.event_handlings add primary key (tenant, event_id, handler, claim_no);

-- The milliseconds in a UUIDv7, and the smallest one of an instant.
create function cascata.uuid_ms(id uuid) returns bigint language sql immutable strict parallel safe
as $$ select ('x' || pg_catalog.left(pg_catalog.translate(id::text, '-', ''), 12))::bit(48)::bigint $$;

create function cascata.uuid_floor(at timestamptz) returns uuid language sql immutable strict parallel safe
as $$ select pg_catalog.rpad(pg_catalog.lpad(pg_catalog.to_hex((extract(epoch from at) * 1000)::bigint), 12, '0'), 32, '0')::uuid $$;

create function cascata.hour_of(id uuid) returns timestamptz language sql immutable strict parallel safe
as $$ select pg_catalog.date_trunc('hour', pg_catalog.to_timestamp(cascata.uuid_ms(id) / 1000), 'UTC') $$;

-- Weeks from Monday 00:00 UTC, the same ranges for the four tables, so that they are dropped together. Each is made on its
-- own and attached: readers and writers of the table neither wait for it nor does it wait for them, however long they take.
-- What it does wait for, an ANALYZE or DDL on the whole table, it waits for half a second, and fails with 55P03: the next
-- round of upkeep tries again. ATTACH makes the indexes, in the order of the table's own.
create function cascata.create_partitions(from_at timestamptz, until_at timestamptz) returns integer
language plpgsql set lock_timeout = '500ms' as $$
declare
  week timestamptz := date_trunc('week', from_at, 'UTC');
  fact text;
  part text;
  made integer := 0;
begin
  while week < until_at loop
    foreach fact in array array['events', 'commands', 'attempts', 'event_handlings'] loop
      part := fact || '_' || to_char(week at time zone 'UTC', 'YYYYMMDD');
      continue when to_regclass('cascata.' || part) is not null;
      -- One maker at a time. Whoever waited finds the week made, and no look at the catalogue tells that for certain: the
      -- caller's snapshot and caches may be older than the wait. Nobody else stands behind it: it may take longer than DDL.
      perform set_config('lock_timeout', '5s', true);
      perform pg_advisory_xact_lock(hashtextextended('cascata.create_partitions', 0));
      perform set_config('lock_timeout', '500ms', true);
      begin
        execute format('create table cascata.%I (like cascata.%I including all excluding indexes)', part, fact);
        execute format('alter table cascata.%I attach partition cascata.%I for values from (%L) to (%L)',
          fact, part, cascata.uuid_floor(week), cascata.uuid_floor(week + interval '7 days'));
        made := made + 1;
      exception when duplicate_table then
        null;
      end;
    end loop;
    week := week + interval '7 days';
  end loop;
  return made;
end $$;

select cascata.create_partitions(now() - interval '7 days', now() + interval '28 days');
