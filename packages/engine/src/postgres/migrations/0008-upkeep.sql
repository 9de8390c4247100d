-- Rescue, promotion, parking: the only statements that cross tenants, with the directory of who has work.

-- A lost daemon's claims go back, and the statement that requeues writes the attempt. A claim whose row is locked has a
-- live transaction behind it and is left to it. `calling` effects wait for their call's own timeout.
--   p_tokens  only these claims: a living daemon gives back what it has lost track of (a claim whose answer got lost)
create function cascata.rescue_commands(p_lost uuid, p_tokens uuid[], p_limit integer) returns integer
language plpgsql as $$
declare
  v_moved integer;
begin
  with picked as materialized (
    select q.tenant, q.id, q.claim_no, f.command_id is not null as calling, coalesce(f.on_unknown = 'hold', false) as hold
    from cascata.command_queue q
    left join cascata.effects f
      on f.tenant = q.tenant and f.command_id = q.id and f.claim_no = q.claim_no and f.state = 'calling'
    where q.state = 'processing' and q.claimed_by = p_lost and (p_tokens is null or q.token = any(p_tokens))
      and (f.command_id is null or f.deadline_at < now())
    order by q.tenant, q.id limit p_limit for update of q skip locked
  ), moved as (
    update cascata.command_queue q set state = case when p.hold then 'unknown' else 'pending' end,
      crashes = q.crashes + 1, token = null, claimed_by = null
    from picked p where q.tenant = any(array[p.tenant]) and q.id = p.id
    returning q.tenant, q.id, q.claim_no, q.type, q.batch_id, q.event_id, p.calling, p.hold
  ), attempted as (
    insert into cascata.attempts (tenant, command_id, claim_no, type, outcome, final, ms, error_class, error, daemon_id,
      batch_id, event_id)
    select tenant, id, claim_no, type, case when calling then 'unknown' else 'lost' end, false, 0,
      case when p_tokens is null then 'DaemonLost' else 'ClaimLost' end,
      case when hold then 'The daemon died while the outside service was being called; held for a human.'
           when calling then 'The daemon died while the outside service was being called; tried again with the same key.'
           when p_tokens is not null then 'The daemon lost track of this claim; nothing of that run was saved.'
           else 'The daemon died or fell silent with this command in flight; nothing of that run was saved.' end,
      p_lost, batch_id, event_id
    from moved
  ), called as (
    update cascata.effects f set state = 'unknown', ended_at = now()
    from moved m where m.calling and f.tenant = m.tenant and f.command_id = m.id and f.claim_no = m.claim_no
  )
  select count(*) into v_moved from moved;
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

create function cascata.rescue_events(p_lost uuid, p_tokens uuid[], p_limit integer) returns integer
language plpgsql as $$
declare
  v_moved integer;
begin
  with picked as materialized (
    select tenant, event_id, handler from cascata.event_queue
    where state = 'processing' and claimed_by = p_lost and (p_tokens is null or token = any(p_tokens))
    order by tenant, event_id, handler limit p_limit for update skip locked
  ), moved as (
    update cascata.event_queue q set state = 'pending', crashes = q.crashes + 1, token = null, claimed_by = null
    from picked p where q.tenant = any(array[p.tenant]) and q.event_id = p.event_id and q.handler = p.handler
    returning q.tenant, q.event_id, q.handler, q.claim_no, q.type
  ), handled as (
    insert into cascata.event_handlings (tenant, event_id, handler, claim_no, type, outcome, final, ms, error_class,
      error, daemon_id)
    select tenant, event_id, handler, claim_no, type, 'lost', false, 0,
      case when p_tokens is null then 'DaemonLost' else 'ClaimLost' end,
      case when p_tokens is not null then 'The daemon lost track of this claim; nothing of that run was saved.'
           else 'The daemon died or fell silent with this event in flight; nothing of that run was saved.' end, p_lost
    from moved
  )
  select count(*) into v_moved from moved;
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

-- Work of a type (or for an event's handler) that no living daemon knows leaves `pending`, in chunks, so that no claim meets it twice; a daemon that
-- knows the type takes it out again when it starts.
create function cascata.park(p_limit integer) returns integer language plpgsql as $$
declare
  v_known_commands text[];
  v_known_events text[];
  v_parked integer;
  v_events integer;
begin
  select coalesce(array_agg(distinct t), '{}') into v_known_commands
  from cascata.daemons d cross join unnest(d.command_types) t where d.state = 'running';
  select coalesce(array_agg(distinct t), '{}') into v_known_events
  from cascata.daemons d cross join unnest(d.event_types) t where d.state = 'running';
  with strange as materialized (
    select tenant, id from cascata.command_queue
    where state = 'pending' and not (type = any(v_known_commands)) limit p_limit for update skip locked
  ), moved as (
    update cascata.command_queue q set state = 'parked' from strange s where q.tenant = any(array[s.tenant]) and q.id = s.id returning 1
  ) select count(*) into v_parked from moved;
  with strange as materialized (
    select tenant, event_id, handler from cascata.event_queue
    where state = 'pending' and (not (type = any(v_known_events)) or handler <> '' and not exists (
      select 1 from cascata.subscriptions s where s.event_type = event_queue.type and s.handler = event_queue.handler
        and s.seen_at > now() - interval '15 minutes'))
    limit p_limit for update skip locked
  ), moved as (
    update cascata.event_queue q set state = 'parked' from strange s
    where q.tenant = any(array[s.tenant]) and q.event_id = s.event_id and q.handler = s.handler returning 1
  ) select count(*) into v_events from moved;
  return v_parked + v_events;
end $$;

create function cascata.unpark(p_event_types text[], p_command_types text[]) returns void language plpgsql as $$
begin
  update cascata.command_queue set state = 'pending' where state = 'parked' and type = any(p_command_types);
  update cascata.event_queue set state = 'pending' where state = 'parked' and type = any(p_event_types);
end $$;
