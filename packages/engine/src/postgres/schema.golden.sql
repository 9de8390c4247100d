table attempts partition by RANGE (command_id)
  tenant uuid not null
  command_id uuid not null
  claim_no integer not null
  type text not null
  outcome text not null
  final boolean not null
  started_at timestamp with time zone
  ended_at timestamp with time zone not null default now()
  ms double precision not null
  error_class text
  error text
  stack text
  next_at timestamp with time zone
  next_why text
  daemon_id uuid
  batch_id uuid
  event_id uuid
  constraint attempts_outcome_check CHECK ((outcome = ANY (ARRAY['success'::text, 'error'::text, 'cancelled'::text, 'snoozed'::text, 'released'::text, 'lost'::text, 'unknown'::text])))
  constraint attempts_pkey PRIMARY KEY (tenant, command_id, claim_no)
  CREATE INDEX attempts_failed ON ONLY cascata.attempts USING btree (ended_at) WHERE (outcome = ANY (ARRAY['error'::text, 'unknown'::text, 'lost'::text]))
  CREATE INDEX attempts_outcome ON ONLY cascata.attempts USING btree (tenant, outcome, command_id) WHERE final
  CREATE INDEX attempts_type ON ONLY cascata.attempts USING btree (tenant, type, outcome, command_id) WHERE final
  CREATE UNIQUE INDEX attempts_pkey ON ONLY cascata.attempts USING btree (tenant, command_id, claim_no)

table audit
  tenant uuid not null
  id uuid not null
  at timestamp with time zone not null default now()
  author text not null
  action text not null
  target_id uuid not null
  reason text not null
  constraint audit_pkey PRIMARY KEY (tenant, id)
  CREATE UNIQUE INDEX audit_pkey ON cascata.audit USING btree (tenant, id)

table batch_failures
  tenant uuid not null
  batch_id uuid not null
  command_id uuid not null
  told boolean not null default false
  constraint batch_failures_pkey PRIMARY KEY (tenant, batch_id, command_id)
  CREATE UNIQUE INDEX batch_failures_pkey ON cascata.batch_failures USING btree (tenant, batch_id, command_id)

table batches with (fillfactor=80)
  tenant uuid not null
  id uuid not null
  type text not null
  created_at timestamp with time zone not null default now()
  root_id uuid not null
  origin text not null
  origin_id uuid
  handler text
  parent_batch_id uuid
  size integer not null
  sealed boolean not null
  required_percent double precision not null
  state text not null default 'open'::text
  failings integer not null default 0
  settled_at timestamp with time zone
  next_command_id uuid
  released_at timestamp with time zone
  on_failure jsonb
  constraint batches_check CHECK (((origin_id IS NULL) = (origin = 'direct'::text)))
  constraint batches_check1 CHECK (((state = 'open'::text) = (settled_at IS NULL)))
  constraint batches_check2 CHECK (((released_at IS NULL) OR (next_command_id IS NOT NULL)))
  constraint batches_origin_check CHECK ((origin = ANY (ARRAY['event'::text, 'command'::text, 'direct'::text])))
  constraint batches_pkey PRIMARY KEY (tenant, id)
  constraint batches_required_percent_check CHECK (((required_percent >= (0)::double precision) AND (required_percent <= (100)::double precision)))
  constraint batches_state_check CHECK ((state = ANY (ARRAY['open'::text, 'success'::text, 'error'::text, 'cancelled'::text])))
  CREATE INDEX batches_open ON cascata.batches USING btree (tenant, id) WHERE (state = 'open'::text)
  CREATE INDEX batches_origin ON cascata.batches USING btree (tenant, origin_id) WHERE (origin_id IS NOT NULL)
  CREATE INDEX batches_root ON cascata.batches USING btree (tenant, root_id, id)
  CREATE INDEX batches_type ON cascata.batches USING btree (tenant, type, id DESC)
  CREATE UNIQUE INDEX batches_pkey ON cascata.batches USING btree (tenant, id)

