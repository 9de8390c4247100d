-- What a human decides of a command that no daemon goes on with: of one that is held, since nobody knows whether the outside
-- service was reached, or of one that is parked. The same lock as for reprocessing: one decision at a time, and the second
-- finds what the first has made of it. Calls that are called again keep their key. Whatever ends a member asks its batch.
--   p_state     what it must be: 'unknown' or 'parked'
--   p_decision  'happened', 'did-not-happen', 'call-again', 'discard'
create function cascata.decide(p_tenant uuid, p_command uuid, p_state text, p_decision text, p_provider text, p_author text,
  p_reason text, p_audit uuid) returns uuid language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set search_path = pg_catalog, pg_temp as $$
declare
  c cascata.commands;
  q cascata.command_queue;
  v_original uuid;
  v_outcome text;
begin
  perform cascata.check_tenant(p_tenant);
  select * into c from cascata.commands where tenant = p_tenant and id = p_command;
  if not found then raise exception 'No command %.', p_command using errcode = 'CA006'; end if;
  v_original := case when c.origin = 'reprocess' then c.origin_id else c.id end;
  perform pg_advisory_xact_lock(hashtextextended('cascata.reprocess.' || v_original::text, 0));
  -- Whichever of the chain of reprocessings is open.
  select q2.* into q from unnest(cascata.chain_of(p_tenant, v_original)) as o(id)
  join cascata.command_queue q2 on q2.tenant = any(array[p_tenant]) and q2.id = o.id
  order by q2.id desc limit 1 for update of q2;
  if q.state is distinct from p_state then
    raise exception 'Command % is %, not %.', p_command, coalesce(q.state, 'ended'), p_state using errcode = 'CA011';
  end if;
  if p_decision in ('happened', 'did-not-happen') then
    -- The last call of the chain, which this one asked about if it made none.
    update cascata.effects f set state = case p_decision when 'happened' then 'accepted' else 'rejected' end,
      provider_id = coalesce(p_provider, f.provider_id)
    from (
      select e.command_id, e.claim_no from unnest(cascata.chain_of(p_tenant, v_original)) as o(id)
      join cascata.effects e on e.tenant = any(array[p_tenant]) and e.command_id = o.id
      order by e.called_at desc limit 1
    ) l where f.tenant = p_tenant and f.command_id = l.command_id and f.claim_no = l.claim_no and f.state = 'unknown';
  end if;
  v_outcome := case p_decision when 'happened' then 'success' when 'discard' then 'error' else 'released' end;
  insert into cascata.attempts (tenant, command_id, claim_no, type, outcome, final, ms, error_class, error, next_at, next_why,
    batch_id, event_id)
  values (p_tenant, q.id, q.claim_no + 1, q.type, v_outcome, v_outcome <> 'released', 0,
    case when v_outcome <> 'success' then 'Decided' end,
    case when v_outcome <> 'success' then 'A human decided, ' || p_decision || ': ' || p_reason end,
    case when v_outcome = 'released' then now() end, 'decided by a human: ' || p_decision, q.batch_id, q.event_id);
  insert into cascata.audit (tenant, id, author, action, target_id, reason)
  values (p_tenant, p_audit, p_author, p_decision, q.id, p_reason);
  if v_outcome = 'released' then
    -- As a copy would be: what it met before is not held against it.
    update cascata.command_queue set state = 'pending', claim_no = q.claim_no + 1, failures = 0, crashes = 0, releases = 0,
      refusals = 0
    where tenant = p_tenant and id = q.id;
    return q.id;
  end if;
  delete from cascata.command_queue where tenant = p_tenant and id = q.id;
  insert into cascata.tally_deltas (tenant, kind, type, status, hour, n)
  values (p_tenant, 'command', q.type, v_outcome, date_trunc('hour', now(), 'UTC'), 1);
  if v_outcome = 'success' and q.original_id is not null then
    if q.batch_id is not null then
      delete from cascata.batch_failures
      where tenant = p_tenant and batch_id = q.batch_id and command_id = q.original_id;
    end if;
    perform cascata.recover(p_tenant, q.original_id, q.id);
  elsif v_outcome = 'error' and q.batch_id is not null then
    insert into cascata.batch_failures (tenant, batch_id, command_id) values (p_tenant, q.batch_id, v_original)
    on conflict (tenant, batch_id, command_id) do update set told = false;
  end if;
  if q.batch_id is not null then perform cascata.probe_batch(p_tenant, q.batch_id); end if;
  return q.id;
end $$;

-- A handler of an event, or with '' an event that nobody has begun, that is parked, since no daemon knows it: it ends in error
-- without having run.
create function cascata.discard_event(p_tenant uuid, p_event uuid, p_handler text, p_author text, p_reason text,
  p_audit uuid) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  q cascata.event_queue;
begin
  perform cascata.check_tenant(p_tenant);
  perform 1 from cascata.events where tenant = p_tenant and id = p_event;
  if not found then raise exception 'No event %.', p_event using errcode = 'CA006'; end if;
  select * into q from cascata.event_queue
  where tenant = p_tenant and event_id = p_event and handler = p_handler for update;
  if q.state is distinct from 'parked' then
    raise exception 'Handler "%" of event % is %, not parked.', p_handler, p_event, coalesce(q.state, 'not open')
      using errcode = 'CA011';
  end if;
  delete from cascata.event_queue where tenant = p_tenant and event_id = p_event and handler = p_handler;
  if p_handler = '' then
    -- It was counted in the queue so far: see 0011.
    insert into cascata.tally_deltas (tenant, kind, type, status, hour, n)
    values (p_tenant, 'event', q.type, 'created', cascata.hour_of(p_event), 1);
  end if;
  perform cascata.tally_failed_events(p_tenant, array[p_event], array[q.type], array['error'], array[true]);
  insert into cascata.event_handlings (tenant, event_id, handler, claim_no, type, outcome, final, ms, error_class, error,
    next_why)
  values (p_tenant, p_event, p_handler, q.claim_no + 1, q.type, 'error', true, 0, 'Decided',
    'A human decided, discard: ' || p_reason, 'decided by a human: discard');
  insert into cascata.audit (tenant, id, author, action, target_id, reason)
  values (p_tenant, p_audit, p_author, trim('discard ' || p_handler), p_event, p_reason);
end $$;
