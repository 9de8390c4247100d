-- The intents of calls to the outside, before they are made. Each locks its claim: a rescue that comes first has changed the
-- token, and nothing is called; one that comes later finds the row locked, or the intent. In the order of the ids, so that
-- two of them never wait for each other. Answers whose call may be made, and what is known of earlier calls with the same key:
-- accepted before unknown before rejected.
create function cascata.intend_effects(p_tenant uuid, p_ids uuid[], p_tokens uuid[], p_keys uuid[],
  p_timeouts_ms double precision[], p_on_unknown text[]) returns table (id uuid, claim_no integer, earlier text)
language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  v_set text;
begin
  -- What a server that crashes forgets would be called again.
  if current_setting('synchronous_commit') = 'off' then v_set := set_config('synchronous_commit', 'on', true); end if;
  return query
  with i as materialized (
    select p_tenant as tenant, i.* from unnest(p_ids, p_tokens, p_keys, p_timeouts_ms, p_on_unknown)
      as i(id, token, key, timeout_ms, on_unknown) order by i.id
  ), claimed as materialized (
    select q.tenant, q.id, q.claim_no, q.type, i.key, i.timeout_ms, i.on_unknown,
      case when q.claim_no > 1 or q.original_id is not null then (
        select case when bool_or(e.state = 'accepted') then 'accepted' when bool_and(e.state = 'rejected') then 'rejected'
                    when count(*) > 0 then 'unknown' end
        from cascata.effects e where e.tenant = any(array[q.tenant]) and e.key = i.key) end as earlier
    from i cross join lateral (
      select * from cascata.command_queue q
      where q.tenant = any(array[i.tenant]) and q.id = i.id and q.token = i.token limit 1 for update
    ) q
  ), stored as (
    insert into cascata.effects (tenant, command_id, claim_no, key, type, state, deadline_at, on_unknown)
    select c.tenant, c.id, c.claim_no, c.key, c.type, 'calling', now() + c.timeout_ms * interval '1 millisecond', c.on_unknown
    from claimed c
  )
  select c.id, c.claim_no, c.earlier from claimed c;
end $$;