table command_queue with (fillfactor=70, autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0)
  tenant uuid not null
  id uuid not null
  type text not null
  root_id uuid not null
  event_id uuid
  batch_id uuid
  original_id uuid
  lane smallint not null
  priority smallint not null
  state text not null
  run_at timestamp with time zone
  claim_no integer not null default 0
  failures smallint not null default 0
  crashes smallint not null default 0
  releases smallint not null default 0
  refusals smallint not null default 0
  token uuid
  claimed_by uuid
  rings boolean not null default false
  started boolean not null default false
  constraint command_queue_check CHECK (((state = 'processing'::text) = (token IS NOT NULL)))
  constraint command_queue_check1 CHECK (((state = 'processing'::text) = (claimed_by IS NOT NULL)))
  constraint command_queue_check2 CHECK (((state = 'scheduled'::text) = (run_at IS NOT NULL)))
  constraint command_queue_pkey PRIMARY KEY (tenant, id)
  constraint command_queue_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'scheduled'::text, 'awaiting'::text, 'processing'::text, 'unknown'::text, 'parked'::text])))
  CREATE INDEX command_queue_batch ON cascata.command_queue USING btree (tenant, batch_id, id) WHERE (batch_id IS NOT NULL)
  CREATE INDEX command_queue_bulk ON cascata.command_queue USING btree (tenant, priority, id) WHERE ((state = 'pending'::text) AND (lane = 2) AND (crashes < 2))
  CREATE INDEX command_queue_default ON cascata.command_queue USING btree (tenant, priority, id) WHERE ((state = 'pending'::text) AND (lane = 1) AND (crashes < 2))
  CREATE INDEX command_queue_interactive ON cascata.command_queue USING btree (tenant, priority, id) WHERE ((state = 'pending'::text) AND (lane = 0) AND (crashes < 2))
  CREATE INDEX command_queue_parked ON cascata.command_queue USING btree (type, lane) WHERE (state = 'parked'::text)
  CREATE INDEX command_queue_processing ON cascata.command_queue USING btree (tenant, id) WHERE (state = 'processing'::text)
  CREATE INDEX command_queue_retrying ON cascata.command_queue USING btree (id) WHERE (failures > 0)
  CREATE INDEX command_queue_scheduled ON cascata.command_queue USING btree (run_at) WHERE (state = 'scheduled'::text)
  CREATE INDEX command_queue_suspect ON cascata.command_queue USING btree (tenant, id) WHERE ((state = 'pending'::text) AND (crashes >= 2))
  CREATE UNIQUE INDEX command_queue_pkey ON cascata.command_queue USING btree (tenant, id)
  CREATE CONSTRAINT TRIGGER command_doorbell AFTER INSERT ON cascata.command_queue DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (new.rings) EXECUTE FUNCTION cascata.ring_at_commit('commands')
  CREATE CONSTRAINT TRIGGER command_release_doorbell AFTER UPDATE OF state ON cascata.command_queue DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((old.state = ANY (ARRAY['awaiting'::text, 'unknown'::text])) AND (new.state = 'pending'::text))) EXECUTE FUNCTION cascata.ring_at_commit('commands')

table commands partition by RANGE (id)
  tenant uuid not null
  id uuid not null
  type text not null
  data jsonb not null
  created_at timestamp with time zone not null default now()
  run_at timestamp with time zone
  lane smallint not null
  priority smallint not null
  root_id uuid not null
  origin text not null
  origin_id uuid
  handler text
  batch_id uuid
  author text
  reason text
  trace text
  constraint commands_check CHECK (((origin_id IS NULL) = (origin = ANY (ARRAY['direct'::text, 'schedule'::text]))))
  constraint commands_check1 CHECK (((handler IS NULL) = (origin <> 'event'::text)))
  constraint commands_lane_check CHECK (((lane >= 0) AND (lane <= 2)))
  constraint commands_origin_check CHECK ((origin = ANY (ARRAY['event'::text, 'command'::text, 'reprocess'::text, 'batch'::text, 'batch-failure'::text, 'schedule'::text, 'direct'::text])))
  constraint commands_pkey PRIMARY KEY (tenant, id)
  constraint commands_priority_check CHECK (((priority >= '-100'::integer) AND (priority <= 100)))
  CREATE INDEX commands_batch ON ONLY cascata.commands USING btree (tenant, batch_id, id) WHERE (batch_id IS NOT NULL)
  CREATE INDEX commands_origin ON ONLY cascata.commands USING btree (tenant, origin_id, id) WHERE (origin_id IS NOT NULL)
  CREATE INDEX commands_rare_origin ON ONLY cascata.commands USING btree (tenant, origin, id) WHERE (origin = ANY (ARRAY['reprocess'::text, 'batch'::text, 'batch-failure'::text, 'schedule'::text]))
  CREATE INDEX commands_root ON ONLY cascata.commands USING btree (tenant, root_id, id)
  CREATE UNIQUE INDEX commands_pkey ON ONLY cascata.commands USING btree (tenant, id)

