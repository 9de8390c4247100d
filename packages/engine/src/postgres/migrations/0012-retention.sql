-- Growth: history goes by whole partitions, a week at a time, once its retention has passed and nothing unfinished needs
-- it. Pending work is never touched, whatever its age. Nothing here makes others wait for longer than a fraction of a second:
-- rows go in pieces, one daemon does it at a time, and no lock is waited for while another is held.

-- Whether this transaction is the one that lets history go; the others leave it to it.
create function cascata.lets_go() returns boolean language sql volatile as $$
  select pg_try_advisory_xact_lock(hashtextextended('cascata.retention', 0))
$$;

-- The next command of a batch that failed waits for ever; past the retention it is given up.
create function cascata.given_up(p_keep interval) returns setof cascata.command_queue language sql stable as $$
  select q.* from cascata.batches b
  join cascata.command_queue q on q.tenant = b.tenant and q.id = b.next_command_id and q.state = 'awaiting'
  where b.state in ('error', 'cancelled') and b.settled_at < now() - p_keep
$$;

-- A week of facts, what it holds, and what keeps it. p_keep null: nothing is ever due. Each queue is read once, and its rows
-- counted by the weeks that they need; nearly all need one.
create function cascata.retention_report(p_keep interval)
returns table (week timestamptz, until timestamptz, bytes bigint, rows_estimate bigint, open_commands bigint,
  open_events bigint, open_batches bigint, past_retention boolean, droppable boolean)
language sql stable as $$
  with parts as (
    select right(c.relname, 8) as day, sum(pg_total_relation_size(c.oid))::bigint as bytes,
      sum(greatest(c.reltuples, 0))::bigint as rows_estimate
    from pg_class c join pg_inherits i on i.inhrelid = c.oid join pg_class p on p.oid = i.inhparent
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'cascata' and p.relname in ('events', 'commands', 'attempts', 'event_handlings')
    group by 1
  ), weeks as materialized (
    select w.week, w.week + interval '7 days' as until, bytes, rows_estimate
    from parts cross join lateral (select to_date(day, 'YYYYMMDD')::timestamp at time zone 'UTC' as week) w
  ), bounds as materialized (
    -- Both ends of each week: an id's place among them is the one that its week's beginning has.
    select array_agg(cascata.uuid_floor(b) order by b) as ends
    from (select distinct b from weeks cross join lateral unnest(array[week, until]) b) x
  ), commands as materialized (
    select array[a, b, c, d] as places, sum(n) as n from (
      select width_bucket(id, ends) as a, width_bucket(root_id, ends) as b, width_bucket(original_id, ends) as c,
        width_bucket(event_id, ends) as d, count(*) as n
      from cascata.command_queue cross join bounds group by 1, 2, 3, 4
      union all
      select width_bucket(id, ends), width_bucket(root_id, ends), width_bucket(original_id, ends),
        width_bucket(event_id, ends), -count(*)
      from cascata.given_up(p_keep) cross join bounds group by 1, 2, 3, 4
    ) x group by a, b, c, d
  ), events as materialized (
    select width_bucket(event_id, ends) as a, width_bucket(root_id, ends) as b, count(*) as n
    from cascata.event_queue cross join bounds group by 1, 2
  ), batches as materialized (
    select width_bucket(id, ends) as a, width_bucket(root_id, ends) as b, count(*) as n
    from cascata.batches cross join bounds where state = 'open' group by 1, 2
  ), places as materialized (
    select w.*, width_bucket(cascata.uuid_floor(w.week), ends) as place from weeks w cross join bounds
  ), counted as materialized (
    select p.*,
      coalesce((select sum(n) from commands where p.place = any(places)), 0)::bigint as open_commands,
      coalesce((select sum(n) from events where p.place in (a, b)), 0)::bigint as open_events,
      coalesce((select sum(n) from batches where p.place in (a, b)), 0)::bigint as open_batches
    from places p
  )
  select week, until, bytes, rows_estimate, open_commands, open_events, open_batches,
    coalesce(until < now() - p_keep, false),
    coalesce(until < now() - p_keep, false) and open_commands + open_events + open_batches = 0
  from counted order by week
$$;

