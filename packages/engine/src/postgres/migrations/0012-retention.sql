-- Growth: history goes by whole partitions, a week at a time, once its retention has passed and nothing unfinished needs
-- it. Pending work is never touched, whatever its age.

-- The next command of a batch that failed waits for ever; past the retention it is given up.
create function cascata.given_up(p_tenant uuid, p_command uuid, p_keep interval) returns boolean language sql stable as $$
  select exists (
    select 1 from cascata.commands c join cascata.batches b on b.tenant = c.tenant and b.id = c.origin_id
    where c.tenant = p_tenant and c.id = p_command and c.origin = 'batch' and b.state in ('error', 'cancelled')
      and b.settled_at < now() - p_keep)
$$;

-- A week of facts, what it holds, and what keeps it. p_keep null: nothing is ever due.
create function cascata.retention_report(p_keep interval)
returns table (week timestamptz, until timestamptz, bytes bigint, rows_estimate bigint, open_commands bigint,
  open_events bigint, open_batches bigint, past_retention boolean, droppable boolean)
language sql stable as $$
  with parts as (
    select substring(c.relname from '_(\d{8})$') as day, sum(pg_total_relation_size(c.oid))::bigint as bytes,
      sum(greatest(c.reltuples, 0))::bigint as rows_estimate
    from pg_class c join pg_inherits i on i.inhrelid = c.oid join pg_class p on p.oid = i.inhparent
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'cascata' and p.relname in ('events', 'commands', 'attempts', 'event_handlings')
    group by 1
  ), weeks as (
    select to_date(day, 'YYYYMMDD')::timestamp at time zone 'UTC' as week, bytes, rows_estimate from parts
  ), bounds as (
    select week, week + interval '7 days' as until, bytes, rows_estimate, cascata.uuid_floor(week) as low,
      cascata.uuid_floor(week + interval '7 days') as high from weeks
  ), held as (
    select b.*,
      (select count(*) from cascata.command_queue q
       where ((q.id >= b.low and q.id < b.high) or (q.root_id >= b.low and q.root_id < b.high)
           or (q.original_id >= b.low and q.original_id < b.high) or (q.event_id >= b.low and q.event_id < b.high))
         and not (q.state = 'awaiting' and cascata.given_up(q.tenant, q.id, p_keep))) as open_commands,
      (select count(*) from cascata.event_queue q
       where (q.event_id >= b.low and q.event_id < b.high) or (q.root_id >= b.low and q.root_id < b.high)) as open_events,
      (select count(*) from cascata.batches x
       where x.state = 'open' and ((x.id >= b.low and x.id < b.high) or (x.root_id >= b.low and x.root_id < b.high))) as open_batches
    from bounds b
  )
  select week, until, bytes, rows_estimate, open_commands, open_events, open_batches,
    coalesce(until < now() - p_keep, false),
    coalesce(until < now() - p_keep, false) and open_commands + open_events + open_batches = 0
  from held order by week
$$;

create function cascata.drop_week(p_week timestamptz, p_keep interval) returns boolean language plpgsql as $$
declare
  v_low uuid := cascata.uuid_floor(p_week);
  v_high uuid := cascata.uuid_floor(p_week + interval '7 days');
  v_day text := to_char(p_week at time zone 'UTC', 'YYYYMMDD');
  v_droppable boolean;
  fact text;
begin
  if p_week <> date_trunc('week', p_week, 'UTC') or p_keep is null or p_week + interval '7 days' >= now() - p_keep then
    return false;
  end if;
  -- Whoever reads these facts now is waited for, a second at the most; whoever would add to them waits for us.
  perform set_config('lock_timeout', '1s', true);
  foreach fact in array array['events', 'commands', 'attempts', 'event_handlings'] loop
    if to_regclass(format('cascata.%I', fact || '_' || v_day)) is null then return false; end if;
    execute format('lock table cascata.%I in access exclusive mode', fact || '_' || v_day);
  end loop;
  if exists (select 1 from cascata.committed_commands where id >= v_low and id < v_high) then return false; end if;
  delete from cascata.command_queue q
  where q.state = 'awaiting' and q.id >= v_low and q.id < v_high and cascata.given_up(q.tenant, q.id, p_keep);
  select droppable into v_droppable from cascata.retention_report(p_keep) where week = p_week;
  if not coalesce(v_droppable, false) then return false; end if;
  foreach fact in array array['events', 'commands', 'attempts', 'event_handlings'] loop
    execute format('drop table cascata.%I', fact || '_' || v_day);
  end loop;
  delete from cascata.batch_failures where batch_id >= v_low and batch_id < v_high;
  delete from cascata.batches where id >= v_low and id < v_high;
  delete from cascata.effects where command_id >= v_low and command_id < v_high;
  return true;
end $$;

-- A shorter retention of one type: a bounded DELETE of what has ended, oldest first. Answers how many commands went.
create function cascata.prune_commands(p_type text, p_keep interval, p_limit integer) returns integer
language plpgsql as $$
declare
  v_pruned integer;
begin
  with old as materialized (
    select c.tenant, c.id from cascata.commands c
    where c.type = p_type and c.id < cascata.uuid_floor(now() - p_keep)
      and not exists (select 1 from cascata.command_queue q where q.tenant = c.tenant and q.id = c.id)
      and not exists (select 1 from cascata.command_queue q where q.tenant = c.tenant and q.original_id = c.id)
      and (c.batch_id is null or exists (
        select 1 from cascata.batches b where b.tenant = c.tenant and b.id = c.batch_id and b.state in ('success', 'cancelled')))
    order by c.id limit p_limit
  ), ended as (
    delete from cascata.attempts a using old o where a.tenant = o.tenant and a.command_id = o.id
  ), called as (
    delete from cascata.effects f using old o where f.tenant = o.tenant and f.command_id = o.id
  ), gone as (
    delete from cascata.commands c using old o where c.tenant = o.tenant and c.id = o.id returning 1
  )
  select count(*) into v_pruned from gone;
  return v_pruned;
end $$;
