-- Rescue, promotion, parking: the only statements that cross tenants, with the directory of who has work.

-- Whether a table of facts has the week of an id.
create function cascata.has_week(p_fact text, p_id uuid) returns boolean language sql stable as $$
  select to_regclass(format('cascata.%I', p_fact || '_' || to_char(
    date_trunc('week', cascata.hour_of(p_id), 'UTC') at time zone 'UTC', 'YYYYMMDD'))) is not null
$$;

-- A lost daemon's claims go back, and the statement that requeues writes the attempt. A claim whose row is locked has a
-- live transaction behind it and is left to it. `calling` effects wait for their call's own timeout. The first loss counts
-- for all that were in hand; from then on the start of a run is recorded, and a loss counts for what had started.
-- Two statements: locked, then looked at with a fresh snapshot. An intent that was committed while the first one was under
-- way is not seen by it, and its call may be under way by now.
-- A daemon that stopped in order has left what did not heed its signal: that is no loss, and counts for nothing.
-- A claim whose fact somebody deleted by hand can be given to nobody: it ends in error, and an attempt says so if its week is
-- still there.
--   p_tokens  only these claims: a living daemon gives back what it has lost track of (a claim whose answer got lost)
create function cascata.rescue_commands(p_lost uuid, p_tokens uuid[], p_limit integer) returns integer
language plpgsql as $$
declare
  v_tenants uuid[];
  v_ids uuid[];
  v_moved integer;
  v_stopped boolean := p_tokens is null and exists (select 1 from cascata.daemons where id = p_lost and state = 'stopped');
begin
  select array_agg(l.tenant), array_agg(l.id) into v_tenants, v_ids from (
    select q.tenant, q.id from cascata.command_queue q
    where q.state = 'processing' and q.claimed_by = p_lost and (p_tokens is null or q.token = any(p_tokens))
      and not exists (
        select 1 from cascata.effects f where f.tenant = q.tenant and f.command_id = q.id and f.claim_no = q.claim_no
          and f.state = 'calling' and f.deadline_at >= now())
    order by q.tenant, q.id limit p_limit for update skip locked
  ) l;
  if v_ids is null then return 0; end if;
  with l as materialized (
    select * from unnest(v_tenants, v_ids) as l(tenant, id)
  ), picked as materialized (
    select q.tenant, q.id, f.command_id is not null as calling, coalesce(f.on_unknown = 'hold', false) as hold,
      c.id is not null as there
    from l join cascata.command_queue q on q.tenant = any(array[l.tenant]) and q.id = l.id
    left join cascata.effects f
      on f.tenant = q.tenant and f.command_id = q.id and f.claim_no = q.claim_no and f.state = 'calling'
    left join lateral (select c.id from cascata.commands c where c.tenant = q.tenant and c.id = q.id limit 1) c on true
    where f.command_id is null or f.deadline_at < now()
  ), moved as (
    update cascata.command_queue q set state = case when p.hold then 'unknown' else 'pending' end,
      crashes = q.crashes + (not v_stopped and (q.crashes = 0 or q.started))::integer, token = null, claimed_by = null
    from picked p where p.there and q.tenant = any(array[p.tenant]) and q.id = p.id
    returning q.tenant, q.id, q.claim_no, q.type, q.batch_id, q.event_id, p.calling, p.hold
  ), ended as (
    delete from cascata.command_queue q using picked p where not p.there and q.tenant = any(array[p.tenant]) and q.id = p.id
    returning q.tenant, q.id, q.original_id, q.claim_no, q.type, q.batch_id, q.event_id, p.calling
  ), failed as (
    insert into cascata.batch_failures (tenant, batch_id, command_id)
    select tenant, batch_id, coalesce(original_id, id) from ended where batch_id is not null
    on conflict (tenant, batch_id, command_id) do update set told = false
  ), attempted as (
    insert into cascata.attempts (tenant, command_id, claim_no, type, outcome, final, ms, error_class, error, daemon_id,
      batch_id, event_id)
    select tenant, id, claim_no, type, case when calling then 'unknown' else 'lost' end, false, 0,
      case when v_stopped then 'DaemonStopped' when p_tokens is null then 'DaemonLost' else 'ClaimLost' end,
      case when hold then 'The daemon died while the outside service was being called; held for a human.'
           when calling then 'The daemon died while the outside service was being called; tried again with the same key.'
           when v_stopped then 'The daemon stopped, and the handler did not end within its grace; nothing of that run was saved.'
           when p_tokens is not null then 'The daemon lost track of this claim; nothing of that run was saved.'
           else 'The daemon died or fell silent with this command in flight; nothing of that run was saved.' end,
      p_lost, batch_id, event_id
    from moved
    union all
    select tenant, id, claim_no, type, 'error', true, 0, 'FactMissing', 'Its row of cascata.commands is gone; nothing can be run.',
      p_lost, batch_id, event_id
    from ended where cascata.has_week('attempts', id)
  ), called as (
    update cascata.effects f set state = 'unknown', ended_at = now()
    from (select tenant, id, claim_no, calling from moved union all select tenant, id, claim_no, calling from ended) m
    where m.calling and f.tenant = m.tenant and f.command_id = m.id and f.claim_no = m.claim_no
  )
  select (select count(*) from moved) + (select count(*) from ended) into v_moved;
  if v_moved > 0 then perform cascata.ring('commands'); end if;
  return v_moved;
