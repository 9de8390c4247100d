-- Reprocessing makes a linked copy, never a rewrite: same type, root and batch, with author and reason. One open copy at
-- a time. The batch is opened again in the same transaction and succeeds when the copy does.
create function cascata.reprocess(p_tenant uuid, p_command uuid, p_copy uuid, p_data jsonb, p_author text, p_reason text,
  p_audit uuid) returns uuid language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set search_path = pg_catalog, pg_temp as $$
declare
  c cascata.commands;
  v_original uuid;
  v_latest uuid;
  v_state text;
  v_outcome text;
  v_claim_no integer;
  v_event uuid;
begin
  perform cascata.check_tenant(p_tenant);
  -- Two at once meet at a lock, and the second must then see what the first has done. Serializable sees to that itself.
  if current_setting('transaction_isolation') = 'repeatable read' then
    raise exception 'The transaction is repeatable read.' using errcode = 'CA012';
  end if;
  perform cascata.check_root_times(array[p_copy]);
  select * into c from cascata.commands where tenant = p_tenant and id = p_command;
  if not found then raise exception 'No command %.', p_command using errcode = 'CA006'; end if;
  v_original := case when c.origin = 'reprocess' then c.origin_id else c.id end;
  perform pg_advisory_xact_lock(hashtextextended('cascata.reprocess.' || v_original::text, 0));
  -- Whichever of the chain is open; else the newest. By id alone, a copy made by a machine whose clock is behind hides.
  select c2.id into v_latest from unnest(cascata.chain_of(p_tenant, v_original)) as o(id)
  cross join lateral (
    select * from cascata.commands c2 where c2.tenant = any(array[p_tenant]) and c2.id = o.id limit 1
  ) c2
  left join cascata.command_queue q on q.tenant = any(array[p_tenant]) and q.id = c2.id
  order by q.id is not null desc, c2.created_at desc, c2.id desc limit 1;
  select state, claim_no into v_state, v_claim_no from cascata.command_queue
  where tenant = p_tenant and id = v_latest for update;
  select outcome into v_outcome from cascata.attempts
  where tenant = any(array[p_tenant]) and command_id = v_latest and final limit 1;
  if v_state is not null and v_state <> 'unknown' then
    if v_latest <> v_original then
      raise exception 'Command % is being reprocessed as %, which is %.', v_original, v_latest, v_state using errcode = 'CA008';
    end if;
    raise exception 'Command % is %.', v_latest, v_state using errcode = 'CA007';
  end if;
  if v_state is null and coalesce(v_outcome, 'success') not in ('error', 'cancelled', 'unknown') then
    raise exception 'Command % ended in %.', v_latest, coalesce(v_outcome, 'success') using errcode = 'CA007';
  end if;
  if c.batch_id is not null then perform cascata.open_batch(p_tenant, c.batch_id); end if;
  if v_state = 'unknown' then
    delete from cascata.command_queue where tenant = p_tenant and id = v_latest;
    insert into cascata.attempts (tenant, command_id, claim_no, type, outcome, final, ms, error_class, error, batch_id)
    values (p_tenant, v_latest, v_claim_no + 1, c.type, 'unknown', true, 0, 'Reprocessed',
      'A human decided: reprocessed as ' || p_copy, c.batch_id);
    insert into cascata.tally_deltas (tenant, kind, type, status, hour, n)
    values (p_tenant, 'command', c.type, 'unknown', date_trunc('hour', now(), 'UTC'), 1);
  end if;
  insert into cascata.commands (tenant, id, type, data, lane, priority, root_id, origin, origin_id, batch_id, author, reason,
    trace)
  values (p_tenant, p_copy, c.type, coalesce(p_data, c.data), c.lane, c.priority, c.root_id, 'reprocess', v_original,
    c.batch_id, p_author, p_reason, c.trace);
  insert into cascata.tally_deltas (tenant, kind, type, status, hour, n)
  values (p_tenant, 'command', c.type, 'created', date_trunc('hour', now(), 'UTC'), 1);
  select origin_id into v_event from cascata.commands where tenant = p_tenant and id = v_original and origin = 'event';
  insert into cascata.command_queue (tenant, id, type, root_id, event_id, batch_id, original_id, lane, priority, state,
    rings)
  values (p_tenant, p_copy, c.type, c.root_id, v_event, c.batch_id, v_original, c.lane, c.priority, 'pending', true);
  insert into cascata.audit (tenant, id, author, action, target_id, reason)
  values (p_tenant, p_audit, p_author, 'reprocess', v_original, p_reason);
  return p_copy;
