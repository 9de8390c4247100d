-- Emitting and enqueueing. The caller's transaction is the outbox: these only insert.
-- SQLSTATEs of class CA are the library's own: see src/postgres/database-error.ts.

-- Inside a handler the fence has left the claim in a transaction-local setting: 'tenant|command|root|token'. Where several
-- share the transaction it is '?' until one of them is told of.
create function cascata.current_claim(part integer) returns uuid language plpgsql stable parallel safe as $$
declare
  claim text := coalesce(pg_catalog.current_setting('cascata.claim', true), '');
begin
  if claim = '?' then raise exception 'Whose claim it is was not told.' using errcode = 'CA009'; end if;
  return nullif(pg_catalog.split_part(claim, '|', part), '')::uuid;
end $$;

-- Row-level security and the engine's own checks read this one setting; '' outside a tenant's transaction. Compared as text:
-- what is no UUID is another tenant.
create function cascata.check_tenant(wanted uuid) returns void language plpgsql stable as $$
declare
  current text := coalesce(pg_catalog.current_setting('cascata.tenant', true), '');
begin
  if current <> '' and pg_catalog.lower(current) <> wanted::text then
    raise exception 'A record of tenant % in a transaction of tenant %.', wanted, current using errcode = 'CA004';
  end if;
end $$;

-- Whoever makes ids with a wrong clock is refused, and told the time (in milliseconds, as the detail) to follow from then on.
-- Ids compare as their times do, so two comparisons tell; what is wrong is worked out only when something is.
create function cascata.check_root_times(roots uuid[]) returns void language plpgsql as $$
declare
  v_from uuid := cascata.uuid_floor(pg_catalog.clock_timestamp() - interval '1 day');
  v_until uuid := cascata.uuid_floor(pg_catalog.clock_timestamp() + interval '5 minutes');
  v_bad uuid;
begin
  select r into v_bad from pg_catalog.unnest(roots) r where r < v_from or r >= v_until limit 1;
  if found then
    raise exception 'The id % is % s away from the database clock.', v_bad,
      ((cascata.uuid_ms(v_bad) - extract(epoch from pg_catalog.clock_timestamp()) * 1000) / 1000)::bigint
      using errcode = 'CA003', detail = (extract(epoch from pg_catalog.clock_timestamp()) * 1000)::bigint;
  end if;
end $$;

-- Functions are named with their schema here: a search_path that begins with an application's own now() and the like must not
-- change what is stored, and SET costs these two some per cent on PostgreSQL 15. What is called more rarely has SET.
-- One event is what is nearly always emitted, and a set of one costs twice what its row does.
create function cascata.emit_one(p_tenant uuid, p_id uuid, p_type text, p_data jsonb, p_entity_type text, p_entity_id text,
  p_actor text, p_trace text) returns void language plpgsql as $$
declare
  v_root uuid := p_id;
  v_command uuid;
begin
  if coalesce(pg_catalog.current_setting('cascata.tenant', true), '') not in ('', p_tenant::text) then
    perform cascata.check_tenant(p_tenant);
  end if;
  if coalesce(pg_catalog.current_setting('cascata.claim', true), '') <> '' then
    v_root := cascata.current_claim(3);
    v_command := cascata.current_claim(2);
  -- Its first group counts 65 seconds: an id of the same ones as the clock needs no closer look.
  elsif pg_catalog.left(p_id::text, 8) <> pg_catalog.lpad(pg_catalog.to_hex((pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) * 1000)::bigint >> 16), 8, '0') then
    perform cascata.check_root_times(array[p_id]);
  end if;
  insert into cascata.events (tenant, id, type, data, entity_type, entity_id, root_id, command_id, actor, trace)
  values (p_tenant, p_id, p_type, p_data, p_entity_type, p_entity_id, v_root, v_command, p_actor, p_trace);
  insert into cascata.event_queue (tenant, event_id, type, root_id, rings) values (p_tenant, p_id, p_type, v_root, true);
end $$;

create function cascata.emit(p_events jsonb) returns void language plpgsql as $$
declare
  v_root uuid;
  v_command uuid;
  v_tenant uuid;
  v_ids uuid[];
begin
  if coalesce(pg_catalog.current_setting('cascata.claim', true), '') <> '' then
    v_root := cascata.current_claim(3);
    v_command := cascata.current_claim(2);
  end if;
  for v_tenant, v_ids in
    select tenant, pg_catalog.array_agg(id) from pg_catalog.jsonb_to_recordset(p_events) as x(tenant uuid, id uuid) group by tenant
  loop
    perform cascata.check_tenant(v_tenant);
    if v_root is null then perform cascata.check_root_times(v_ids); end if;
  end loop;
  with e as materialized (
    select * from pg_catalog.jsonb_to_recordset(p_events) as e(id uuid, tenant uuid, type text, data jsonb, entity_type text,
      entity_id text, actor text, trace text)
  ), facts as (
    insert into cascata.events (tenant, id, type, data, entity_type, entity_id, root_id, command_id, actor, trace)
    select tenant, id, type, data, entity_type, entity_id, coalesce(v_root, id), v_command, actor, trace
    from e
  )
  insert into cascata.event_queue (tenant, event_id, type, root_id, rings)
  select tenant, id, type, coalesce(v_root, id), pg_catalog.row_number() over () = 1 from e;
