-- Webhooks: who is told of which events, and every call that was made. Secrets are sealed before they come here (AES-256-GCM).

create table academy.webhook_subscriptions (
  institution_id        uuid        not null references academy.institutions,
  id                    uuid        not null,
  name                  text        not null check (length(trim(name)) between 1 and 100),
  url                   text        not null check (length(url) between 1 and 2000),
  events                text[]      not null check (cardinality(events) between 1 and 20),
  active                boolean     not null,
  -- The endpoint answered 410: it wants no more. Until somebody activates it again.
  gone_at               timestamptz,
  secret                text        not null,
  -- While receivers change over, what is sent carries a signature of both.
  previous_secret       text,
  previous_secret_until timestamptz,
  created_by            uuid        not null,
  created_at            timestamptz not null default now(),
  version               integer     not null default 1,
  primary key (institution_id, id),
  foreign key (institution_id, created_by) references academy.users,
  check ((previous_secret is null) = (previous_secret_until is null)),
  check (gone_at is null or not active)
);

-- One per event and subscription; its id is the idempotency key of the command that makes the calls.
create table academy.webhook_deliveries (
  institution_id  uuid        not null,
  subscription_id uuid        not null,
  id              uuid        not null,
  command_id      uuid        not null,
  event_id        uuid        not null,
  event_type      text        not null,
  status          text        not null check (status in ('sending', 'retrying', 'delivered', 'failed', 'cancelled')),
  attempts        integer     not null default 0,
  next_attempt_at timestamptz,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  primary key (institution_id, subscription_id, id),
  foreign key (institution_id, subscription_id) references academy.webhook_subscriptions,
  check (next_attempt_at is null or status = 'retrying')
);

create table academy.webhook_attempts (
  institution_id  uuid        not null,
  subscription_id uuid        not null,
  delivery_id     uuid        not null,
  number          integer     not null,
  at              timestamptz not null default now(),
  -- Null when there was no answer; then the reason says why.
  http_status     integer,
  ms              integer     not null,
  reason          text,
  -- The first KiB of the answer, control characters escaped.
  response        text,
  primary key (institution_id, subscription_id, delivery_id, number),
  foreign key (institution_id, subscription_id, delivery_id) references academy.webhook_deliveries,
  check ((http_status is null) = (reason is not null))
);

do $$
declare
  t text;
begin
  foreach t in array array['webhook_subscriptions', 'webhook_deliveries', 'webhook_attempts'] loop
    execute format('alter table academy.%I enable row level security', t);
    execute format('alter table academy.%I force row level security', t);
    execute format('create policy tenant on academy.%I using (institution_id = current_setting(''cascata.tenant'')::uuid)', t);
  end loop;
end $$;

grant select on academy.webhook_subscriptions, academy.webhook_deliveries, academy.webhook_attempts
  to academy_web, academy_exec;
grant insert, update on academy.webhook_subscriptions to academy_web;
grant update (status, command_id, next_attempt_at, updated_at) on academy.webhook_deliveries to academy_web;
grant update (active, gone_at, version) on academy.webhook_subscriptions to academy_exec;
grant insert, update on academy.webhook_deliveries to academy_exec;
grant insert on academy.webhook_attempts to academy_exec;
