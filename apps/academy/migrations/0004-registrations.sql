-- How people come in: registrations, links by e-mail, demonstration institutions and their doors; and what the seed has done.

alter table academy_auth.registrations
  add column locale text not null default 'pt-BR' check (locale in ('pt-BR', 'en'));

-- Somebody says that they forgot the password of an address. Whether anybody has that address is found out later, by the
-- daemon: whoever asks cannot tell.
create table academy_auth.password_requests (
  id         uuid        primary key,
  email      text        not null check (email = lower(email)),
  locale     text        not null check (locale in ('pt-BR', 'en')),
  created_at timestamptz not null default now()
);

-- What anybody may ask for without being known, counted per address and per network. `subject` is a hash.
create table academy_auth.request_counts (
  subject text        primary key,
  count   integer     not null,
  since   timestamptz not null default now()
);
create index request_counts_since on academy_auth.request_counts (since);

-- A session that came through the door of a demonstration institution: who opened it.
alter table academy_auth.sessions add column opened_by uuid;

grant select, insert, update, delete on academy_auth.password_requests, academy_auth.request_counts to academy_auth;

-- The technical institution, which has no institution's data, is where both are asked for.
create function academy_auth.in_system_institution() returns boolean language sql stable
as $$ select current_setting('cascata.tenant')::uuid = '00000000-0000-0000-0000-000000000000' $$;

create view academy.registrations as
  select id, email, token_hash, institution_id, demo_data, locale, status, expires_at from academy_auth.registrations
  where academy_auth.in_system_institution() with local check option;
create view academy.password_requests as
  select id, email, locale from academy_auth.password_requests
  where academy_auth.in_system_institution() with local check option;
grant select, insert, update, delete on academy.registrations to academy_web;
grant select on academy.registrations to academy_exec;
grant select (id), insert, update on academy.password_requests to academy_web;

-- Does somebody sign in with this address? Asked when an e-mail is written, never while a request waits.
create function academy_auth.has_account(p_email text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not academy_auth.in_system_institution() then
    raise exception 'Not from an institution.' using errcode = '42501';
  end if;
  return exists (select from academy_auth.users where email = p_email);
end $$;

-- One registration is finished once, in the transaction that makes its institution.
create function academy_auth.claim_registration(p_id uuid) returns text
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  r academy_auth.registrations;
begin
  select * into r from academy_auth.registrations
  where id = p_id and institution_id = current_setting('cascata.tenant')::uuid for update;
  if not found then return 'unknown'; end if;
  if r.status = 'finished' then return 'finished'; end if;
  if r.expires_at <= now() then return 'expired'; end if;
  if exists (select from academy_auth.users where email = r.email) then return 'email-used'; end if;
  update academy_auth.registrations set status = 'finished' where id = p_id;
  return 'claimed';
end $$;

-- The link for a new password, for whoever has the address. The request is answered by it, and forgotten.
create function academy_auth.issue_reset_token(p_request uuid, p_token_hash text, p_expires_at timestamptz)
returns table (name text, email text, locale text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not academy_auth.in_system_institution() then
    raise exception 'Not from an institution.' using errcode = '42501';
  end if;
  insert into academy_auth.password_tokens (id, user_id, purpose, token_hash, expires_at)
  select r.id, u.id, 'reset', p_token_hash, p_expires_at
  from academy_auth.password_requests r join academy_auth.users u on u.email = r.email where r.id = p_request
  on conflict (id) do nothing;
  return query select u.name, u.email, r.locale
  from academy_auth.password_requests r join academy_auth.users u on u.email = r.email where r.id = p_request;
end $$;
create function academy_auth.forget_password_request(p_request uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not academy_auth.in_system_institution() then
    raise exception 'Not from an institution.' using errcode = '42501';
  end if;
  delete from academy_auth.password_requests where id = p_request or created_at < now() - interval '1 day';
end $$;

revoke execute on function academy_auth.has_account, academy_auth.claim_registration, academy_auth.issue_reset_token,
  academy_auth.forget_password_request from public;
grant execute on function academy_auth.claim_registration to academy_web;
grant execute on function academy_auth.has_account, academy_auth.issue_reset_token, academy_auth.forget_password_request
  to academy_exec;

-- Who entered as whom, and what else is to be accounted for.
create table academy.audit_entries (
  institution_id uuid        not null references academy.institutions,
  id             uuid        not null,
  at             timestamptz not null default now(),
  actor_id       uuid        not null,
  action         text        not null check (action ~ '^[a-z]+(-[a-z]+)*$'),
  subject_id     uuid        not null,
  primary key (institution_id, id)
);

-- Somebody went through one of its doors.
alter table academy.institutions add column demo_opened_at timestamptz,
  add check (demo_opened_at is null or demo_data is not null);
grant update (demo_opened_at) on academy.institutions to academy_web;

-- What the seed has done: a step is one row, written in the transaction that does it, so it is done once or not at all.
create table academy.seed_steps (
  institution_id uuid        not null references academy.institutions,
  step           text        not null check (step in ('basic-data', 'users', 'classes', 'enrollments', 'attendances',
                                                      'activities', 'grades', 'notices')),
  counts         jsonb       not null default '{}',
  finished_at    timestamptz not null default now(),
  primary key (institution_id, step)
);

do $$
declare
  t text;
begin
  foreach t in array array['audit_entries', 'seed_steps'] loop
    execute format('alter table academy.%I enable row level security', t);
    execute format('alter table academy.%I force row level security', t);
    execute format('create policy tenant on academy.%I using (institution_id = current_setting(''cascata.tenant'')::uuid)', t);
  end loop;
end $$;
grant select, insert on academy.audit_entries to academy_web;
grant select on academy.seed_steps to academy_web;
grant select, insert on academy.seed_steps to academy_exec;
grant update (counts, finished_at) on academy.seed_steps to academy_exec;
grant update on academy.classes, academy.academic_periods to academy_exec;