table committed_commands with (autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0)
  tenant uuid not null
  id uuid not null
  type text not null
  event_id uuid
  batch_id uuid
  claim_no integer not null
  token uuid not null
  daemon_id uuid not null
  started_at timestamp with time zone not null default now()

table daemons
  id uuid not null
  lock_key bigint not null
  host text not null
  pid integer not null
  version text not null
  state text not null
  started_at timestamp with time zone not null default now()
  heartbeat_at timestamp with time zone not null default now()
  lease_ms integer not null
  event_types text[] not null
  event_handlers text[] not null default '{}'::text[]
  command_types text[] not null
  lanes smallint[] not null default '{0,1,2}'::smallint[]
  constraint daemons_pkey PRIMARY KEY (id)
  constraint daemons_state_check CHECK ((state = ANY (ARRAY['running'::text, 'draining'::text, 'stopped'::text, 'lost'::text])))
  CREATE INDEX daemons_live ON cascata.daemons USING btree (state) WHERE (state = ANY (ARRAY['running'::text, 'draining'::text]))
  CREATE UNIQUE INDEX daemons_pkey ON cascata.daemons USING btree (id)

table effects with (fillfactor=80)
  tenant uuid not null
  command_id uuid not null
  claim_no integer not null
  key uuid not null
  type text not null
  state text not null
  called_at timestamp with time zone not null default now()
  deadline_at timestamp with time zone not null
  ended_at timestamp with time zone
  on_unknown text not null
  provider_id text
  constraint effects_check CHECK (((state = 'calling'::text) = (ended_at IS NULL)))
  constraint effects_on_unknown_check CHECK ((on_unknown = ANY (ARRAY['retry'::text, 'reconcile'::text, 'hold'::text])))
  constraint effects_pkey PRIMARY KEY (tenant, command_id, claim_no)
  constraint effects_state_check CHECK ((state = ANY (ARRAY['calling'::text, 'accepted'::text, 'rejected'::text, 'unknown'::text])))
  CREATE INDEX effects_calling ON cascata.effects USING btree (deadline_at) WHERE (state = 'calling'::text)
  CREATE INDEX effects_key ON cascata.effects USING btree (tenant, key)
  CREATE UNIQUE INDEX effects_pkey ON cascata.effects USING btree (tenant, command_id, claim_no)

table event_handlings partition by RANGE (event_id)
  tenant uuid not null
  event_id uuid not null
  handler text not null
  claim_no integer not null
  type text not null
  outcome text not null
  final boolean not null
  started_at timestamp with time zone
  ended_at timestamp with time zone not null default now()
  ms double precision not null
  error_class text
  error text
  stack text
  next_at timestamp with time zone
  next_why text
  daemon_id uuid
  constraint event_handlings_outcome_check CHECK ((outcome = ANY (ARRAY['success'::text, 'error'::text, 'lost'::text, 'released'::text])))
  constraint event_handlings_pkey PRIMARY KEY (tenant, event_id, handler, claim_no)
  CREATE INDEX event_handlings_failed ON ONLY cascata.event_handlings USING btree (ended_at) WHERE (outcome = ANY (ARRAY['error'::text, 'lost'::text]))
  CREATE INDEX event_handlings_outcome ON ONLY cascata.event_handlings USING btree (tenant, outcome, event_id) WHERE final
  CREATE UNIQUE INDEX event_handlings_pkey ON ONLY cascata.event_handlings USING btree (tenant, event_id, handler, claim_no)

