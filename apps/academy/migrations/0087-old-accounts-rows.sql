-- Sessions and requests for a password that are over go in portions, oldest first, and no portion reads those that are not.
create index sessions_expires on academy_auth.sessions (expires_at);
create index password_requests_created on academy_auth.password_requests (created_at);

-- The request that was answered. Those that never were are removed by the API's upkeep: here they made one answer wait for all.
create or replace function academy_auth.forget_password_request(p_request uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not academy_auth.in_system_institution() then
    raise exception 'Not from an institution.' using errcode = '42501';
  end if;
  delete from academy_auth.password_requests where id = p_request;
end $$;