end $$;

-- A handler of an event that ended in error is run again as itself, not as a copy: it has saved nothing, so what it makes has
-- the ids that it would have had. Its last handling is final no more, which is the one fact that is ever changed: whether
-- the event has failed is asked in many places, by the index of final ones. The event is counted as failed in the hour of
-- the first of its handlers that has, so that count moves to the next that did, or goes.
create function cascata.reprocess_event(p_tenant uuid, p_event uuid, p_handler text, p_author text, p_reason text,
  p_audit uuid) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  e cascata.events;
  h cascata.event_handlings;
  v_state text;
  v_claim_no integer;
  v_failed timestamptz;
  v_still_failed timestamptz;
begin
  perform cascata.check_tenant(p_tenant);
  -- Two at once meet at a lock, and the second must then see what the first has done. Serializable sees to that itself.
  if current_setting('transaction_isolation') = 'repeatable read' then
    raise exception 'The transaction is repeatable read.' using errcode = 'CA012';
  end if;
  select * into e from cascata.events where tenant = p_tenant and id = p_event;
  if not found then raise exception 'No event %.', p_event using errcode = 'CA006'; end if;
  perform pg_advisory_xact_lock(hashtextextended('cascata.event_error.' || p_event, 0));
  select state into v_state from cascata.event_queue
  where tenant = p_tenant and event_id = p_event and handler in ('', p_handler) limit 1;
  if found then
    raise exception 'Handler "%" of event % is %.', p_handler, p_event, v_state using errcode = 'CA008';
  end if;
  select * into h from cascata.event_handlings
  where tenant = p_tenant and event_id = p_event and handler = p_handler and final order by claim_no desc limit 1;
  if not found then
    raise exception 'Event % was never handled by "%".', p_event, p_handler using errcode = 'CA006';
  end if;
  if h.outcome <> 'error' then
    raise exception 'Handler "%" of event % ended in %.', p_handler, p_event, h.outcome using errcode = 'CA007';
  end if;
  select min(ended_at), min(ended_at) filter (where handler <> p_handler) into v_failed, v_still_failed
  from cascata.event_handlings where tenant = p_tenant and event_id = p_event and final and outcome = 'error';
  insert into cascata.tally_deltas (tenant, kind, type, status, hour, n)
  select p_tenant, 'event', e.type, 'error', date_trunc('hour', at, 'UTC'), n
  from (values (v_failed, -1), (v_still_failed, 1)) as moved(at, n)
  where at is not null and v_still_failed is distinct from v_failed;
  update cascata.event_handlings set final = false, next_at = now(), next_why = 'run again by ' || p_author
  where tenant = p_tenant and event_id = p_event and handler = p_handler and claim_no = h.claim_no;
  select max(claim_no) into v_claim_no from cascata.event_handlings
  where tenant = p_tenant and event_id = p_event and handler = p_handler;
  insert into cascata.event_queue (tenant, event_id, handler, type, root_id, claim_no, rings)
  values (p_tenant, p_event, p_handler, e.type, e.root_id, v_claim_no, true);
  insert into cascata.audit (tenant, id, author, action, target_id, reason)
  values (p_tenant, p_audit, p_author, 'reprocess ' || p_handler, p_event, p_reason);
end $$;