table event_queue with (fillfactor=70, autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0)
  tenant uuid not null
  event_id uuid not null
  handler text not null default ''::text
  type text not null
  root_id uuid not null
  state text not null default 'pending'::text
  run_at timestamp with time zone
  claim_no integer not null default 0
  failures smallint not null default 0
  crashes smallint not null default 0
  refusals smallint not null default 0
  token uuid
  claimed_by uuid
  rings boolean not null default false
  started boolean not null default false
  constraint event_queue_check CHECK (((state = 'processing'::text) = (token IS NOT NULL)))
  constraint event_queue_check1 CHECK (((state = 'processing'::text) = (claimed_by IS NOT NULL)))
  constraint event_queue_check2 CHECK (((state = 'scheduled'::text) = (run_at IS NOT NULL)))
  constraint event_queue_pkey PRIMARY KEY (tenant, event_id, handler)
  constraint event_queue_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'scheduled'::text, 'processing'::text, 'parked'::text, 'absent'::text])))
  CREATE INDEX event_queue_absent ON cascata.event_queue USING btree (type, handler) WHERE (state = 'absent'::text)
  CREATE INDEX event_queue_handler ON cascata.event_queue USING btree (type, handler, event_id) WHERE ((state = 'pending'::text) AND (handler <> ''::text))
  CREATE INDEX event_queue_parked ON cascata.event_queue USING btree (type, handler) WHERE (state = 'parked'::text)
  CREATE INDEX event_queue_pending ON cascata.event_queue USING btree (tenant, event_id) WHERE ((state = 'pending'::text) AND (crashes < 2))
  CREATE INDEX event_queue_processing ON cascata.event_queue USING btree (tenant, event_id) WHERE (state = 'processing'::text)
  CREATE INDEX event_queue_retrying ON cascata.event_queue USING btree (event_id) WHERE (failures > 0)
  CREATE INDEX event_queue_scheduled ON cascata.event_queue USING btree (run_at) WHERE (state = 'scheduled'::text)
  CREATE INDEX event_queue_suspect ON cascata.event_queue USING btree (tenant, event_id) WHERE ((state = 'pending'::text) AND (crashes >= 2))
  CREATE UNIQUE INDEX event_queue_pkey ON cascata.event_queue USING btree (tenant, event_id, handler)
  CREATE CONSTRAINT TRIGGER event_doorbell AFTER INSERT ON cascata.event_queue DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (new.rings) EXECUTE FUNCTION cascata.ring_at_commit('events')

table events partition by RANGE (id)
  tenant uuid not null
  id uuid not null
  type text not null
  data jsonb not null
  entity_type text not null
  entity_id text not null
  occurred_at timestamp with time zone not null default now()
  root_id uuid not null
  command_id uuid
  actor text
  trace text
  constraint events_pkey PRIMARY KEY (tenant, id)
  CREATE INDEX events_command ON ONLY cascata.events USING btree (tenant, command_id, id) WHERE (command_id IS NOT NULL)
  CREATE INDEX events_entity ON ONLY cascata.events USING btree (tenant, entity_type, entity_id, id)
  CREATE INDEX events_root ON ONLY cascata.events USING btree (tenant, root_id, id)
  CREATE INDEX events_type ON ONLY cascata.events USING btree (tenant, type, id)
  CREATE UNIQUE INDEX events_pkey ON ONLY cascata.events USING btree (tenant, id)

table migrations
  name text not null
  checksum text not null
  ran_at timestamp with time zone not null default now()
  compatible boolean not null default false
  constraint migrations_pkey PRIMARY KEY (name)
  CREATE UNIQUE INDEX migrations_pkey ON cascata.migrations USING btree (name)

table recoveries
  tenant uuid not null
  command_id uuid not null
  type text not null
  by_id uuid not null
  recovered_at timestamp with time zone not null default now()
  constraint recoveries_pkey PRIMARY KEY (tenant, command_id)
  CREATE UNIQUE INDEX recoveries_pkey ON cascata.recoveries USING btree (tenant, command_id)

