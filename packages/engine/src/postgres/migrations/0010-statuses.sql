-- A status is derived: the queue row's state, else the final attempt; with neither, its success has committed and is about
-- to be recorded. A command whose reprocessed copy succeeded is recovered. These views say so once, for every reader.
create view cascata.command_statuses with (security_invoker = true) as
select c.tenant, c.id, c.type, c.root_id, c.origin, c.origin_id, c.handler, c.batch_id, c.created_at,
  coalesce(case q.state when 'parked' then 'pending' else q.state end, case when r.command_id is not null then 'recovered' else a.outcome end, 'success') as status,
  coalesce(q.claim_no, a.claim_no) as claim_no, q.failures, q.run_at, a.ended_at, a.ms, a.error_class, a.error
from cascata.commands c
left join cascata.command_queue q on q.tenant = c.tenant and q.id = c.id
left join lateral (
  select * from cascata.attempts a where a.tenant = c.tenant and a.command_id = c.id and a.final limit 1
) a on q.id is null
left join cascata.recoveries r on r.tenant = a.tenant and r.command_id = a.command_id and a.outcome <> 'success';

create view cascata.event_statuses with (security_invoker = true) as
select e.tenant, e.id, e.type, e.root_id, e.entity_type, e.entity_id, e.command_id, e.occurred_at,
  coalesce(q.status, case when h.failed then 'error' else 'success' end) as status, h.ended_at, h.ms
from cascata.events e
left join lateral (
  select case when bool_or(state = 'processing') then 'processing'
              when bool_or(state in ('pending', 'parked')) then 'pending' else 'scheduled' end as status
  from cascata.event_queue q where q.tenant = e.tenant and q.event_id = e.id and q.state <> 'absent' having count(*) > 0
) q on true
left join lateral (
  select bool_or(final and outcome = 'error') as failed, max(ended_at) as ended_at, sum(ms) as ms
  from cascata.event_handlings h where h.tenant = e.tenant and h.event_id = e.id
) h on true;

create view cascata.batch_statuses with (security_invoker = true) as
select b.*,
  case when b.state <> 'open' then b.state
       when m.open < b.size or m.begun or b.failings > 0 then 'processing' else 'pending' end as status,
  m.open, (select count(*) from cascata.batch_failures f where f.tenant = b.tenant and f.batch_id = b.id) as failed
from cascata.batches b
cross join lateral (
  -- A place that a nested batch holds is what a member has made.
  select count(*) as open, coalesce(bool_or(q.claim_no > 0 or q.state = 'awaiting'), false) as begun
  from cascata.command_queue q where q.tenant = b.tenant and q.batch_id = b.id
) m;
