-- Saving what became of claimed events: one call a tenant, all of a set in one transaction. A claim that was lost raises,
-- and the caller halves the set until it stands alone.
--   claims   (event, handler) rows that are closed here; handler '' = the event's first processing
--   results  one per handler that ran; those not final get a row of their own with their own retry. 'aside' has not ended:
--            nothing is recorded, the row alone is made
create function cascata.settle_events(p_tenant uuid, p_daemon uuid, p_token uuid, p_events uuid[], p_handlers text[],
  r_events uuid[], r_handlers text[], r_types text[], r_roots uuid[], r_claim_no integer[], r_failures integer[],
  r_crashes integer[], r_outcomes text[], r_final boolean[], r_started double precision[], r_ms double precision[],
  r_delay_ms double precision[], r_why text[], r_errors jsonb[], p_next jsonb) returns void
language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  v_closed integer;
begin
  with gone as (
    delete from cascata.event_queue q
    using (select p_tenant as tenant, c.* from unnest(p_events, p_handlers) as c(event_id, handler) offset 0) c
    where q.tenant = any(array[c.tenant]) and q.event_id = c.event_id and q.handler = c.handler and q.token = p_token
    returning q.event_id, q.handler, q.type
  ), tallied as (
    -- Those still to be processed are counted in the queue: see 0011.
    insert into cascata.tally_deltas (tenant, kind, type, status, hour, n)
    select p_tenant, 'event', type, 'created', cascata.hour_of(event_id), count(*) from gone where handler = ''
    group by type, cascata.hour_of(event_id)
  )
  select count(*) into v_closed from gone;
  if v_closed <> cardinality(p_events) then
    raise exception '% of % events are claimed by another.', cardinality(p_events) - v_closed, cardinality(p_events)
      using errcode = 'CA001';
  end if;
  if 'error' = any(r_outcomes) then perform cascata.tally_failed_events(p_tenant, r_events, r_types, r_outcomes, r_final); end if;
  with r as materialized (
    select * from unnest(r_events, r_handlers, r_types, r_roots, r_claim_no, r_failures, r_crashes, r_outcomes, r_final,
      r_started, r_ms, r_delay_ms, r_why, r_errors) as r(event_id, handler, type, root_id, claim_no, failures, crashes,
      outcome, final, started, ms, delay_ms, why, error)
  ), handled as (
    insert into cascata.event_handlings (tenant, event_id, handler, claim_no, type, outcome, final, started_at, ms,
      error_class, error, stack, next_at, next_why, daemon_id)
    select p_tenant, event_id, handler, claim_no, type, outcome, final, to_timestamp(started / 1000), ms,
      error->>'class', error->>'message', error->>'stack',
      case when not final then now() + delay_ms * interval '1 millisecond' end, why, p_daemon
    from r where outcome <> 'aside'
  )
  insert into cascata.event_queue (tenant, event_id, handler, type, root_id, state, run_at, claim_no, failures, crashes)
  select p_tenant, event_id, handler, type, root_id, case when delay_ms > 0 then 'scheduled' else 'pending' end,
    case when delay_ms > 0 then now() + delay_ms * interval '1 millisecond' end, claim_no, failures, crashes
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
  perform set_config('cascata.tenant', p_tenant::text, true),
          set_config('cascata.claim', concat_ws('|', p_tenant, '', p_root, ''), true);
end $$;
