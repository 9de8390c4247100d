-- Staff see of whom a code is asked, so that they can turn it off for somebody who lost the app and its recovery codes.

-- The people of the transaction's institution, among those that are asked about, whose authenticator is on.
create function academy_auth.with_authenticator(p_users uuid[])
returns setof uuid language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select u.id from academy_auth.users u
  join academy_auth.authenticators a on a.user_id = u.id and a.confirmed_at is not null
  where u.institution_id = current_setting('cascata.tenant')::uuid and u.id = any(p_users)
$$;

revoke execute on function academy_auth.with_authenticator from public;
grant execute on function academy_auth.with_authenticator to academy_web;
