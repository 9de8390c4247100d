-- Execute (T2), exclusive: the fence, the handler's statements and COMMIT. The fence ends the command in the handler's own
-- transaction: saved with what the handler writes, or taken back with it. It raises on a mismatch, and what is sent behind
-- it does not run. Answers where the row of cascata.committed_commands lies. Without p_synchronous the COMMIT does not wait
-- for the disk; the one that records the command comes later in the log, and does.
create function cascata.fence(p_tenant uuid, p_id uuid, p_token uuid, p_synchronous boolean) returns tid
language plpgsql set enable_seqscan = off as $$
declare
  v_type text;
  v_event uuid;
  v_batch uuid;
  v_claim_no integer;
  v_daemon uuid;
  v_root uuid;
  v_row tid;
  v_set text;
begin
  delete from cascata.command_queue where tenant = p_tenant and id = p_id and token = p_token
  returning type, event_id, batch_id, claim_no, claimed_by, root_id
  into v_type, v_event, v_batch, v_claim_no, v_daemon, v_root;
  if not found then raise exception 'Command % is claimed by another.', p_id using errcode = 'CA001'; end if;
  insert into cascata.committed_commands (tenant, id, type, event_id, batch_id, claim_no, token, daemon_id)
  values (p_tenant, p_id, v_type, v_event, v_batch, v_claim_no, p_token, v_daemon) returning ctid into v_row;
  -- Assigned, not performed: an expression is evaluated at once, a PERFORM is a query.
  v_set := pg_catalog.set_config('cascata.tenant', p_tenant::text, true);
  if not p_synchronous then v_set := pg_catalog.set_config('synchronous_commit', 'off', true); end if;
  v_set := pg_catalog.set_config('cascata.claim', p_tenant || '|' || p_id || '|' || v_root || '|' || p_token, true);
  return v_row;
end $$;

-- A command and its reprocessed copies. Their ids come first and what is asked of them after: in one condition with OR, or in
-- one join with their attempts, the tenant's whole history would be read, and by the index of origins all its copies. It is
-- planned each time, for a plan that was made while the tables were empty takes the wrong index for ever.
create function cascata.chain_of(p_tenant uuid, p_original uuid) returns uuid[] language plpgsql stable as $$
declare
  v_copies uuid[];
begin
  execute 'select array(
    select id from (
      select id, origin from cascata.commands where tenant = any(array[$1]) and origin_id = $2 offset 0
    ) c where origin = ''reprocess'')'
  into v_copies using p_tenant, p_original;
  return p_original || v_copies;
end $$;

-- A copy has succeeded: the original is recovered, and so are the copies before this one. They leave the counts of how they
-- ended, in the hour in which they were counted.
create function cascata.recover(p_tenant uuid, p_original uuid, p_by uuid) returns void
language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
  with ended as materialized (
    select a.command_id, a.type, a.outcome, date_trunc('hour', a.ended_at, 'UTC') as hour
    from unnest(cascata.chain_of(p_tenant, p_original)) as o(id) cross join lateral (
      select * from cascata.attempts a
      where a.tenant = any(array[p_tenant]) and a.command_id = o.id and a.final and a.outcome <> 'success' limit 1
    ) a where o.id <> p_by
  ), recovered as (
    insert into cascata.recoveries (tenant, command_id, type, by_id) select p_tenant, command_id, type, p_by from ended
    on conflict (tenant, command_id) do nothing returning command_id
  )
  insert into cascata.tally_deltas (tenant, kind, type, status, hour, n)
  select p_tenant, 'command', e.type, s.status, e.hour, s.n
  from ended e join recovered r using (command_id)
  cross join lateral (values (e.outcome, -1), ('recovered', 1)) as s(status, n);
end $$;