-- The same question for one range of ids, answered at the first row that says yes.
create function cascata.is_needed(p_low uuid, p_high uuid) returns boolean language sql stable as $$
  select exists (select 1 from cascata.committed_commands where id >= p_low and id < p_high)
    or exists (select 1 from cascata.command_queue
      where id >= p_low and id < p_high or root_id >= p_low and root_id < p_high
        or original_id >= p_low and original_id < p_high or event_id >= p_low and event_id < p_high)
    or exists (select 1 from cascata.event_queue
      where event_id >= p_low and event_id < p_high or root_id >= p_low and root_id < p_high)
    or exists (select 1 from cascata.batches
      where state = 'open' and (id >= p_low and id < p_high or root_id >= p_low and root_id < p_high))
$$;

-- Drops the next of a week's four partitions, and before them, in pieces, what people did to its records by hand: 'dropped',
-- 'gone' when none is left, 'kept' when it is needed or too young,
-- 'busy' when somebody reads or writes it. Called again until it is gone, each time in a transaction of its own: one lock is
-- waited for, for a fifth of a second, while none is held; what follows is had at once or not at all. So nobody waits longer
-- for this than that, and nobody deadlocks with it. Events go before commands, and those before their attempts: what is
-- still there can be reprocessed, and is then needed.
create function cascata.drop_week(p_week timestamptz, p_keep interval) returns text
language plpgsql set lock_timeout = '200ms' as $$
declare
  v_low uuid := cascata.uuid_floor(p_week);
  v_high uuid := cascata.uuid_floor(p_week + interval '7 days');
  v_fact text;
  v_part text;
begin
  if p_keep is null or p_week <> date_trunc('week', p_week, 'UTC') or p_week + interval '7 days' >= now() - p_keep
    or cascata.is_needed(v_low, v_high) then return 'kept'; end if;
  if not cascata.lets_go() then return 'busy'; end if;
  delete from cascata.audit where ctid = any(array(
    select ctid from cascata.audit where target_id >= v_low and target_id < v_high limit 5000));
  if found then return 'dropped'; end if;
  foreach v_fact in array array['events', 'event_handlings', 'commands', 'attempts'] loop
    v_part := v_fact || '_' || to_char(p_week at time zone 'UTC', 'YYYYMMDD');
    continue when to_regclass('cascata.' || v_part) is null;
    begin
      execute format('lock table only cascata.%I in access exclusive mode', v_fact);
      execute format('lock table cascata.%I in access exclusive mode nowait', v_part);
    exception when lock_not_available then
      return 'busy';
    end;
    -- Again, now that whoever had read these rows has committed what it made of them.
    if cascata.is_needed(v_low, v_high) then return 'kept'; end if;
    execute format('drop table cascata.%I', v_part);
    return 'dropped';
  end loop;
  return 'gone';
end $$;

-- What goes with some weeks, in pieces. Next commands that are given up: how many.
create function cascata.give_up(p_lows uuid[], p_highs uuid[], p_keep interval, p_limit integer) returns integer
language plpgsql as $$
declare
  v_gone integer;
begin
  if not cascata.lets_go() then return 0; end if;
  with old as materialized (
    select q.tenant, q.id from cascata.given_up(p_keep) q
    where exists (select 1 from unnest(p_lows, p_highs) as w(low, high) where q.id >= low and q.id < high) limit p_limit
  ), gone as (
    delete from cascata.command_queue q using old o where q.tenant = o.tenant and q.id = o.id and q.state = 'awaiting'
    returning 1
  )
  select count(*) into v_gone from gone;
  return v_gone;
end $$;

-- Their effects, recoveries, batches and failures lie in tables that are not partitioned: these are walked through by their blocks, for
-- no index leads with the time. Answers where the next piece begins; null at the end of the table.
create function cascata.delete_old(p_table text, p_lows uuid[], p_highs uuid[], p_block bigint, p_blocks integer)
returns bigint language plpgsql as $$
declare
  v_from tid := format('(%s,0)', p_block);
  v_until tid := format('(%s,0)', p_block + p_blocks);
