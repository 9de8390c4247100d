-- Counts that cost the hot path one index on xid8 per fact table. Every so often upkeep folds the rows of finished
-- transactions into tallies; an exact count is the tally plus the small rest that is not folded yet.

create table cascata.tallies (
  tenant uuid        not null,
  kind   text        not null check (kind in ('event', 'command', 'batch')),
  type   text        not null,
  status text        not null check (status in ('created', 'success', 'error', 'cancelled', 'unknown')),
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
  status text   not null check (status in ('created', 'success', 'error', 'cancelled', 'unknown')),
  n      bigint not null,
  primary key (tenant, kind, type, status)
);

create table cascata.tally_watermark (
  only_one  boolean     primary key default true check (only_one),
  folded_to xid8        not null,                 -- everything below is in the tallies
  folded_at timestamptz not null
);
insert into cascata.tally_watermark (folded_to, folded_at) values ('0', now());

-- What finished transactions between two marks added. `until` null: up to what this snapshot sees.
-- An event ends in error with the first of its handlers that did; its success is the rest.
create function cascata.unfolded(from_xid xid8, until_xid xid8)
returns table (tenant uuid, kind text, type text, status text, hour timestamptz, n bigint, ms double precision)
language sql stable as $$
  select tenant, 'event', type, 'created', date_trunc('hour', occurred_at, 'UTC'), count(*), 0::double precision
  from cascata.events where xid >= from_xid and (until_xid is null or xid < until_xid) group by 1, 3, 5
  union all
  select h.tenant, 'event', h.type, 'error', date_trunc('hour', h.ended_at, 'UTC'), count(*), 0
  from cascata.event_handlings h
  where h.xid >= from_xid and (until_xid is null or h.xid < until_xid) and h.final and h.outcome = 'error'
    and not exists (
      select 1 from cascata.event_handlings o
      where o.tenant = h.tenant and o.event_id = h.event_id and o.final and o.outcome = 'error'
        and (o.xid, o.handler) < (h.xid, h.handler))
  group by 1, 3, 5
  union all
  select tenant, 'command', type, 'created', date_trunc('hour', created_at, 'UTC'), count(*), 0
  from cascata.commands where xid >= from_xid and (until_xid is null or xid < until_xid) group by 1, 3, 5
  union all
  select tenant, 'command', type, outcome, date_trunc('hour', ended_at, 'UTC'), count(*), sum(ms)
  from cascata.attempts where xid >= from_xid and (until_xid is null or xid < until_xid) and final group by 1, 3, 4, 5
$$;

-- Folds what lies below the oldest transaction that still runs on this server; one folder at a time.
create function cascata.fold_tallies() returns bigint language plpgsql as $$
declare
  v_from xid8;
  v_until xid8 := pg_snapshot_xmin(pg_current_snapshot());
  v_folded bigint;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('cascata.fold_tallies', 0)) then return 0; end if;
  select folded_to into v_from from cascata.tally_watermark for update;
  if v_until <= v_from then return 0; end if;
  with fresh as materialized (
    select * from cascata.unfolded(v_from, v_until)
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
  select coalesce(sum(n), 0) into v_folded from fresh;
  update cascata.tally_watermark set folded_to = v_until, folded_at = now();
  return v_folded;
end $$;

-- Exact totals as of this snapshot.
create view cascata.current_totals with (security_invoker = true) as
select tenant, kind, type, status, sum(n)::bigint as n
from (
  select tenant, kind, type, status, n from cascata.totals
  union all
  select u.tenant, u.kind, u.type, u.status, u.n
  from cascata.tally_watermark w cross join lateral cascata.unfolded(w.folded_to, null) u
) t
group by 1, 2, 3, 4;