-- Before the COMMIT of a command that something follows, or that is a copy of one that had failed.
create function cascata.complete(p_tenant uuid, p_id uuid, p_original uuid, p_batch uuid, p_next jsonb) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if cascata.current_claim(1) is distinct from p_tenant or cascata.current_claim(2) is distinct from p_id then
    raise exception 'The transaction of command % was ended by its handler.', p_id using errcode = 'CA002';
  end if;
  if p_original is not null then
    delete from cascata.batch_failures where tenant = p_tenant and batch_id = p_batch and command_id = p_original;
    perform cascata.recover(p_tenant, p_original, p_id);
  end if;
  if p_next is not null then perform cascata.insert_next(p_tenant, p_next); end if;
end $$;

-- Their attempts, in groups. A row that is not where it was said to be was rescued meanwhile, and is left alone.
create function cascata.settle_committed(p_tenant uuid, p_rows tid[], p_tokens uuid[], p_started double precision[],
  p_ms double precision[]) returns void
language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
  with c as materialized (
    select * from unnest(p_rows, p_tokens, p_started, p_ms) as c(at, token, started, ms)
  ), gone as (
    delete from cascata.committed_commands s using c
    where s.ctid = c.at and s.token = c.token and s.tenant = p_tenant
    returning s.id, s.claim_no, s.type, s.batch_id, s.event_id, s.daemon_id, c.started, c.ms
  ), tallied as (
    insert into cascata.tally_deltas (tenant, kind, type, status, hour, n, ms)
    select p_tenant, 'command', type, 'success', date_trunc('hour', now(), 'UTC'), count(*), sum(ms) from gone group by type
  )
  insert into cascata.attempts (tenant, command_id, claim_no, type, outcome, final, started_at, ms, daemon_id, batch_id,
    event_id)
  select p_tenant, id, claim_no, type, 'success', true, to_timestamp(started / 1000), ms, daemon_id, batch_id, event_id
  from gone;
end $$;

-- What became of claims that need no transaction of their own: successes without database work, failures, outcomes.
-- Claims that were lost meanwhile are left alone. Answers how many were not. Whatever goes back without a failure names the
-- counter that it grows; a run that ended by itself sets them back; what a daemon gives back when it stops changes none. Nested loops only: the queue's statistics lie as
-- soon as it empties, and a hash join reads it whole. The tenant is taken from the claims, so that they lead the loop:
-- with the parameter, an index on the tenant alone looked cheap, and read the whole backlog. As ANY of one, for with = the
-- planner may let the queue lead, ordered by its key as if to be merged: with the statistics of an empty queue it did, and
-- 2,000 claims were looked for behind each of its 20,000 rows.
create function cascata.settle_commands(p_tenant uuid, p_daemon uuid, p_ids uuid[], p_tokens uuid[], p_outcomes text[],
  p_final boolean[], p_started double precision[], p_ms double precision[], p_failed boolean[],
  p_delay_ms double precision[], p_why text[], p_errors jsonb[], p_next jsonb[], p_effects text[], p_provider text[],
  p_counters text[] default null)
returns integer
language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  v_ended bigint[];
  v_copies uuid[];
  v_originals uuid[];