begin
  if not cascata.lets_go() then return null; end if;
  if p_table = 'effects' then
    delete from cascata.effects where ctid >= v_from and ctid < v_until and exists (
      select 1 from unnest(p_lows, p_highs) as w(low, high) where command_id >= low and command_id < high);
  elsif p_table = 'batch_failures' then
    delete from cascata.batch_failures where ctid >= v_from and ctid < v_until and exists (
      select 1 from unnest(p_lows, p_highs) as w(low, high) where batch_id >= low and batch_id < high);
  elsif p_table = 'recoveries' then
    delete from cascata.recoveries where ctid >= v_from and ctid < v_until and exists (
      select 1 from unnest(p_lows, p_highs) as w(low, high) where command_id >= low and command_id < high);
  elsif p_table = 'batches' then
    delete from cascata.batches where ctid >= v_from and ctid < v_until and state <> 'open' and exists (
      select 1 from unnest(p_lows, p_highs) as w(low, high) where id >= low and id < high);
  end if;
  return case when (p_block + p_blocks) * current_setting('block_size')::bigint
    < pg_relation_size(format('cascata.%I', p_table)::regclass) then p_block + p_blocks end;
end $$;

-- The weeks that there are of the commands, by their beginning.
create function cascata.weeks() returns setof timestamptz language sql stable as $$
  select to_date(right(c.relname, 8), 'YYYYMMDD')::timestamp at time zone 'UTC'
  from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'cascata.commands'::regclass order by 1
$$;

-- A shorter retention of some types: of one week, what has ended, a piece of its blocks at a time. Answers how many commands
-- went and where the next piece begins, null at the end of the week. Nested loops only: a queue with a backlog would be hashed
-- whole for each piece.
create function cascata.prune_commands(p_week timestamptz, p_types text[], p_untils uuid[], p_block bigint, p_blocks integer,
  out pruned integer, out next bigint)
language plpgsql set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  v_day text := to_char(p_week at time zone 'UTC', 'YYYYMMDD');
begin
  if not cascata.lets_go() or to_regclass('cascata.commands_' || v_day) is null then return; end if;
  execute format('with due as materialized (
      select tenant, id, batch_id from cascata.%1$I
      where ctid >= $1 and ctid < $2 and exists (select 1 from unnest($3, $4) as t(name, until) where type = name and id < until)
    ), old as materialized (
      select d.tenant, d.id from due d
      left join cascata.%2$I a on a.tenant = d.tenant and a.command_id = d.id and a.final
      left join cascata.batches b on b.tenant = d.tenant and b.id = d.batch_id
      where not exists (select 1 from cascata.command_queue q where q.tenant = d.tenant and q.id = d.id)
        and not exists (select 1 from cascata.committed_commands s where s.tenant = d.tenant and s.id = d.id)
        and (d.batch_id is null or coalesce(b.state, %3$L) in (%3$L, %4$L))
        -- A success is not reprocessed; of the others there may be a copy under way.
        and (coalesce(a.outcome, %5$L) = %3$L or not exists (
          select 1 from cascata.commands k join cascata.command_queue q on q.tenant = k.tenant and q.id = k.id
          where k.tenant = d.tenant and k.origin_id = d.id and k.origin = %6$L))
    ), tried as (
      delete from cascata.%2$I a using old o where a.tenant = o.tenant and a.command_id = o.id
    ), called as (
      delete from cascata.effects f using old o where f.tenant = o.tenant and f.command_id = o.id
    ), recovered as (
      delete from cascata.recoveries r using old o where r.tenant = o.tenant and r.command_id = o.id
    ), gone as (
      delete from cascata.%1$I c using old o where c.tenant = o.tenant and c.id = o.id returning 1
    )
    select count(*) from gone', 'commands_' || v_day, 'attempts_' || v_day, 'success', 'cancelled', 'error', 'reprocess')
  into pruned
  using format('(%s,0)', p_block)::tid, format('(%s,0)', p_block + p_blocks)::tid, p_types, p_untils;
  if (p_block + p_blocks) * current_setting('block_size')::bigint
    < pg_relation_size(format('cascata.%I', 'commands_' || v_day)::regclass) then next := p_block + p_blocks; end if;
end $$;

-- Counts by the hour go with the history that they count, totals stay. Answers how many rows went.
create function cascata.forget_tallies(p_keep interval, p_limit integer) returns integer language plpgsql as $$
declare
  v_gone integer;
begin
  if not cascata.lets_go() then return 0; end if;
  delete from cascata.tallies where ctid = any(array(
    select ctid from cascata.tallies
    where kind = any(array['event', 'command', 'batch']) and hour < date_trunc('hour', now() - p_keep, 'UTC') limit p_limit));
  get diagnostics v_gone = row_count;
  return v_gone;
end $$;