table subscriptions
  event_type text not null
  handler text not null
  seen_at timestamp with time zone not null default now()
  ended_at timestamp with time zone
  constraint subscriptions_pkey PRIMARY KEY (event_type, handler)
  CREATE UNIQUE INDEX subscriptions_pkey ON cascata.subscriptions USING btree (event_type, handler)

table tallies
  tenant uuid not null
  kind text not null
  type text not null
  status text not null
  hour timestamp with time zone not null
  n bigint not null
  ms double precision not null default 0
  constraint tallies_kind_check CHECK ((kind = ANY (ARRAY['event'::text, 'command'::text, 'batch'::text])))
  constraint tallies_pkey PRIMARY KEY (tenant, kind, type, status, hour)
  constraint tallies_status_check CHECK ((status = ANY (ARRAY['created'::text, 'success'::text, 'error'::text, 'cancelled'::text, 'unknown'::text, 'recovered'::text])))
  CREATE INDEX tallies_hour ON cascata.tallies USING btree (kind, hour)
  CREATE UNIQUE INDEX tallies_pkey ON cascata.tallies USING btree (tenant, kind, type, status, hour)

table tally_deltas with (autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0)
  tenant uuid not null
  kind text not null
  type text not null
  status text not null
  hour timestamp with time zone not null
  n bigint not null
  ms double precision not null default 0

table totals
  tenant uuid not null
  kind text not null
  type text not null
  status text not null
  n bigint not null
  constraint totals_kind_check CHECK ((kind = ANY (ARRAY['event'::text, 'command'::text, 'batch'::text])))
  constraint totals_pkey PRIMARY KEY (tenant, kind, type, status)
  constraint totals_status_check CHECK ((status = ANY (ARRAY['created'::text, 'success'::text, 'error'::text, 'cancelled'::text, 'unknown'::text, 'recovered'::text])))
  CREATE UNIQUE INDEX totals_pkey ON cascata.totals USING btree (tenant, kind, type, status)

view batch_statuses with (security_invoker=true) (tenant uuid, id uuid, type text, created_at timestamp with time zone, root_id uuid, origin text, origin_id uuid, handler text, parent_batch_id uuid, size integer, sealed boolean, required_percent double precision, state text, failings integer, settled_at timestamp with time zone, next_command_id uuid, released_at timestamp with time zone, on_failure jsonb, status text, open bigint, failed bigint)
view command_statuses with (security_invoker=true) (tenant uuid, id uuid, type text, root_id uuid, origin text, origin_id uuid, handler text, batch_id uuid, created_at timestamp with time zone, status text, claim_no integer, failures smallint, run_at timestamp with time zone, ended_at timestamp with time zone, ms double precision, error_class text, error text)
view current_totals with (security_invoker=true) (tenant uuid, kind text, type text, status text, n bigint)
view event_statuses with (security_invoker=true) (tenant uuid, id uuid, type text, root_id uuid, entity_type text, entity_id text, command_id uuid, occurred_at timestamp with time zone, status text, ended_at timestamp with time zone, ms double precision)
view unfolded with (security_invoker=true) (tenant uuid, kind text, type text, status text, hour timestamp with time zone, n bigint, ms double precision)

function add_to_batch(p_tenant uuid, p_batch uuid, p_next jsonb) returns void
  language plpgsql volatile set search_path=pg_catalog, pg_temp, body 8334467251b090d481c202f5d738191b
function chain_of(p_tenant uuid, p_original uuid) returns uuid[]
  language plpgsql stable, body cedc30a777f2c01db80516582b037876
function check_root_times(roots uuid[]) returns void
  language plpgsql volatile, body e527f8928503a810df87bd3904d9522d
function check_tenant(wanted uuid) returns void
  language plpgsql stable, body b93802c1644e7dfa6cb1d8ffdc1d9009
function complete(p_tenant uuid, p_id uuid, p_original uuid, p_batch uuid, p_next jsonb) returns void
  language plpgsql volatile set search_path=pg_catalog, pg_temp, body 3ebc84c30e98ad8b4fa3a6c0a3e2358c
function complete_shared(p_tenant uuid, p_daemon uuid, p_ids uuid[], p_tokens uuid[], p_started double precision[], p_ms double precision[], p_next jsonb[]) returns void
  language plpgsql volatile set search_path=pg_catalog, pg_temp, body 83a9433cf4abc71d36d2b301b1d355ac