end $$;

-- The same for what an earlier save has handed over, perhaps together with new events: its transaction may have committed, or
-- been rolled back, wholly or to a savepoint. Only what is not there is written, with the ids that it had. Another
-- transaction that is still writing the same ids is waited for.
--   p_events  as `emit` takes them, with `again` on those that were handed over
-- Returns the ids that another transaction has committed, in one text, or null: what this one wrote may be undone yet.
create function cascata.emit_again(p_tenant uuid, p_events jsonb) returns text language plpgsql as $$
declare
  v_root uuid;
  v_command uuid;
  v_there uuid[];
  v_missing uuid[];
  v_committed text;
begin
  perform cascata.check_tenant(p_tenant);
  if coalesce(current_setting('cascata.claim', true), '') <> '' then
    v_root := cascata.current_claim(3);
    v_command := cascata.current_claim(2);
  end if;
  -- An event occurs at the time of its transaction's beginning, so another time is another transaction's.
  select array_agg(e.id), string_agg(e.id::text, ',') filter (where e.occurred_at <> now()) into v_there, v_committed
  from jsonb_to_recordset(p_events) as n(id uuid) cross join lateral (
    select id, occurred_at from cascata.events where tenant = p_tenant and id = n.id limit 1
  ) e;
  select array_agg(id) into v_missing from jsonb_to_recordset(p_events) as n(id uuid)
  where v_there is null or id <> all (v_there);
  if v_missing is null then return v_committed; end if;
  if v_root is null then
    if exists (select from jsonb_to_recordset(p_events) as n(id uuid, again boolean)
               where again and id = any (v_missing) and id < cascata.uuid_floor(clock_timestamp() - interval '1 day')) then
      raise exception 'Events that it stated more than a day ago are not in the database, and too old to be saved now.'
        using errcode = 'CA010';
    end if;
    perform cascata.check_root_times(v_missing);
  end if;
  with e as materialized (
    select * from jsonb_to_recordset(p_events) as e(id uuid, type text, data jsonb, entity_type text, entity_id text,
      actor text, trace text)
    where id = any (v_missing)
  ), facts as (
    insert into cascata.events (tenant, id, type, data, entity_type, entity_id, root_id, command_id, actor, trace)
    select p_tenant, id, type, data, entity_type, entity_id, coalesce(v_root, id), v_command, actor, trace from e
    on conflict (tenant, id) do nothing
    returning id, type, root_id
  )
  insert into cascata.event_queue (tenant, event_id, type, root_id, rings)
  select p_tenant, id, type, root_id, row_number() over () = 1 from facts;
  return v_committed;
end $$;

-- Everything that one handler's return value asks for, of one tenant. Rows carry their origin; ids were made beforehand.
--   p_next.commands  [{ id, type, data, lane, priority, delay_ms, root_id, origin, origin_id, handler, event_id,
--                       batch_id, awaiting, trace }], priority and delay_ms left out when 0, root_id when it is the id
--   p_next.batches   [{ id, type, root_id, origin, origin_id, handler, parent_batch_id, size, sealed,
--                       required_percent, next_command_id, on_failure }]
create function cascata.insert_next(p_tenant uuid, p_next jsonb) returns void language plpgsql as $$
declare
  b record;
  v_first uuid := (p_next->'commands'->0->>'id')::uuid;
