-- Failures of late, and work that tries again: what an operator looks at first in an outage. All four are partial, so what
-- succeeds at once pays nothing for them.
create index attempts_failed on cascata.attempts (ended_at) where outcome in ('error', 'unknown', 'lost');
create index event_handlings_failed on cascata.event_handlings (ended_at) where outcome in ('error', 'lost');
create index command_queue_retrying on cascata.command_queue (id) where failures > 0;
create index event_queue_retrying on cascata.event_queue (event_id) where failures > 0;