end $$;

-- What a lost daemon committed and did not live to record: it succeeded, and when it ended is not known any more.
create function cascata.rescue_committed(p_lost uuid, p_tokens uuid[], p_limit integer) returns integer
language plpgsql as $$
declare
  v_moved integer;
begin
  with picked as materialized (
    select ctid as at from cascata.committed_commands
    where daemon_id = p_lost and (p_tokens is null or token = any(p_tokens)) limit p_limit for update skip locked
  ), gone as (
    delete from cascata.committed_commands s using picked p where s.ctid = p.at returning s.*
  ), tallied as (
    insert into cascata.tally_deltas (tenant, kind, type, status, hour, n)
    select tenant, 'command', type, 'success', date_trunc('hour', now(), 'UTC'), count(*) from gone group by tenant, type
  )
  insert into cascata.attempts (tenant, command_id, claim_no, type, outcome, final, started_at, ms, next_why, daemon_id,
    batch_id, event_id)
  select tenant, id, claim_no, type, 'success', true, started_at, 0, 'recorded after its daemon was lost', daemon_id,
    batch_id, event_id
  from gone;
  get diagnostics v_moved = row_count;
  return v_moved;
end $$;

-- The same for events. A set runs its handlers one after the other in one transaction; one that holds events which a daemon was
-- lost with is run in pieces, each recorded when it begins. What of a piece had ended is not told from what had not: the
-- transaction was open still, and what a handler left running behind it may have been the cause.
create function cascata.rescue_events(p_lost uuid, p_tokens uuid[], p_limit integer) returns integer
language plpgsql as $$
declare
  v_moved integer;