begin
  if p_next ? 'batches' then
    -- The batch of the member that makes this one waits for it: it must still be open when its place is taken there.
    for b in select distinct parent_batch_id as id from jsonb_to_recordset(p_next->'batches') as x(parent_batch_id uuid)
             where parent_batch_id is not null order by 1 loop
      perform 1 from cascata.batches where tenant = p_tenant and id = b.id for update;
      update cascata.batches set state = 'open', settled_at = null
      where tenant = p_tenant and id = b.id and state <> 'open';
    end loop;
    with made as (
      insert into cascata.batches (tenant, id, type, root_id, origin, origin_id, handler, parent_batch_id, size, sealed,
        required_percent, next_command_id, on_failure)
      select p_tenant, id, type, root_id, origin, origin_id, handler, parent_batch_id, size, sealed, required_percent,
        next_command_id, on_failure
      from jsonb_to_recordset(p_next->'batches') as x(id uuid, type text, root_id uuid, origin text, origin_id uuid,
        handler text, parent_batch_id uuid, size integer, sealed boolean, required_percent double precision, next_command_id uuid,
        on_failure jsonb)
      returning type
    )
    insert into cascata.tally_deltas (tenant, kind, type, status, hour, n)
    select p_tenant, 'batch', type, 'created', date_trunc('hour', now(), 'UTC'), count(*) from made group by type;
    insert into cascata.command_queue (tenant, id, type, root_id, batch_id, lane, priority, state)
    select p_tenant, id, type, root_id, parent_batch_id, 1, 0, 'awaiting'
    from jsonb_to_recordset(p_next->'batches') as x(id uuid, type text, root_id uuid, parent_batch_id uuid)
    where parent_batch_id is not null;
  end if;
  with c as materialized (
    select id, type, data, lane, coalesce(priority, 0) as priority, delay_ms, coalesce(root_id, id) as root_id, origin,
      origin_id, handler, event_id, batch_id, awaiting, trace
    from jsonb_to_recordset(p_next->'commands') as c(id uuid, type text, data jsonb, lane smallint,
      priority smallint, delay_ms double precision, root_id uuid, origin text, origin_id uuid, handler text,
      event_id uuid, batch_id uuid, awaiting boolean, trace text)
  ), facts as (
    insert into cascata.commands (tenant, id, type, data, run_at, lane, priority, root_id, origin, origin_id, handler,
      batch_id, trace)
    select p_tenant, id, type, data, case when delay_ms > 0 then now() + delay_ms * interval '1 millisecond' end, lane,
      priority, root_id, origin, origin_id, handler, batch_id, trace
    from c
  ), tallied as (
    insert into cascata.tally_deltas (tenant, kind, type, status, hour, n)
    select p_tenant, 'command', type, 'created', date_trunc('hour', now(), 'UTC'), count(*) from c group by type
  )
  insert into cascata.command_queue (tenant, id, type, root_id, event_id, batch_id, lane, priority, state, run_at, rings)
  select p_tenant, id, type, root_id, event_id, batch_id, lane, priority,
    case when awaiting then 'awaiting' when delay_ms > 0 then 'scheduled' else 'pending' end,
    case when not coalesce(awaiting, false) and delay_ms > 0 then now() + delay_ms * interval '1 millisecond' end,
    id = v_first
  from c;
  -- A batch of nobody has already succeeded.
  for b in select id from jsonb_to_recordset(p_next->'batches') as x(id uuid, size integer, sealed boolean)
           where size = 0 and sealed order by 1 loop
    perform cascata.settle_batch(p_tenant, b.id);
  end loop;
end $$;

-- Commands and batches without a handler before them: each command is the root of its own lineage unless it names one.
create function cascata.enqueue(p_tenant uuid, p_next jsonb) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  perform cascata.check_tenant(p_tenant);
  perform cascata.check_root_times(array(
    select coalesce(root_id, id) from jsonb_to_recordset(p_next->'commands') as x(id uuid, root_id uuid)
    union all select root_id from jsonb_to_recordset(p_next->'batches') as x(root_id uuid)));
  perform cascata.insert_next(p_tenant, p_next);
end $$;

-- The same for commands that differ in nothing but their data, which is what is enqueued by the thousand: as columns, of
-- which the server parses a third.
create function cascata.enqueue_alike(p_tenant uuid, p_type text, p_lane smallint, p_priority smallint,
  p_delay_ms double precision, p_ids uuid[], p_data jsonb, p_trace text) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_run_at timestamptz := case when p_delay_ms > 0 then now() + p_delay_ms * interval '1 millisecond' end;
  v_state text := case when p_delay_ms > 0 then 'scheduled' else 'pending' end;
begin
  perform cascata.check_tenant(p_tenant);
  perform cascata.check_root_times(p_ids);
  with c as materialized (
    select id, data from rows from (unnest(p_ids), jsonb_array_elements(p_data)) as c(id, data)
  ), facts as (
    insert into cascata.commands (tenant, id, type, data, run_at, lane, priority, root_id, origin, trace)
    select p_tenant, id, p_type, data, v_run_at, p_lane, p_priority, id, 'direct', p_trace from c
  ), tallied as (
    insert into cascata.tally_deltas (tenant, kind, type, status, hour, n)
    values (p_tenant, 'command', p_type, 'created', date_trunc('hour', now(), 'UTC'), cardinality(p_ids))
  )
  insert into cascata.command_queue (tenant, id, type, root_id, lane, priority, state, run_at, rings)
  select p_tenant, id, p_type, id, p_lane, p_priority, v_state, v_run_at, id = p_ids[1] from c;
end $$;