function create_partitions(from_at timestamp with time zone, until_at timestamp with time zone) returns integer
  language plpgsql volatile set lock_timeout=500ms, body ff8c9ec4d79fb97585fb60d533fc3fb0
function current_claim(part integer) returns uuid
  language plpgsql stable, body 210d3132e23f3cd908c5f6978078662d
function decide(p_tenant uuid, p_command uuid, p_state text, p_decision text, p_provider text, p_author text, p_reason text, p_audit uuid) returns uuid
  language plpgsql volatile set enable_seqscan=off, enable_hashjoin=off, enable_mergejoin=off, search_path=pg_catalog, pg_temp, body cdd926168180d3e4aeada5c530ddbc5b
function delete_old(p_table text, p_lows uuid[], p_highs uuid[], p_block bigint, p_blocks integer) returns bigint
  language plpgsql volatile, body 5a79ac02a7ed6c6f851e41ea8cf105ea
function discard_event(p_tenant uuid, p_event uuid, p_handler text, p_author text, p_reason text, p_audit uuid) returns void
  language plpgsql volatile set search_path=pg_catalog, pg_temp, body 362ef1f810c3fde29c3ef60744701bb2
function drop_week(p_week timestamp with time zone, p_keep interval) returns text
  language plpgsql volatile set lock_timeout=200ms, body bdc96fd274ba58a96840d651ae3577fb
function emit(p_events jsonb) returns void
  language plpgsql volatile, body cdede26304ddd11295940aaccc41b5ce
function emit_again(p_tenant uuid, p_events jsonb) returns text
  language plpgsql volatile, body df5a202322a83b27a61bf8d94b108010
function emit_one(p_tenant uuid, p_id uuid, p_type text, p_data jsonb, p_entity_type text, p_entity_id text, p_actor text, p_trace text) returns void
  language plpgsql volatile, body 66ca2946d67531974aa1f552885bf778
function enqueue(p_tenant uuid, p_next jsonb) returns void
  language plpgsql volatile set search_path=pg_catalog, pg_temp, body 885d2174eff0291f7099d4ecea023c42
function enqueue_alike(p_tenant uuid, p_type text, p_lane smallint, p_priority smallint, p_delay_ms double precision, p_ids uuid[], p_data jsonb, p_trace text) returns void
  language plpgsql volatile set search_path=pg_catalog, pg_temp, body 243c611fe2c5dc3bfd5606149dd40669
function enter_event(p_tenant uuid, p_root uuid) returns void
  language plpgsql volatile, body b4719f193e2e25937b7959af665203c5
function fence(p_tenant uuid, p_id uuid, p_token uuid, p_synchronous boolean) returns tid
  language plpgsql volatile set enable_seqscan=off, body e6ed06457ffe3599976e4e338c254dfe
function fence_shared(p_tenant uuid, p_ids uuid[], p_tokens uuid[]) returns void
  language plpgsql volatile set enable_seqscan=off, enable_hashjoin=off, enable_mergejoin=off, search_path=pg_catalog, pg_temp, body cbfd39db1d0fc05abbfa3ab951f99815
function fold_tallies(p_limit integer DEFAULT 100000) returns integer
  language plpgsql volatile, body 99de243de50563cfea09ea78cfe3f7a6
function follow_subscriptions() returns void
  language plpgsql volatile, body 2fb2f178458d24b28612da54e5821d48
function forget_tallies(p_keep interval, p_limit integer) returns integer
  language plpgsql volatile, body 6d8ff6a374859e1055af32505a94731b
function give_up(p_lows uuid[], p_highs uuid[], p_keep interval, p_limit integer) returns integer
  language plpgsql volatile, body 9fbbf2b2b8fc9581a9d777de2d016bef
function given_up(p_keep interval) returns SETOF cascata.command_queue
  language sql stable, body 1f3a3b0928d8d5ab800d3a42e107b747
function has_week(p_fact text, p_id uuid) returns boolean
  language sql stable, body a8d3ecfea921690ef0b96cd3810ed82c