begin
  with picked as materialized (
    select q.tenant, q.event_id, q.handler, e.id is not null as there
    from cascata.event_queue q
    left join lateral (select e.id from cascata.events e where e.tenant = q.tenant and e.id = q.event_id limit 1) e on true
    where q.state = 'processing' and q.claimed_by = p_lost and (p_tokens is null or q.token = any(p_tokens))
    order by q.tenant, q.event_id, q.handler limit p_limit for update of q skip locked
  ), moved as (
    update cascata.event_queue q set state = 'pending',
      crashes = q.crashes + (q.crashes = 0 or q.started)::integer, token = null, claimed_by = null
    from picked p
    where p.there and q.tenant = any(array[p.tenant]) and q.event_id = p.event_id and q.handler = p.handler
    returning q.tenant, q.event_id, q.handler, q.claim_no, q.type
  ), ended as (
    delete from cascata.event_queue q using picked p
    where not p.there and q.tenant = any(array[p.tenant]) and q.event_id = p.event_id and q.handler = p.handler
    returning q.tenant, q.event_id, q.handler, q.claim_no, q.type
  ), handled as (
    insert into cascata.event_handlings (tenant, event_id, handler, claim_no, type, outcome, final, ms, error_class,
      error, daemon_id)
    select tenant, event_id, handler, claim_no, type, 'lost', false, 0,
      case when p_tokens is null then 'DaemonLost' else 'ClaimLost' end,
      case when p_tokens is not null then 'The daemon lost track of this claim; nothing of that run was saved.'
           else 'The daemon died or fell silent with this event in flight; nothing of that run was saved.' end, p_lost
    from moved
    union all
    select tenant, event_id, handler, claim_no, type, 'error', true, 0, 'FactMissing',
      'Its row of cascata.events is gone; nothing can be run.', p_lost
    from ended where cascata.has_week('event_handlings', event_id)
  )
  select (select count(*) from moved) + (select count(*) from ended) into v_moved;
  if v_moved > 0 then perform cascata.ring('events'); end if;
  return v_moved;
end $$;

-- Due rows become pending, in chunks; answers when the next one is due (null: nothing is scheduled).
create function cascata.promote(p_limit integer) returns timestamptz language plpgsql as $$
declare
  v_commands integer;
  v_events integer;
begin
  with due as materialized (
    select tenant, id from cascata.command_queue where state = 'scheduled' and run_at <= now()
    order by run_at limit p_limit for update skip locked
  ), moved as (
    update cascata.command_queue q set state = 'pending', run_at = null from due d
    where q.tenant = any(array[d.tenant]) and q.id = d.id returning 1
  ) select count(*) into v_commands from moved;
  with due as materialized (
    select tenant, event_id, handler from cascata.event_queue where state = 'scheduled' and run_at <= now()
    order by run_at limit p_limit for update skip locked
  ), moved as (
    update cascata.event_queue q set state = 'pending', run_at = null from due d
    where q.tenant = any(array[d.tenant]) and q.event_id = d.event_id and q.handler = d.handler returning 1
  ) select count(*) into v_events from moved;
  if v_commands > 0 then perform cascata.ring('commands'); end if;
  if v_events > 0 then perform cascata.ring('events'); end if;
  return least(
    (select run_at from cascata.command_queue where state = 'scheduled' order by run_at limit 1),
    (select run_at from cascata.event_queue where state = 'scheduled' order by run_at limit 1));
end $$;

-- Types that some daemon takes, of commands with the lane ('type/0'). One that left or fell silent a moment ago is likely to be back: a deployment, a restart.
create function cascata.known_types() returns table (commands text[], events text[]) language sql stable as $$
  with living as materialized (
    select command_types, event_types, lanes from cascata.daemons
    where state = 'running' or heartbeat_at > now() - interval '30 seconds'
  )
  select coalesce((select array_agg(distinct t || '/' || l order by t || '/' || l)
      from living cross join unnest(command_types) t cross join unnest(lanes) l), '{}'),
    coalesce((select array_agg(distinct t order by t) from living cross join unnest(event_types) t), '{}')
$$;