begin
  with c as materialized (
    select p_tenant as tenant, c.* from unnest(p_ids, p_tokens, p_outcomes, p_final, p_started, p_ms, p_failed,
      p_delay_ms, p_why, p_errors, p_effects, p_provider, p_counters) with ordinality
      as c(id, token, outcome, final, started, ms, failed, delay_ms, why, error, effect, provider, counter, place)
  ), gone as (
    delete from cascata.command_queue q using c
    where q.tenant = any(array[c.tenant]) and q.id = c.id and q.token = c.token and c.final
    returning q.claim_no, q.type, q.batch_id, q.event_id, q.original_id, c.*
  ), kept as (
    update cascata.command_queue q set
      state = case when c.outcome = 'unknown' and c.delay_ms is null then 'unknown'
                   when c.delay_ms > 0 then 'scheduled' else 'pending' end,
      run_at = case when c.delay_ms > 0 then now() + c.delay_ms * interval '1 millisecond' end,
      failures = q.failures + c.failed::integer,
      crashes = case when c.counter = 'crashes' then q.crashes + 1 when c.outcome in ('error', 'snoozed') then 0
                     else q.crashes end,
      releases = case when c.counter = 'releases' then least(q.releases + 1, 32767)
                      when c.outcome in ('error', 'snoozed') then 0 else q.releases end,
      refusals = case when c.counter = 'refusals' then q.refusals + 1 when c.outcome in ('error', 'snoozed') then 0
                      else q.refusals end,
      token = null, claimed_by = null
    from c
    where q.tenant = any(array[c.tenant]) and q.id = c.id and q.token = c.token and not c.final
    returning q.claim_no, q.type, q.batch_id, q.event_id, q.original_id, c.*
  ), ended as (
    select * from gone union all select * from kept
  ), attempted as (
    insert into cascata.attempts (tenant, command_id, claim_no, type, outcome, final, started_at, ms, error_class, error,
      stack, next_at, next_why, daemon_id, batch_id, event_id)
    select p_tenant, id, claim_no, type, outcome, final, to_timestamp(started / 1000), ms,
      error->>'class', error->>'message', error->>'stack',
      case when not final and delay_ms is not null then now() + delay_ms * interval '1 millisecond' end, why,
      p_daemon, batch_id, event_id
    from ended
  ), tallied as (
    insert into cascata.tally_deltas (tenant, kind, type, status, hour, n, ms)
    select p_tenant, 'command', type, outcome, date_trunc('hour', now(), 'UTC'), count(*), sum(ms)
    from gone group by type, outcome
  ), failed as (
    insert into cascata.batch_failures (tenant, batch_id, command_id)
    select p_tenant, batch_id, coalesce(original_id, id) from gone where outcome = 'error' and batch_id is not null
    on conflict (tenant, batch_id, command_id) do update set told = false
  ), healed as (
    delete from cascata.batch_failures f using gone e
    where e.outcome in ('success', 'cancelled') and e.original_id is not null
      and f.tenant = any(array[e.tenant]) and f.batch_id = e.batch_id and f.command_id = e.original_id
  ), called as (
    update cascata.effects f set state = e.effect, provider_id = e.provider, ended_at = now()
    from ended e
    where e.effect is not null and f.tenant = any(array[e.tenant]) and f.command_id = e.id and f.claim_no = e.claim_no
      and f.state = 'calling'
  )
  -- By place: a group may hold the same command twice, once as a claim that was lost.
  select coalesce(array_agg(place), '{}'), array_agg(id) filter (where outcome = 'success' and original_id is not null),
    array_agg(original_id) filter (where outcome = 'success' and original_id is not null)
  into v_ended, v_copies, v_originals from ended;
  if v_copies is not null then
    perform cascata.recover(p_tenant, c.original, c.id) from unnest(v_originals, v_copies) as c(original, id);
  end if;
  if p_next is not null then perform cascata.insert_next_of(p_tenant, p_next, v_ended); end if;
  return cardinality(v_ended);
end $$;

-- Inserts together what follows the commands of a group, of those at the places given. An empty nested batch settles at once,
-- and the batch above it must then see the nested batches of every other command that ended here.
create function cascata.insert_next_of(p_tenant uuid, p_next jsonb[], p_places bigint[]) returns void
language plpgsql as $$
declare
  v_all boolean := cardinality(p_next) = cardinality(p_places);
  v_next jsonb[] := array(
    select n.next from unnest(p_next) with ordinality as n(next, place)
    where n.next is not null and (v_all or n.place = any(p_places)));
