-- Queues: what is left to do, and nothing else. A row goes in the transaction that finishes its work, so the tables
-- stay small whatever the history. Only due work is `pending`; nothing unclaimable waits among it.
--   pending     claimable now            processing  claimed; the token is the fence
--   scheduled   due at run_at            awaiting    exists, and waits for its batch (or is a nested batch's place)
--   unknown     an effect that a human must decide      parked      no daemon knows its type; shown as pending
--   absent      kept for an event's handler that no running daemon has; nobody waits for it

create table cascata.event_queue (
  tenant     uuid        not null,
  event_id   uuid        not null,
  handler    text        not null default '',   -- '' until first processed; then one row per handler still to run
  type       text        not null,
  root_id    uuid        not null,
  state      text        not null default 'pending'
             check (state in ('pending', 'scheduled', 'processing', 'parked', 'absent')),
  run_at     timestamptz,
  claim_no   integer     not null default 0,    -- only grows: fence, and key of the handlings
  failures   smallint    not null default 0,    -- what the retry policy counts
  crashes    smallint    not null default 0,    -- how often a daemon died with it
  refusals   smallint    not null default 0,    -- in a row: its data are nothing that the daemon's schema knows
  token      uuid,
  claimed_by uuid,
  rings      boolean     not null default false, -- true on one row of each insert: the doorbell's trigger reads it
  started    boolean     not null default false, -- its piece of the set has begun; recorded once a daemon was lost with it
  primary key (tenant, event_id, handler),
  check ((state = 'processing') = (token is not null)),
  check ((state = 'processing') = (claimed_by is not null)),
  check ((state = 'scheduled') = (run_at is not null))
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_cost_delay = 0);

create index event_queue_pending on cascata.event_queue (tenant, event_id) where state = 'pending' and crashes < 2;
create index event_queue_handler on cascata.event_queue (type, handler, event_id) where state = 'pending' and handler <> '';
create index event_queue_suspect on cascata.event_queue (tenant, event_id) where state = 'pending' and crashes >= 2;
create index event_queue_scheduled on cascata.event_queue (run_at) where state = 'scheduled';
create index event_queue_processing on cascata.event_queue (tenant, event_id) where state = 'processing';
create index event_queue_parked on cascata.event_queue (type, handler) where state = 'parked';
create index event_queue_absent on cascata.event_queue (type, handler) where state = 'absent';

create table cascata.command_queue (
  tenant      uuid        not null,
  id          uuid        not null,
  type        text        not null,
  root_id     uuid        not null,
  event_id    uuid,                              -- these three are repeated into the attempt that ends it
  batch_id    uuid,
  original_id uuid,                              -- the first command of a chain of reprocessings
  lane        smallint    not null,
  priority    smallint    not null,
  state       text        not null
              check (state in ('pending', 'scheduled', 'awaiting', 'processing', 'unknown', 'parked')),
  run_at      timestamptz,
  claim_no    integer     not null default 0,
  failures    smallint    not null default 0,    -- what the retry policy counts
  crashes     smallint    not null default 0,    -- how often a daemon died with it, or its session was lost
  releases    smallint    not null default 0,    -- how often in a row it was given back, uncounted: the wait grows with it
  refusals    smallint    not null default 0,    -- how often a daemon did not know its data
  token       uuid,
  claimed_by  uuid,
  rings       boolean     not null default false,
  started     boolean     not null default false, -- the run of this claim has begun; recorded once a daemon was lost with it
  primary key (tenant, id),
  check ((state = 'processing') = (token is not null)),
  check ((state = 'processing') = (claimed_by is not null)),
  check ((state = 'scheduled') = (run_at is not null))
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_cost_delay = 0);

-- One per lane, so that looking for the next tenant of a lane never walks over another lane's backlog.
create index command_queue_interactive on cascata.command_queue (tenant, priority, id)
  where state = 'pending' and lane = 0 and crashes < 2;
create index command_queue_default on cascata.command_queue (tenant, priority, id)
  where state = 'pending' and lane = 1 and crashes < 2;
create index command_queue_bulk on cascata.command_queue (tenant, priority, id)
  where state = 'pending' and lane = 2 and crashes < 2;
create index command_queue_suspect on cascata.command_queue (tenant, id) where state = 'pending' and crashes >= 2;
create index command_queue_scheduled on cascata.command_queue (run_at) where state = 'scheduled';
create index command_queue_processing on cascata.command_queue (tenant, id) where state = 'processing';
create index command_queue_parked on cascata.command_queue (type, lane) where state = 'parked';
create index command_queue_batch on cascata.command_queue (tenant, batch_id, id) where batch_id is not null;

-- Successes whose own transaction has committed and whose attempt is not written yet: the fence moves a command from the
-- queue to here in the transaction of its handler, and a group of them becomes attempts a moment later. No index: whoever
-- put a row here knows where it lies, and what a lost daemon left is read from end to end.
create table cascata.committed_commands (
  tenant     uuid        not null,
  id         uuid        not null,
  type       text        not null,
  event_id   uuid,
  batch_id   uuid,
  claim_no   integer     not null,
  token      uuid        not null,
  daemon_id  uuid        not null,
  started_at timestamptz not null default now()
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

create table cascata.batches (
  tenant           uuid        not null,
  id               uuid        not null,
  type             text        not null,
  created_at       timestamptz not null default now(),
  root_id          uuid        not null,
  origin           text        not null check (origin in ('event', 'command', 'direct')),
  origin_id        uuid        check ((origin_id is null) = (origin = 'direct')),
  handler          text,
  parent_batch_id  uuid,                          -- the batch whose member made it: that one waits for this one
  size             integer     not null,
  sealed           boolean     not null,
  required_percent double precision not null check (required_percent between 0 and 100),
  state            text        not null default 'open' check (state in ('open', 'success', 'error', 'cancelled')),
  failings         integer     not null default 0, -- how often it went to error
  settled_at       timestamptz,
  next_command_id  uuid,
  released_at      timestamptz,                   -- once ever
  on_failure       jsonb,                         -- { type, data, lane, priority, delay_ms }: made into a command when something new failed
  primary key (tenant, id),
  check ((state = 'open') = (settled_at is null)),
  check (released_at is null or next_command_id is not null)
) with (fillfactor = 80);

create index batches_open on cascata.batches (tenant, id) where state = 'open';
create index batches_origin on cascata.batches (tenant, origin_id) where origin_id is not null;
create index batches_root on cascata.batches (tenant, root_id, id);
create index batches_type on cascata.batches (tenant, type, id desc);

-- Members that finally failed and were not healed by a reprocessed copy.
create table cascata.batch_failures (
  tenant     uuid    not null,
  batch_id   uuid    not null,
  command_id uuid    not null,                    -- the first command of a chain of reprocessings
  told       boolean not null default false,      -- the on-failure command was made after it
  primary key (tenant, batch_id, command_id)
);

-- Commands that ended badly and whose reprocessed copy has succeeded. Kept beside the attempts, which are never updated.
create table cascata.recoveries (
  tenant       uuid        not null,
  command_id   uuid        not null,
  type         text        not null,
  by_id        uuid        not null,               -- the copy that succeeded
  recovered_at timestamptz not null default now(),
  primary key (tenant, command_id)
);

-- One per call to the outside: the intent is here before the call, what became of it after.
create table cascata.effects (
  tenant      uuid        not null,
  command_id  uuid        not null,
  claim_no    integer     not null,
  key         uuid        not null,               -- made of the first command of a chain of reprocessings
  type        text        not null,
  state       text        not null check (state in ('calling', 'accepted', 'rejected', 'unknown')),
  called_at   timestamptz not null default now(),
  deadline_at timestamptz not null,               -- the call's own timeout: only after it may it be called unknown
  ended_at    timestamptz,
  on_unknown  text        not null check (on_unknown in ('retry', 'reconcile', 'hold')),
  provider_id text,
  primary key (tenant, command_id, claim_no),
  check ((state = 'calling') = (ended_at is null))
) with (fillfactor = 80);

create index effects_key on cascata.effects (tenant, key);
create index effects_calling on cascata.effects (deadline_at) where state = 'calling';

-- Which handler wants which event, as running daemons have them, and remembered for a day after the last of those has left:
-- whoever is away for a restart or a deployment gets what came meanwhile.
create table cascata.subscriptions (
  event_type text        not null,
  handler    text        not null,
  seen_at    timestamptz not null default now(),  -- to a minute: when a running daemon last had it
  ended_at   timestamptz,                         -- null: a running daemon has it
  primary key (event_type, handler)
);

create table cascata.daemons (
  id            uuid        primary key,
  lock_key      bigint      not null,             -- held as a session advisory lock while it lives
  host          text        not null,
  pid           integer     not null,
  version       text        not null,
  state         text        not null check (state in ('running', 'draining', 'stopped', 'lost')),
  started_at    timestamptz not null default now(),
  heartbeat_at  timestamptz not null default now(),
  lease_ms      integer     not null,
  event_types   text[]      not null,
  event_handlers text[]     not null default '{}', -- 'type/handler'
  command_types text[]      not null,
  lanes         smallint[]  not null default '{0,1,2}' -- of commands
);

create index daemons_live on cascata.daemons (state) where state in ('running', 'draining');

-- Who did what to the engine's records by hand.
create table cascata.audit (
  tenant    uuid        not null,
  id        uuid        not null,
  at        timestamptz not null default now(),
  author    text        not null,
  action    text        not null,
  target_id uuid        not null,
  reason    text        not null,
  primary key (tenant, id)
);