-- Work of a type (or for an event's handler) that no daemon knows leaves `pending`, so that no claim meets it twice. Looks at
-- so many rows behind the one that is named, whatever their state: no index has the types of pending rows, and one would
-- cost each command. Answers the last row that was looked at (nothing: there was none), and how many were parked.
create function cascata.park_commands(p_tenant uuid, p_id uuid, p_limit integer)
returns table (last_tenant uuid, last_id uuid, parked integer) language plpgsql as $$
declare
  v_known text[] := (select commands from cascata.known_types());
begin
  return query with looked as materialized (
    select q.tenant, q.id, q.type, q.lane, q.state from cascata.command_queue q
    where (q.tenant, q.id) > (p_tenant, p_id) order by q.tenant, q.id limit p_limit
  ), strange as materialized (
    select q.tenant, q.id from looked l
    join cascata.command_queue q on q.tenant = any(array[l.tenant]) and q.id = l.id and q.state = 'pending'
    where l.state = 'pending' and not (l.type || '/' || l.lane = any(v_known)) for update of q skip locked
  ), moved as (
    update cascata.command_queue q set state = 'parked' from strange s
    where q.tenant = any(array[s.tenant]) and q.id = s.id returning 1
  )
  select l.tenant, l.id, (select count(*)::integer from moved) from looked l order by l.tenant desc, l.id desc limit 1;
end $$;

create function cascata.park_events(p_tenant uuid, p_event_id uuid, p_handler text, p_limit integer)
returns table (last_tenant uuid, last_event_id uuid, last_handler text, parked integer) language plpgsql as $$
declare
  v_known text[] := (select events from cascata.known_types());
begin
  return query with looked as materialized (
    select q.tenant, q.event_id, q.handler, q.type, q.state from cascata.event_queue q
    where (q.tenant, q.event_id, q.handler) > (p_tenant, p_event_id, p_handler)
    order by q.tenant, q.event_id, q.handler limit p_limit
  ), strange as materialized (
    select q.tenant, q.event_id, q.handler from looked l
    join cascata.event_queue q
      on q.tenant = any(array[l.tenant]) and q.event_id = l.event_id and q.handler = l.handler and q.state = 'pending'
    where l.state = 'pending' and (not (l.type = any(v_known)) or l.handler <> '' and not exists (
      select 1 from cascata.subscriptions s where s.event_type = l.type and s.handler = l.handler
        and (s.ended_at is null or s.ended_at > now() - interval '30 seconds')))
      -- What was never begun is kept as absent instead: see 0007.
      and (l.handler = '' or q.failures > 0 or q.crashes > 0 or exists (
        select 1 from cascata.event_handlings h
        where h.tenant = q.tenant and h.event_id = q.event_id and h.handler = q.handler))
    for update of q skip locked
  ), moved as (
    update cascata.event_queue q set state = 'parked' from strange s
    where q.tenant = any(array[s.tenant]) and q.event_id = s.event_id and q.handler = s.handler returning 1
  )
  select l.tenant, l.event_id, l.handler, (select count(*)::integer from moved) from looked l
  order by l.tenant desc, l.event_id desc, l.handler desc limit 1;
end $$;

-- The way back, by a daemon that knows the types, in chunks.
--   p_event_types, p_handlers  pairs; handler '' for an event that was never processed
create function cascata.unpark(p_command_types text[], p_event_types text[], p_handlers text[], p_limit integer,
  p_lanes smallint[] default '{0,1,2}')
returns integer language plpgsql as $$
declare
  v_commands integer;
  v_events integer;
begin
  with back as materialized (
    select p.tenant, p.id from unnest(p_command_types) as t(type) cross join unnest(p_lanes) as l(lane) cross join lateral (
      select q.tenant, q.id from cascata.command_queue q
      where q.state = 'parked' and q.type = t.type and q.lane = l.lane
      limit p_limit for update skip locked
    ) p limit p_limit
  ), moved as (
    update cascata.command_queue q set state = 'pending' from back b
    where q.tenant = any(array[b.tenant]) and q.id = b.id returning 1
  ) select count(*) into v_commands from moved;
  with back as materialized (
    select p.tenant, p.event_id, p.handler from unnest(p_event_types, p_handlers) as t(type, handler) cross join lateral (
      select q.tenant, q.event_id, q.handler from cascata.event_queue q
      where q.state = 'parked' and q.type = t.type and q.handler = t.handler
      limit p_limit for update skip locked
    ) p limit p_limit
  ), moved as (
    update cascata.event_queue q set state = 'pending' from back b
    where q.tenant = any(array[b.tenant]) and q.event_id = b.event_id and q.handler = b.handler returning 1
  ) select count(*) into v_events from moved;
  if v_commands > 0 then perform cascata.ring('commands'); end if;
  if v_events > 0 then perform cascata.ring('events'); end if;
  return v_commands + v_events;
end $$;
