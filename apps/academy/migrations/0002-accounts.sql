-- Accounts and sessions: who may sign in. They have no tenant, since the account is what says which institution it is,
-- so they live apart, and only academy_auth can read them.

create table academy_auth.users (
  id             uuid        primary key,
  name           text        not null,
  email          text        not null unique check (email = lower(email)),
  email_verified boolean     not null default false,
  image          text,
  institution_id uuid        not null,
  role           text        not null check (role in ('staff', 'teacher', 'student', 'administrator')),
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),
  check ((role = 'administrator') = (institution_id = '00000000-0000-0000-0000-000000000000'))
);

create table academy_auth.sessions (
  id         uuid        primary key,
  user_id    uuid        not null references academy_auth.users on delete cascade,
  token      text        not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index sessions_user on academy_auth.sessions (user_id);

create table academy_auth.accounts (
  id                       uuid        primary key,
  user_id                  uuid        not null references academy_auth.users on delete cascade,
  account_id               text        not null,
  provider_id              text        not null,
  access_token             text,
  refresh_token            text,
  id_token                 text,
  access_token_expires_at  timestamptz,
  refresh_token_expires_at timestamptz,
  scope                    text,
  password                 text,
  created_at               timestamptz not null default now(),
  updated_at               timestamptz not null default now(),
  unique (provider_id, account_id)
);
create index accounts_user on academy_auth.accounts (user_id);

create table academy_auth.verifications (
  id         uuid        primary key,
  identifier text        not null,
  value      text        not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index verifications_identifier on academy_auth.verifications (identifier);

-- Wrong passwords, counted per account and address, per account, and per address. `subject` is a hash.
create table academy_auth.sign_in_failures (
  subject    text        primary key,
  failures   integer     not null,
  since      timestamptz not null default now()
);
create index sign_in_failures_since on academy_auth.sign_in_failures (since);

grant usage on schema academy_auth to academy_auth, academy_web;
grant select, insert, update, delete on all tables in schema academy_auth to academy_auth;

-- Staff correct an address: the sign-in follows in the same transaction, for people of the transaction's institution only
-- (row-level security is forced on the owner too, so the look-up sees no other).
create function academy_auth.change_email(p_user uuid, p_email text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from academy.users where institution_id = current_setting('cascata.tenant')::uuid and id = p_user) then
    return false;
  end if;
  update academy_auth.users set email = p_email, email_verified = false, updated_at = now() where id = p_user;
  return found;
end $$;
revoke execute on function academy_auth.change_email from public;
grant execute on function academy_auth.change_email to academy_web;
