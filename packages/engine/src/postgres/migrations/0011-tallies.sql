-- Counts. Whoever writes facts says in the same transaction how many of what, one row a group: a group of 2,000 pays once.
-- Every so often upkeep folds these into tallies. An exact count is the tally, what is not folded yet, for events
-- those that were never processed, in the queue (an emit pays nothing), and for commands those that are not recorded yet.

create table cascata.tallies (
  tenant uuid        not null,
  kind   text        not null check (kind in ('event', 'command', 'batch')),
  type   text        not null,
  status text        not null check (status in ('created', 'success', 'error', 'cancelled', 'unknown', 'recovered')),
  hour   timestamptz not null,                    -- of creation, or of the end
  n      bigint      not null,
  ms     double precision not null default 0,     -- of running, in all: for means
  primary key (tenant, kind, type, status, hour)
);
create index tallies_hour on cascata.tallies (kind, hour);

-- The same without the hour, for totals.
create table cascata.totals (
  tenant uuid   not null,
  kind   text   not null check (kind in ('event', 'command', 'batch')),
  type   text   not null,
  status text   not null check (status in ('created', 'success', 'error', 'cancelled', 'unknown', 'recovered')),
  n      bigint not null,
  primary key (tenant, kind, type, status)
);

-- What was added since. No index: it is read whole, and nearly always empty.
create table cascata.tally_deltas (
  tenant uuid             not null,
  kind   text             not null,
  type   text             not null,
  status text             not null,
  hour   timestamptz      not null,
  n      bigint           not null,
  ms     double precision not null default 0
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

create view cascata.unfolded with (security_invoker = true) as
select tenant, kind, type, status, hour, n, ms from cascata.tally_deltas
union all
select tenant, 'event', type, 'created', cascata.hour_of(event_id), 1, 0 from cascata.event_queue where handler = ''
union all
select tenant, 'command', type, 'success', date_trunc('hour', started_at, 'UTC'), 1, 0 from cascata.committed_commands;

-- Folds what has been committed, at most so many rows: after a weekend without a daemon there may be millions. One folder at a
-- time. Answers how many rows it folded.
create function cascata.fold_tallies(p_limit integer default 100000) returns integer language plpgsql as $$
declare
  v_folded integer;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('cascata.fold_tallies', 0)) then return 0; end if;
  with gone as (
    delete from cascata.tally_deltas where ctid = any(array(select ctid from cascata.tally_deltas limit p_limit)) returning *
  ), fresh as materialized (
    select tenant, kind, type, status, hour, sum(n) as n, sum(ms) as ms, count(*) as folded from gone group by 1, 2, 3, 4, 5
  ), hours as (
    insert into cascata.tallies (tenant, kind, type, status, hour, n, ms)
    select tenant, kind, type, status, hour, n, ms from fresh order by 1, 2, 3, 4, 5
    on conflict (tenant, kind, type, status, hour)
    do update set n = cascata.tallies.n + excluded.n, ms = cascata.tallies.ms + excluded.ms
  ), whole as (
    insert into cascata.totals (tenant, kind, type, status, n)
    select tenant, kind, type, status, sum(n) from fresh group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (tenant, kind, type, status) do update set n = cascata.totals.n + excluded.n
  )
  select coalesce(sum(folded), 0) into v_folded from fresh;
  return v_folded;
end $$;

-- Exact totals as of this snapshot.
create view cascata.current_totals with (security_invoker = true) as
select tenant, kind, type, status, sum(n)::bigint as n
from (
  select tenant, kind, type, status, n from cascata.totals
  union all
  select tenant, kind, type, status, n from cascata.unfolded
) t
group by 1, 2, 3, 4;