function hour_of(id uuid) returns timestamp with time zone
  language sql immutable, body 0451b0d5adaa11af6bbd3cdd8c85a176
function insert_next(p_tenant uuid, p_next jsonb) returns void
  language plpgsql volatile, body 3b79e4213d656dbb834dfe0effe5e07e
function insert_next_of(p_tenant uuid, p_next jsonb[], p_places bigint[]) returns void
  language plpgsql volatile, body 8425d934a8f54badaa1e130cb23749f5
function intend_effects(p_tenant uuid, p_ids uuid[], p_tokens uuid[], p_keys uuid[], p_timeouts_ms double precision[], p_on_unknown text[]) returns TABLE(id uuid, claim_no integer, earlier text)
  language plpgsql volatile set enable_seqscan=off, enable_hashjoin=off, enable_mergejoin=off, body 84cf72ca8e387e97e1d983927bb0dac8
function is_member_at_work(p_tenant uuid, p_batch uuid) returns boolean
  language plpgsql stable, body b17fcec1b40a82c88fd82bea95d44315
function is_needed(p_low uuid, p_high uuid) returns boolean
  language sql stable, body 478e6d4ac4a2857b8117e5a2679ff905
function known_types() returns TABLE(commands text[], events text[])
  language sql stable, body d688c0f4405fe282d1988dc52a71692c
function lets_go() returns boolean
  language sql volatile, body c9634d5d1edc46e144a3d29b55ec3dc5
function move_absent(p_limit integer) returns integer
  language plpgsql volatile, body c2db3a6848e47b2bdeb4272b360f6816
function new_uuid() returns uuid
  language sql volatile, body c4152fa40cf7e05a802cf1c56f1201b1
function open_batch(p_tenant uuid, p_batch uuid) returns void
  language plpgsql volatile, body d019cc201387df48f6adf08af57c4c72
function park_commands(p_tenant uuid, p_id uuid, p_limit integer) returns TABLE(last_tenant uuid, last_id uuid, parked integer)
  language plpgsql volatile, body 852c1b28cc081bdde1be8fb5e32ee968
function park_events(p_tenant uuid, p_event_id uuid, p_handler text, p_limit integer) returns TABLE(last_tenant uuid, last_event_id uuid, last_handler text, parked integer)
  language plpgsql volatile, body 4db9455d738b4ee33e6abbb964bd922f
function probe_batch(p_tenant uuid, p_batch uuid) returns text
  language plpgsql volatile set lock_timeout=1s, body 9b7946aa43c5de7ac3a073eed1d5abf3
function promote(p_limit integer) returns timestamp with time zone
  language plpgsql volatile, body fd94b9009178531cb3bf6fb2cfee0a7c
function prune_commands(p_week timestamp with time zone, p_types text[], p_untils uuid[], p_block bigint, p_blocks integer, OUT pruned integer, OUT next bigint) returns record
  language plpgsql volatile set enable_hashjoin=off, enable_mergejoin=off, body bdb00cc2503649e4aa3f58b26fbd354c
function recover(p_tenant uuid, p_original uuid, p_by uuid) returns void
  language plpgsql volatile set enable_seqscan=off, enable_hashjoin=off, enable_mergejoin=off, body 86ae4e2bcccc76dda7843fa68cc630a6
function reprocess(p_tenant uuid, p_command uuid, p_copy uuid, p_data jsonb, p_author text, p_reason text, p_audit uuid) returns uuid
  language plpgsql volatile set enable_seqscan=off, enable_hashjoin=off, enable_mergejoin=off, search_path=pg_catalog, pg_temp, body 47b6b7648efe6db23b33cf024d50252b
function reprocess_event(p_tenant uuid, p_event uuid, p_handler text, p_author text, p_reason text, p_audit uuid) returns void
  language plpgsql volatile set search_path=pg_catalog, pg_temp, body 8f4e1d2dece93e8b07a8fa7d23a88bb1
function rescue_commands(p_lost uuid, p_tokens uuid[], p_limit integer) returns integer
  language plpgsql volatile, body b393552dabba9df7f70e7e28513debf0
