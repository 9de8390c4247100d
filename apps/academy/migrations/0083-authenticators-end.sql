-- Authenticators end in more ways than by their owner's hand, and each way says whether one was on.

-- Somebody else than its owner takes it away: what is open by it ends. False where none is on.
create function academy_auth.withdraw_authenticator(p_user uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not academy_auth.is_of_tenant(p_user) then return false; end if;
  perform from academy_auth.users where id = p_user for update;
  delete from academy_auth.authenticators where user_id = p_user and confirmed_at is not null;
  if not found then return false; end if;
  update academy_auth.users set access_version = access_version + 1, updated_at = now() where id = p_user;
  delete from academy_auth.sessions where user_id = p_user or opened_by = p_user;
  return true;
end $$;

-- As before, and access ends as by another password. The account has another owner from now on, and another app: the former one's
-- goes, and whether it was on is said, since its owner is told.
drop function academy_auth.correct_email(uuid, text);
create function academy_auth.correct_email(
  p_user uuid, p_email text, out former text, out password text, out had_authenticator boolean
) language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not academy_auth.is_of_tenant(p_user) then return; end if;
  had_authenticator := false;
  select u.email into correct_email.former from academy_auth.users u where u.id = p_user for update;
  if former = p_email then return; end if;
  update academy_auth.users set email = p_email, email_verified = false, access_version = access_version + 1, updated_at = now()
  where id = p_user;
  update academy_auth.password_tokens set revoked_at = now()
  where user_id = p_user and used_at is null and revoked_at is null;
  delete from academy_auth.sessions where user_id = p_user or opened_by = p_user;
  delete from academy_auth.authenticators a where a.user_id = p_user and a.confirmed_at is not null;
  correct_email.had_authenticator := found;
  delete from academy_auth.authenticators where user_id = p_user;
  if not exists (select from academy_auth.accounts a where a.user_id = p_user and a.password is not null) then
    correct_email.password := 'none';
  elsif exists (select from academy_auth.password_tokens t where t.user_id = p_user and t.used_at is not null) then
    update academy_auth.accounts a set password = null, updated_at = now() where a.user_id = p_user;
    correct_email.password := 'ended';
  else
    correct_email.password := 'kept';
  end if;
end $$;

revoke execute on function academy_auth.withdraw_authenticator, academy_auth.correct_email from public;
grant execute on function academy_auth.withdraw_authenticator, academy_auth.correct_email to academy_web;
