-- Saving what became of claimed events: one call a tenant, all of a set in one transaction. A claim that was lost raises,
-- and the caller halves the set until it stands alone.
--   claims   (event, handler) rows that are closed here; handler '' = the event's first processing
--   results  one per handler that ran; those not final get a row of their own with their own retry. 'aside' has not ended:
--            nothing is recorded, the row alone is made
--   fresh    types of the events that are processed for the first time, with the handlers that this daemon has of them: of
--            those each event has its result. What others have gets a row, pending where a running daemon has it. Asked in
--            a statement of its own, whose snapshot knows every daemon that had registered before the event was emitted.
create function cascata.settle_events(p_tenant uuid, p_daemon uuid, p_token uuid, p_events uuid[], p_handlers text[],
  r_events uuid[], r_handlers text[], r_types text[], r_roots uuid[], r_claim_no integer[], r_failures integer[],
  r_crashes integer[], r_outcomes text[], r_final boolean[], r_started double precision[], r_ms double precision[],
  r_delay_ms double precision[], r_why text[], r_errors jsonb[], p_next jsonb,
  p_fresh text[] default '{}', p_own text[] default '{}',
  r_refusals integer[] default '{}') returns void
language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set search_path = pg_catalog, pg_temp as $$
declare
  v_closed integer;
  v_types text[];
  v_handlers text[];
  v_running boolean[];
begin
  select array_agg(s.event_type), array_agg(s.handler), array_agg(s.ended_at is null) into v_types, v_handlers, v_running
  from cascata.subscriptions s
  where s.event_type = any(p_fresh) and not (s.event_type || '/' || s.handler = any(p_own))
    and (s.ended_at is null or s.ended_at > now() - interval '1 day');
  with gone as (
    delete from cascata.event_queue q
    using (select p_tenant as tenant, c.* from unnest(p_events, p_handlers) as c(event_id, handler) offset 0) c
    where q.tenant = any(array[c.tenant]) and q.event_id = c.event_id and q.handler = c.handler and q.token = p_token
    returning q.event_id, q.handler, q.type, q.root_id
  ), tallied as (
    -- Those still to be processed are counted in the queue: see 0011.
    insert into cascata.tally_deltas (tenant, kind, type, status, hour, n)
    select p_tenant, 'event', type, 'created', cascata.hour_of(event_id), count(*) from gone where handler = ''
    group by type, cascata.hour_of(event_id)
  ), left_to_others as (
    insert into cascata.event_queue (tenant, event_id, handler, type, root_id, state, rings)
    select p_tenant, g.event_id, o.handler, o.type, g.root_id, case when o.running then 'pending' else 'absent' end,
      o.running and row_number() over (partition by o.running) = 1
    from (select * from unnest(v_types, v_handlers, v_running) as o(type, handler, running) offset 0) o
    join gone g on g.type = o.type where g.handler = ''
  )
  select count(*) into v_closed from gone;
  if v_closed <> cardinality(p_events) then
    raise exception '% of % events are claimed by another.', cardinality(p_events) - v_closed, cardinality(p_events)
      using errcode = 'CA001';
  end if;
  if 'error' = any(r_outcomes) then perform cascata.tally_failed_events(p_tenant, r_events, r_types, r_outcomes, r_final); end if;
  with r as materialized (
    select * from unnest(r_events, r_handlers, r_types, r_roots, r_claim_no, r_failures, r_crashes, r_outcomes, r_final,
      r_started, r_ms, r_delay_ms, r_why, r_errors, r_refusals) as r(event_id, handler, type, root_id, claim_no, failures,
      crashes, outcome, final, started, ms, delay_ms, why, error, refusals)
  ), handled as (
    insert into cascata.event_handlings (tenant, event_id, handler, claim_no, type, outcome, final, started_at, ms,
      error_class, error, stack, next_at, next_why, daemon_id)
    select p_tenant, event_id, handler, claim_no, type, outcome, final, to_timestamp(started / 1000), ms,
      error->>'class', error->>'message', error->>'stack',
      case when not final then now() + delay_ms * interval '1 millisecond' end, why, p_daemon
    from r where outcome <> 'aside'
  )
  insert into cascata.event_queue (tenant, event_id, handler, type, root_id, state, run_at, claim_no, failures, crashes,
    refusals)
  select p_tenant, event_id, handler, type, root_id, case when delay_ms > 0 then 'scheduled' else 'pending' end,
    case when delay_ms > 0 then now() + delay_ms * interval '1 millisecond' end, claim_no, failures, crashes,
    coalesce(refusals, 0)
  from r where not final;
  if p_next is not null then perform cascata.insert_next(p_tenant, p_next); end if;
end $$;

-- An event ends in error once, with the first of its handlers that does. Whoever may be second waits for the first, and
-- asks in a statement of its own, which sees what the first has committed.
create function cascata.tally_failed_events(p_tenant uuid, r_events uuid[], r_types text[], r_outcomes text[],
  r_final boolean[]) returns void language plpgsql as $$
declare
  v_failed uuid[] := array(
    select distinct r.event_id from unnest(r_events, r_outcomes, r_final) as r(event_id, outcome, final)
    where r.final and r.outcome = 'error' order by 1);
begin
  perform pg_advisory_xact_lock(hashtextextended('cascata.event_error.' || failed.id, 0)) from unnest(v_failed) as failed(id);
  insert into cascata.tally_deltas (tenant, kind, type, status, hour, n)
  select p_tenant, 'event', r.type, 'error', date_trunc('hour', now(), 'UTC'), count(distinct r.event_id)
  from unnest(r_events, r_types) as r(event_id, type)
  where r.event_id = any(v_failed) and not exists (
    select 1 from cascata.event_handlings h
    where h.tenant = p_tenant and h.event_id = r.event_id and h.final and h.outcome = 'error')
  group by r.type;