begin
  if cardinality(v_next) <= 1 then
    if cardinality(v_next) = 1 then perform cascata.insert_next(p_tenant, v_next[1]); end if;
    return;
  end if;
  perform cascata.insert_next(p_tenant, jsonb_build_object('commands', (
      select coalesce(jsonb_agg(c), '[]') from unnest(v_next) n cross join jsonb_array_elements(n->'commands') c))
    || (select case when count(b) > 0 then jsonb_build_object('batches', jsonb_agg(b)) else '{}' end
        from unnest(v_next) n cross join jsonb_array_elements(n->'batches') b));
end $$;

-- The same for what is most of all: successes that nothing follows, of commands that are no copies. A third of the values,
-- and none of the branches.
create function cascata.settle_successes(p_tenant uuid, p_daemon uuid, p_ids uuid[], p_tokens uuid[],
  p_started double precision[], p_ms double precision[]) returns integer
language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  v_ended integer;
begin
  with c as materialized (
    select p_tenant as tenant, c.* from unnest(p_ids, p_tokens, p_started, p_ms) as c(id, token, started, ms)
  ), gone as (
    delete from cascata.command_queue q using c
    where q.tenant = any(array[c.tenant]) and q.id = c.id and q.token = c.token and q.original_id is null
    returning q.id, q.claim_no, q.type, q.batch_id, q.event_id, c.started, c.ms
  ), attempted as (
    insert into cascata.attempts (tenant, command_id, claim_no, type, outcome, final, started_at, ms, daemon_id, batch_id,
      event_id)
    select p_tenant, id, claim_no, type, 'success', true, to_timestamp(started / 1000), ms, p_daemon, batch_id, event_id
    from gone
  ), tallied as (
    insert into cascata.tally_deltas (tenant, kind, type, status, hour, n, ms)
    select p_tenant, 'command', type, 'success', date_trunc('hour', now(), 'UTC'), count(*), sum(ms) from gone group by type
  )
  select count(*) into v_ended from gone;
  return v_ended;
end $$;

-- Execute, shared: many commands of one tenant in one transaction, a savepoint each. All are fenced before the first of
-- them runs; the claim's setting names the one that runs, where that matters.
create function cascata.fence_shared(p_tenant uuid, p_ids uuid[], p_tokens uuid[]) returns void
language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set search_path = pg_catalog, pg_temp as $$
declare
  v_fenced integer;
begin
  perform set_config('cascata.tenant', p_tenant::text, true), set_config('cascata.claim', '?', true);
  with ours as materialized (
    select 1 from (select p_tenant as tenant, c.* from unnest(p_ids, p_tokens) as c(id, token) offset 0) c
    join cascata.command_queue q on q.tenant = any(array[c.tenant]) and q.id = c.id and q.token = c.token
    order by q.id for update of q
  ) select count(*) into v_fenced from ours;
  if v_fenced <> cardinality(p_ids) then
    raise exception '% of % commands are claimed by another.', cardinality(p_ids) - v_fenced, cardinality(p_ids)
      using errcode = 'CA001';
  end if;
end $$;

create function cascata.complete_shared(p_tenant uuid, p_daemon uuid, p_ids uuid[], p_tokens uuid[],
  p_started double precision[], p_ms double precision[], p_next jsonb[]) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_n integer := cardinality(p_ids);
  v_settled integer := 0;
begin
  if coalesce(current_setting('cascata.claim', true), '') = '' then
    raise exception 'The transaction of % commands was ended by a handler.', v_n using errcode = 'CA002';
  end if;
  if p_next is null then
    v_settled := cascata.settle_successes(p_tenant, p_daemon, p_ids, p_tokens, p_started, p_ms);
    if v_settled = v_n then return; end if;
  end if;
  v_settled := v_settled + cascata.settle_commands(p_tenant, p_daemon, p_ids, p_tokens,
    array_fill('success'::text, array[v_n]), array_fill(true, array[v_n]), p_started, p_ms, array_fill(false, array[v_n]),
    null, null, null, p_next, null, null);
  if v_settled <> v_n then
    raise exception '% of % commands are claimed by another.', v_n - v_settled, v_n using errcode = 'CA001';
  end if;
end $$;
