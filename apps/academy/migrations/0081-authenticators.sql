-- A second factor: the secret that an account shares with an app, and codes for when the app is lost.

-- The secret is sealed with the installation's key. Until a code has confirmed that the app has it, it asks for nothing.
create table academy_auth.authenticators (
  user_id      uuid        primary key references academy_auth.users on delete cascade,
  secret       text        not null,
  -- The period of the code that was used last: an app shows each for half a minute, and each is good once.
  last_counter bigint      not null default 0,
  confirmed_at timestamptz,
  created_at   timestamptz not null default now()
);
create table academy_auth.recovery_codes (
  user_id   uuid        not null references academy_auth.authenticators on delete cascade,
  code_hash text        not null,
  used_at   timestamptz,
  primary key (user_id, code_hash)
);
grant select, delete on academy_auth.authenticators to academy_auth;

-- Each of these is for people of the transaction's institution only, as row-level security shows them.
create function academy_auth.is_of_tenant(p_user uuid) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (select from academy.users where institution_id = current_setting('cascata.tenant')::uuid and id = p_user)
$$;

create function academy_auth.authenticator_of(p_user uuid, out secret text, out confirmed_at timestamptz, out codes_left integer)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not academy_auth.is_of_tenant(p_user) then return; end if;
  select a.secret, a.confirmed_at,
    (select count(*) from academy_auth.recovery_codes c where c.user_id = a.user_id and c.used_at is null)
  into authenticator_of.secret, authenticator_of.confirmed_at, codes_left
  from academy_auth.authenticators a where a.user_id = p_user;
end $$;

-- False where one is confirmed: that one has to be turned off first.
create function academy_auth.begin_authenticator(p_user uuid, p_secret text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not academy_auth.is_of_tenant(p_user) then return false; end if;
  insert into academy_auth.authenticators as a (user_id, secret) values (p_user, p_secret)
  on conflict (user_id) do update set secret = excluded.secret, last_counter = 0, created_at = now()
  where a.confirmed_at is null;
  return found;
end $$;

-- Two recovery codes that are used at once, each for new ones, would wait for each other's rows. The authenticator is locked first.
create function academy_auth.replace_recovery_codes(p_user uuid, p_hashes text[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not academy_auth.is_of_tenant(p_user) then return; end if;
  perform from academy_auth.authenticators where user_id = p_user for update;
  delete from academy_auth.recovery_codes where user_id = p_user;
  insert into academy_auth.recovery_codes (user_id, code_hash) select p_user, unnest(p_hashes);
end $$;

-- A code is asked for from here on. Sessions that began without one end, but for the one in which it is turned on; so does a
-- sign-in that is under way.
create function academy_auth.confirm_authenticator(p_user uuid, p_secret text, p_counter bigint, p_hashes text[], p_session uuid)
returns boolean language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_version integer;
begin
  if not academy_auth.is_of_tenant(p_user) then return false; end if;
  update academy_auth.users set access_version = access_version + 1 where id = p_user returning access_version into v_version;
  update academy_auth.authenticators set confirmed_at = now(), last_counter = p_counter
  where user_id = p_user and secret = p_secret and confirmed_at is null;
  if not found then return false; end if;
  perform academy_auth.replace_recovery_codes(p_user, p_hashes);
  delete from academy_auth.sessions where (user_id = p_user or opened_by = p_user) and id <> p_session;
  update academy_auth.sessions set access_version = v_version where id = p_session and user_id = p_user and opened_by is null;
  return true;
end $$;

-- Each code once, whoever asks first.
create function academy_auth.use_code(p_user uuid, p_counter bigint) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not academy_auth.is_of_tenant(p_user) then return false; end if;
  update academy_auth.authenticators set last_counter = p_counter
  where user_id = p_user and confirmed_at is not null and last_counter < p_counter;
  return found;
end $$;

create function academy_auth.use_recovery_code(p_user uuid, p_hash text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not academy_auth.is_of_tenant(p_user) then return false; end if;
  perform from academy_auth.authenticators where user_id = p_user for update;
  update academy_auth.recovery_codes set used_at = now() where user_id = p_user and code_hash = p_hash and used_at is null;
  return found;
end $$;

create function academy_auth.remove_authenticator(p_user uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_was_on boolean;
begin
  if not academy_auth.is_of_tenant(p_user) then return false; end if;
  delete from academy_auth.authenticators where user_id = p_user returning confirmed_at is not null into v_was_on;
  return coalesce(v_was_on, false);
end $$;

revoke execute on function academy_auth.is_of_tenant, academy_auth.authenticator_of, academy_auth.begin_authenticator,
  academy_auth.replace_recovery_codes, academy_auth.confirm_authenticator, academy_auth.use_code,
  academy_auth.use_recovery_code, academy_auth.remove_authenticator from public;
grant execute on function academy_auth.authenticator_of, academy_auth.begin_authenticator, academy_auth.replace_recovery_codes,
  academy_auth.confirm_authenticator, academy_auth.use_code, academy_auth.use_recovery_code,
  academy_auth.remove_authenticator to academy_web;
