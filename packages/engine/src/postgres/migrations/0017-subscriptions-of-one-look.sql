-- Which handlers running daemons have, read once: see 0007. A daemon that registered between two looks was heard of by the
-- second alone. Its handlers then counted as heard, while the time in which nobody heard any event had not been added to
-- the others, and what was kept for those was deleted. A daemon that registers behind the look follows by itself.
-- compatible with older versions
create or replace function cascata.follow_subscriptions() returns void language plpgsql as $$
declare
  v_last timestamptz;
  v_heard text[];
begin
  perform pg_advisory_xact_lock(hashtextextended('cascata.follow_subscriptions', 0));
  select array_agg(distinct h) into v_heard
  from cascata.daemons d cross join unnest(d.event_handlers) as h where d.state = 'running';
  select max(seen_at) into v_last from cascata.subscriptions;
  if v_last < now() - interval '5 minutes' and v_heard is not null then
    update cascata.subscriptions set ended_at = ended_at + (now() - v_last) where ended_at is not null;
  end if;
  with heard as materialized (
    select split_part(h, '/', 1) as event_type, split_part(h, '/', 2) as handler from unnest(v_heard) as h
  ), begun as (
    insert into cascata.subscriptions as s (event_type, handler) select event_type, handler from heard order by 1, 2
    on conflict (event_type, handler) do update set ended_at = null, seen_at = now()
    where s.ended_at is not null or s.seen_at < now() - interval '1 minute'
  )
  update cascata.subscriptions s set ended_at = now()
  where s.ended_at is null and not exists (
    select 1 from heard h where h.event_type = s.event_type and h.handler = s.handler);
end $$;