function rescue_committed(p_lost uuid, p_tokens uuid[], p_limit integer) returns integer
  language plpgsql volatile, body cd2d97f2fc320cf8deae02c9bb8e0a8f
function rescue_events(p_lost uuid, p_tokens uuid[], p_limit integer) returns integer
  language plpgsql volatile, body b3d803b08c226652e8e2dd05c1f7cfa4
function retention_report(p_keep interval) returns TABLE(week timestamp with time zone, until timestamp with time zone, bytes bigint, rows_estimate bigint, open_commands bigint, open_events bigint, open_batches bigint, past_retention boolean, droppable boolean)
  language sql stable, body 8a1f7d7b10751e272ad7d3bfda832381
function ring(doorbell text) returns void
  language plpgsql volatile, body 309127232fbba2c64c31f31a6037ab1f
function ring_at_commit() returns trigger
  language plpgsql volatile, body 3b2dc92a82928e7be1568d1386fbf59a
function seal_batch(p_tenant uuid, p_batch uuid) returns text
  language plpgsql volatile set search_path=pg_catalog, pg_temp, body 1a2a414781f8b5baccffca3601039572
function settle_batch(p_tenant uuid, p_batch uuid) returns text
  language plpgsql volatile, body ca6aea1256df8944889a7256b9a4373c
function settle_commands(p_tenant uuid, p_daemon uuid, p_ids uuid[], p_tokens uuid[], p_outcomes text[], p_final boolean[], p_started double precision[], p_ms double precision[], p_failed boolean[], p_delay_ms double precision[], p_why text[], p_errors jsonb[], p_next jsonb[], p_effects text[], p_provider text[], p_counters text[] DEFAULT NULL::text[]) returns integer
  language plpgsql volatile set enable_seqscan=off, enable_hashjoin=off, enable_mergejoin=off, body ad9ad70b68a084b76ac7639aebe75837
function settle_committed(p_tenant uuid, p_rows tid[], p_tokens uuid[], p_started double precision[], p_ms double precision[]) returns void
  language plpgsql volatile set enable_seqscan=off, enable_hashjoin=off, enable_mergejoin=off, body c8e62a84930383510c9c032b89851c53
function settle_events(p_tenant uuid, p_daemon uuid, p_token uuid, p_events uuid[], p_handlers text[], r_events uuid[], r_handlers text[], r_types text[], r_roots uuid[], r_claim_no integer[], r_failures integer[], r_crashes integer[], r_outcomes text[], r_final boolean[], r_started double precision[], r_ms double precision[], r_delay_ms double precision[], r_why text[], r_errors jsonb[], p_next jsonb, p_fresh text[] DEFAULT '{}'::text[], p_own text[] DEFAULT '{}'::text[], r_refusals integer[] DEFAULT '{}'::integer[]) returns void
  language plpgsql volatile set enable_seqscan=off, enable_hashjoin=off, enable_mergejoin=off, search_path=pg_catalog, pg_temp, body 84c5c6da51256d37ee4a58f6398b1c35
function settle_successes(p_tenant uuid, p_daemon uuid, p_ids uuid[], p_tokens uuid[], p_started double precision[], p_ms double precision[]) returns integer
  language plpgsql volatile set enable_seqscan=off, enable_hashjoin=off, enable_mergejoin=off, body d21a1278e5bbf3bd0bd598d7823d9e8e
function tally_failed_events(p_tenant uuid, r_events uuid[], r_types text[], r_outcomes text[], r_final boolean[]) returns void
  language plpgsql volatile, body b60cef0d18adfe81ac6d70540ff3b375
function unpark(p_command_types text[], p_event_types text[], p_handlers text[], p_limit integer, p_lanes smallint[] DEFAULT '{0,1,2}'::smallint[]) returns integer
  language plpgsql volatile, body 3ff1edddc94dc292479c019748210261
function uuid_floor(at timestamp with time zone) returns uuid
  language sql immutable, body 42bb966a503f5f1e0bc2db80bf66c540
function uuid_ms(id uuid) returns bigint
  language sql immutable, body 33fbc3f04caa3a33edbccb910dde2f13
function weeks() returns SETOF timestamp with time zone
  language sql stable, body 86b8440133eb19c57ce6bc653ef1cf4c
