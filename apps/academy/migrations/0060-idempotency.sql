-- Requests that were sent with POST, so that it is done once however often it is sent: a second click, or a retry after an answer that
-- got lost. A row is written in the transaction of what was asked for, or not at all.

create table academy.idempotency_keys (
  institution_id uuid        not null references academy.institutions on delete cascade,
  -- The sender. Zero for visitors, who have no account.
  account_id     uuid        not null,
  -- Method and path pattern: POST /activities.
  operation      text        not null,
  -- The sender's; ours, and random, for what was sent without one.
  key            text        not null check (length(key) between 1 and 128),
  -- A keyed digest of parameters, query and body: it tells equal from unequal, and nothing else.
  fingerprint    text        not null,
  -- Sealed, since it may name people and hold secrets. null: it is under way, or was sent without a key and is not repeated.
  answer         text,
  created_at     timestamptz not null default now(),
  primary key (institution_id, account_id, operation, key)
);
create index idempotency_keys_oldest on academy.idempotency_keys (institution_id, created_at);

alter table academy.idempotency_keys enable row level security;
alter table academy.idempotency_keys force row level security;
create policy tenant on academy.idempotency_keys using (institution_id = current_setting('cascata.tenant')::uuid);

grant select, insert, update, delete on academy.idempotency_keys to academy_web;
