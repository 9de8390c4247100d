-- NOTIFY is a hint; polling is the guarantee. A transaction that notifies holds a lock of the whole server through its
-- commit, so only one rings at a time: whoever finds the rope taken leaves it, and the woken daemon looks again a few
-- times for late committers. Deferred to the commit: rung earlier, one long transaction would hold the rope and mute all.
-- A session of anybody that listens and sleeps in its transaction fills the server's queue of notifications, and then a
-- COMMIT that notifies fails: from half full on the doorbell is left alone. Asked behind the rope, it costs 0.6 µs.
create function cascata.ring(doorbell text) returns void language plpgsql as $$
begin
  if pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('cascata.doorbell.' || doorbell, 0)) and pg_catalog.pg_notification_queue_usage() < 0.5 then
    perform pg_catalog.pg_notify('cascata_' || doorbell, '');
  end if;
end $$;

-- The same once more, inline: every transaction that emits runs it at its commit.
create function cascata.ring_at_commit() returns trigger language plpgsql as $$
begin
  if pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('cascata.doorbell.' || tg_argv[0], 0)) and pg_catalog.pg_notification_queue_usage() < 0.5 then
    perform pg_catalog.pg_notify('cascata_' || tg_argv[0], '');
  end if;
  return null;
end $$;

-- WHEN is asked at the insert, so 100,000 rows of one statement queue one deferred trigger, not 100,000.
create constraint trigger event_doorbell after insert on cascata.event_queue
  deferrable initially deferred for each row when (new.rings) execute function cascata.ring_at_commit('events');
create constraint trigger command_doorbell after insert on cascata.command_queue
  deferrable initially deferred for each row when (new.rings) execute function cascata.ring_at_commit('commands');
-- A batch that succeeds sets its next command pending, and so does who decides that a call is made again: that rings too.
create constraint trigger command_release_doorbell after update of state on cascata.command_queue
  deferrable initially deferred for each row
  when (old.state in ('awaiting', 'unknown') and new.state = 'pending') execute function cascata.ring_at_commit('commands');
