-- The database keeps the hash of what the cookie of a session says: whoever reads the table, or a backup, is nobody by it.
update academy_auth.sessions set token = translate(encode(sha256(convert_to(token, 'UTF8')), 'base64'), '+/=', '-_');

-- When it was last used, to some minutes.
alter table academy_auth.sessions add column seen_at timestamptz not null default now();

-- Somebody changes their own password: in the transaction that owes them the message about it, for people of its institution
-- only. All other sessions are over, and links for a password that are on their way open nothing.
create function academy_auth.change_password(p_user uuid, p_password text, p_session uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from academy.users where institution_id = current_setting('cascata.tenant')::uuid and id = p_user) then
    return false;
  end if;
  update academy_auth.accounts set password = p_password, updated_at = now()
  where user_id = p_user and provider_id = 'credential';
  if not found then return false; end if;
  delete from academy_auth.sessions where user_id = p_user and id <> p_session;
  update academy_auth.password_tokens set used_at = now() where user_id = p_user and used_at is null;
  return true;
end $$;
revoke execute on function academy_auth.change_password from public;
grant execute on function academy_auth.change_password to academy_web;
