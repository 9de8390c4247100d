-- Access to an account ends when its address is corrected or its password is another one: its sessions go. A session that begins
-- in that very moment, for a password or link that was looked at before, is none that can be found and ended. So what ends access
-- counts this up, a session says for which count it was allowed, and the database takes none for an older one.
alter table academy_auth.users add column access_version integer not null default 1;
alter table academy_auth.sessions add column access_version integer not null default 1;
alter table academy_auth.sessions alter column access_version drop default;

create function academy_auth.allow_session() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  -- Behind a door the access is that of whoever opened it. The lock makes this and what ends access wait for each other: either
  -- the session is there and goes, or it is not taken.
  perform from academy_auth.users
  where id = coalesce(new.opened_by, new.user_id) and access_version = new.access_version for share;
  if not found then
    raise exception 'Access to this account has ended since it was allowed.' using errcode = 'AC001';
  end if;
  return new;
end $$;
create trigger allow_session before insert on academy_auth.sessions
  for each row execute function academy_auth.allow_session();

-- The session in which the password is changed goes on, and opens doors as before.
create or replace function academy_auth.change_password(p_user uuid, p_password text, p_session uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_version integer;
begin
  if not exists (select from academy.users where institution_id = current_setting('cascata.tenant')::uuid and id = p_user) then
    return false;
  end if;
  update academy_auth.users set access_version = access_version + 1 where id = p_user returning access_version into v_version;
  update academy_auth.accounts set password = p_password, updated_at = now()
  where user_id = p_user and provider_id = 'credential';
  if not found then return false; end if;
  delete from academy_auth.sessions where (user_id = p_user or opened_by = p_user) and id <> p_session;
  update academy_auth.sessions set access_version = v_version where id = p_session and user_id = p_user and opened_by is null;
  update academy_auth.password_tokens set used_at = now() where user_id = p_user and used_at is null;
  return true;
end $$;
