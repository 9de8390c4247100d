-- Settling a batch. Members never touch the batch's row, so 100,000 of them do not queue for it. Whoever adds, requeues
-- or reprocesses a member, or seals the batch, locks this row and sets it open in the transaction that does so.

-- Whether this transaction is the one in which a member's handler runs. Its fence has taken the member out of the queue, and
-- what the handler will leave behind is not there yet, so the batch looks finished; the probe after the commit asks again.
create function cascata.is_member_at_work(p_tenant uuid, p_batch uuid) returns boolean language plpgsql stable as $$
declare
  v_command uuid := nullif(split_part(coalesce(current_setting('cascata.claim', true), ''), '|', 2), '');
begin
  return v_command is not null and exists (
    select 1 from cascata.commands where tenant = p_tenant and id = v_command and batch_id = p_batch);
end $$;

-- Two statements in one transaction: lock, then probe with a fresh snapshot. As one statement with NOT EXISTS it would
-- keep the snapshot from before the wait for the lock, and release early.
create function cascata.settle_batch(p_tenant uuid, p_batch uuid) returns text language plpgsql volatile as $$
declare
  b cascata.batches;
  v_failed integer;
  v_success boolean;
  v_news boolean := false;
  v_command uuid;
  v_run_at timestamptz;
begin
  select * into b from cascata.batches where tenant = p_tenant and id = p_batch for update;
  if not found or b.state <> 'open' or not b.sealed then return b.state; end if;
  if cascata.is_member_at_work(p_tenant, p_batch) then return 'open'; end if;
  if (select id from cascata.command_queue where tenant = p_tenant and batch_id = p_batch order by id desc limit 1)
     is not null then return 'open'; end if;
  select count(*) into v_failed from cascata.batch_failures where tenant = p_tenant and batch_id = p_batch;
  -- Failed nested batches count too, and there may be more of them than members. Two thirds of three are two,
  -- however a percentage of them is rounded.
  v_success := b.size = 0 or greatest(b.size - v_failed, 0) * 100.0 >= b.required_percent * b.size * (1 - 1e-12::float8);
  update cascata.batches set state = case when v_success then 'success' else 'error' end, settled_at = now(),
    failings = failings + case when v_success then 0 else 1 end,
    released_at = case when v_success and next_command_id is not null then coalesce(released_at, now()) else released_at end
  where tenant = p_tenant and id = p_batch;
  if v_success then
    -- Once ever: only the first success finds the command awaiting. Its own delay counts from when it was saved.
    select run_at into v_run_at from cascata.commands where tenant = p_tenant and id = b.next_command_id;
    update cascata.command_queue set state = case when v_run_at > now() then 'scheduled' else 'pending' end,
      run_at = case when v_run_at > now() then v_run_at end
    where tenant = p_tenant and id = b.next_command_id and state = 'awaiting';
  else
    -- Other members may have failed and been told of before: while they are healed one by one, nobody is told again.
    update cascata.batch_failures set told = true where tenant = p_tenant and batch_id = p_batch and not told;
    v_news := found;
  end if;
  if v_news and b.on_failure is not null then
    v_command := cascata.new_uuid();
    perform cascata.insert_next(p_tenant, jsonb_build_object('commands', jsonb_build_array(b.on_failure || jsonb_build_object(
      'id', v_command, 'root_id', b.root_id, 'origin', 'batch-failure', 'origin_id', b.id))));
  end if;
  if b.parent_batch_id is not null then
    delete from cascata.command_queue where tenant = p_tenant and id = p_batch and state = 'awaiting';
    if v_success then
      delete from cascata.batch_failures
      where tenant = p_tenant and batch_id = b.parent_batch_id and command_id = p_batch;
    else
      insert into cascata.batch_failures (tenant, batch_id, command_id) values (p_tenant, b.parent_batch_id, p_batch)
      on conflict (tenant, batch_id, command_id) do update set told = batch_failures.told and not v_news;
    end if;
    perform cascata.settle_batch(p_tenant, b.parent_batch_id);
  end if;
  return case when v_success then 'success' else 'error' end;
end $$;

-- A UUIDv7 made here, for the one command that no application made beforehand.
create function cascata.new_uuid() returns uuid language sql volatile as $$
  select (lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0')
    || '7' || substr(r, 14, 3) || substr(r, 17, 16))::uuid
  from (select translate(gen_random_uuid()::text, '-', '') as r) x $$;

-- Asked after each commit that ended a member: cheap while others are open, and while more may be added. Read downwards:
-- upwards the index begins with everything that has just been finished (160,618 buffers against 5). Who adds members holds the
-- batch's row for as long as the transaction takes, so the wait is short: the sweep asks again.
create function cascata.probe_batch(p_tenant uuid, p_batch uuid) returns text language plpgsql volatile
set lock_timeout = '1s' as $$
begin
  if (select id from cascata.command_queue where tenant = p_tenant and batch_id = p_batch order by id desc limit 1)
     is not null then return 'open'; end if;
  if not exists (select 1 from cascata.batches where tenant = p_tenant and id = p_batch and state = 'open' and sealed) then
    return (select state from cascata.batches where tenant = p_tenant and id = p_batch);
  end if;
  return cascata.settle_batch(p_tenant, p_batch);
end $$;

-- Opens a batch for a further member, or refuses: sealed stays sealed for new members, not for copies of its own.
create function cascata.open_batch(p_tenant uuid, p_batch uuid) returns void language plpgsql volatile as $$
declare
  b cascata.batches;
begin
  select * into b from cascata.batches where tenant = p_tenant and id = p_batch for update;
  if not found then raise exception 'No batch %.', p_batch using errcode = 'CA006'; end if;
  -- Written even if it is open already: a settling transaction with an older snapshot (repeatable read) must then fail.
  update cascata.batches set state = 'open', settled_at = null where tenant = p_tenant and id = p_batch;
  -- Its own place in the batch above, which has to wait again.
  if b.parent_batch_id is not null and b.state <> 'open' then
    perform cascata.open_batch(p_tenant, b.parent_batch_id);
    insert into cascata.command_queue (tenant, id, type, root_id, batch_id, lane, priority, state)
    values (p_tenant, p_batch, b.type, b.root_id, b.parent_batch_id, 1, 0, 'awaiting') on conflict do nothing;
  end if;
end $$;

-- Members for a batch that was created open.
create function cascata.add_to_batch(p_tenant uuid, p_batch uuid, p_next jsonb) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp as $$
begin
  perform cascata.check_tenant(p_tenant);
  perform cascata.check_root_times(array(select id from jsonb_to_recordset(p_next->'commands') as x(id uuid)));
  perform cascata.open_batch(p_tenant, p_batch);
  update cascata.batches set size = size + jsonb_array_length(p_next->'commands')
  where tenant = p_tenant and id = p_batch and not sealed;
  if not found then raise exception 'Batch % is sealed.', p_batch using errcode = 'CA005'; end if;
  perform cascata.insert_next(p_tenant, p_next);
end $$;

create function cascata.seal_batch(p_tenant uuid, p_batch uuid) returns text language plpgsql volatile
set search_path = pg_catalog, pg_temp as $$
begin
  perform cascata.check_tenant(p_tenant);
  update cascata.batches set sealed = true where tenant = p_tenant and id = p_batch;
  if not found then raise exception 'No batch %.', p_batch using errcode = 'CA006'; end if;
  return cascata.settle_batch(p_tenant, p_batch);
end $$;