end $$;

-- Before a handler of an event touches the database, inside the set's transaction: whose rows it may see, and the root
-- and cause of what it emits there (no command: an event's handler is not one).
create function cascata.enter_event(p_tenant uuid, p_root uuid) returns void language plpgsql as $$
begin
  perform pg_catalog.set_config('cascata.tenant', p_tenant::text, true),
          pg_catalog.set_config('cascata.claim', pg_catalog.concat_ws('|', p_tenant, '', p_root, ''), true);
end $$;

-- Which handlers running daemons have. One daemon after the other asks, each behind the change that made it ask, so that the
-- last one knows all: when a daemon has registered, left, or was found lost. Time in which nobody heard any event, a weekend with
-- all services at rest, does not count for how long one of them is away: the first that is back must not take the others for gone.
create function cascata.follow_subscriptions() returns void language plpgsql as $$
declare
  v_last timestamptz;
begin
  perform pg_advisory_xact_lock(hashtextextended('cascata.follow_subscriptions', 0));
  select max(seen_at) into v_last from cascata.subscriptions;
  if v_last < now() - interval '5 minutes'
    and exists (select 1 from cascata.daemons where state = 'running' and event_handlers <> '{}') then
    update cascata.subscriptions set ended_at = ended_at + (now() - v_last) where ended_at is not null;
  end if;
  with heard as materialized (
    select distinct split_part(h, '/', 1) as event_type, split_part(h, '/', 2) as handler
    from cascata.daemons d cross join unnest(d.event_handlers) as h where d.state = 'running'
  ), begun as (
    insert into cascata.subscriptions as s (event_type, handler) select event_type, handler from heard order by 1, 2
    on conflict (event_type, handler) do update set ended_at = null, seen_at = now()
    where s.ended_at is not null or s.seen_at < now() - interval '1 minute'
  )
  update cascata.subscriptions s set ended_at = now()
  where s.ended_at is null and not exists (
    select 1 from heard h where h.event_type = s.event_type and h.handler = s.handler);
end $$;

-- Rows of handlers that no running daemon has and that were never begun are kept, and nobody waits for them; they are pending
-- again when a daemon has the handler again, and go after a day, the subscription with the last of them. Answers how
-- many rows it moved.
create function cascata.move_absent(p_limit integer) returns integer language plpgsql as $$
declare
  v_kept integer;
  v_back integer;
  v_gone integer;
begin
  with leaving as materialized (
    select p.tenant, p.event_id, p.handler from cascata.subscriptions s cross join lateral (
      select q.tenant, q.event_id, q.handler from cascata.event_queue q
      where q.type = any(array[s.event_type]) and q.handler = any(array[s.handler]) and q.handler <> ''
        and q.state = 'pending' and q.failures = 0 and q.crashes = 0 and not exists (
          select 1 from cascata.event_handlings h
          where h.tenant = q.tenant and h.event_id = q.event_id and h.handler = q.handler)
      order by q.event_id limit p_limit for update skip locked
    ) p where s.ended_at is not null limit p_limit
  ), moved as (
    update cascata.event_queue q set state = 'absent' from leaving l
    where q.tenant = any(array[l.tenant]) and q.event_id = l.event_id and q.handler = l.handler returning 1
  ) select count(*) into v_kept from moved;
  if not exists (select 1 from cascata.event_queue where state = 'absent')
     and not exists (select 1 from cascata.subscriptions where ended_at < now() - interval '1 day') then
    return v_kept;
  end if;
  with coming as materialized (
    select p.tenant, p.event_id, p.handler from cascata.subscriptions s cross join lateral (
      select q.tenant, q.event_id, q.handler from cascata.event_queue q
      where q.type = any(array[s.event_type]) and q.handler = any(array[s.handler]) and q.state = 'absent'
      limit p_limit for update skip locked
    ) p where s.ended_at is null limit p_limit
  ), moved as (
    update cascata.event_queue q set state = 'pending' from coming c
    where q.tenant = any(array[c.tenant]) and q.event_id = c.event_id and q.handler = c.handler returning 1
  ) select count(*) into v_back from moved;
  -- While nobody hears any event, nobody's day goes by.
  if not exists (select 1 from cascata.subscriptions where ended_at is null) then return v_kept + v_back; end if;
  with recursive kinds as (
    (select type, handler from cascata.event_queue where state = 'absent' order by type, handler limit 1)
    union all
    select n.type, n.handler from kinds k cross join lateral (
      select q.type, q.handler from cascata.event_queue q
      where q.state = 'absent' and (q.type, q.handler) > (k.type, k.handler) order by q.type, q.handler limit 1) n
  ), old as materialized (
    select p.tenant, p.event_id, p.handler from kinds k cross join lateral (
      select q.tenant, q.event_id, q.handler from cascata.event_queue q
      where q.type = any(array[k.type]) and q.handler = any(array[k.handler]) and q.state = 'absent'
      limit p_limit for update skip locked
    ) p
    where not exists (select 1 from cascata.subscriptions s where s.event_type = k.type and s.handler = k.handler
      and (s.ended_at is null or s.ended_at > now() - interval '1 day'))
    limit p_limit
  ), deleted as (
    delete from cascata.event_queue q using old o
    where q.tenant = any(array[o.tenant]) and q.event_id = o.event_id and q.handler = o.handler returning 1
  ) select count(*) into v_gone from deleted;
  delete from cascata.subscriptions s where s.ended_at < now() - interval '1 day' and not exists (
    select 1 from cascata.event_queue q where q.type = s.event_type and q.handler = s.handler and q.state = 'absent');
  if v_back > 0 then perform cascata.ring('events'); end if;
  return v_kept + v_back + v_gone;
end $$;
