-- An address is one account of an institution, and may be another's of another institution: whoever works at two has two
-- accounts, and nobody takes an address from those who come later elsewhere.
alter table academy_auth.users drop constraint users_email_key;
alter table academy_auth.users add constraint users_email_key unique (institution_id, email);
create index users_email on academy_auth.users (email);

-- Invented people have addresses under names that are reserved for examples.
do $$
declare
  v_institution uuid;
  v_invented constant text := '@(adm|alunos|serra-azul|porto-claro|[0-9a-f]{10})\.exemplo\.dev$';
begin
  for v_institution in select distinct institution_id from academy_auth.users where email ~ v_invented loop
    perform set_config('cascata.tenant', v_institution::text, true);
    update academy.users set email = replace(email, '.exemplo.dev', '.example')
    where institution_id = v_institution and email ~ v_invented;
  end loop;
  update academy_auth.users set email = replace(email, '.exemplo.dev', '.example') where email ~ v_invented;
end $$;

-- Has somebody chosen a password with this address? Asked when an e-mail is written, never while a request waits. An account
-- that others made for the address, and that its owner never entered, is none.
create or replace function academy_auth.has_account(p_email text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not academy_auth.in_system_institution() then
    raise exception 'Not from an institution.' using errcode = '42501';
  end if;
  return exists (
    select from academy_auth.users u join academy_auth.accounts a on a.user_id = u.id
    where u.email = p_email and a.provider_id = 'credential' and a.password is not null);
end $$;

-- One registration is finished once, in the transaction that makes its institution. Whether the address has an account
-- elsewhere is all the same to it.
create or replace function academy_auth.claim_registration(p_id uuid) returns text
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  r academy_auth.registrations;
begin
  select * into r from academy_auth.registrations
  where id = p_id and institution_id = current_setting('cascata.tenant')::uuid for update;
  if not found then return 'unknown'; end if;
  if r.status = 'finished' then return 'finished'; end if;
  if r.expires_at <= now() then return 'expired'; end if;
  update academy_auth.registrations set status = 'finished' where id = p_id;
  return 'claimed';
end $$;

-- Names an institution where its row cannot be seen, for a message to somebody who has an account there.
create function academy_auth.institution_of(p_id uuid, out name text, out demonstration boolean)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_tenant constant text := current_setting('cascata.tenant');
begin
  perform set_config('cascata.tenant', p_id::text, true);
  select i.name, i.demo_data is not null into institution_of.name, institution_of.demonstration
  from academy.institutions i where i.id = p_id;
  perform set_config('cascata.tenant', v_tenant, true);
end $$;

-- The accounts of the address that somebody forgot the password of. Those that were entered come first, so that the limit
-- leaves out none that others made for the address.
create function academy_auth.password_request_accounts(p_request uuid)
returns table (user_id uuid, name text, email text, locale text, institution text, demonstration boolean)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not academy_auth.in_system_institution() then
    raise exception 'Not from an institution.' using errcode = '42501';
  end if;
  return query
    select u.id, u.name, u.email, r.locale, i.name, i.demonstration
    from academy_auth.password_requests r
    join academy_auth.users u on u.email = r.email
    cross join lateral academy_auth.institution_of(u.institution_id) i
    where r.id = p_request
    order by exists (select from academy_auth.accounts a where a.user_id = u.id and a.password is not null) desc, u.id desc
    limit 10;
end $$;

-- The links for a new password, one for each account that has the address still. Another try carries the same links, good
-- for as long as the first were.
drop function academy_auth.issue_reset_token;
create function academy_auth.issue_reset_tokens(p_request uuid, p_users uuid[], p_token_hashes text[], p_expires_at timestamptz)
returns setof uuid language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not academy_auth.in_system_institution() then
    raise exception 'Not from an institution.' using errcode = '42501';
  end if;
  return query
    insert into academy_auth.password_tokens as t (id, user_id, purpose, token_hash, expires_at)
    select gen_random_uuid(), u.id, 'reset', asked.token_hash, p_expires_at
    from academy_auth.password_requests r
    join unnest(p_users, p_token_hashes) as asked(user_id, token_hash) on true
    join academy_auth.users u on u.id = asked.user_id and u.email = r.email
    where r.id = p_request
    for share of u
    on conflict (token_hash) do update set expires_at = excluded.expires_at where t.used_at is null
    returning t.user_id;
end $$;

revoke execute on function academy_auth.institution_of, academy_auth.password_request_accounts,
  academy_auth.issue_reset_tokens from public;
grant execute on function academy_auth.password_request_accounts, academy_auth.issue_reset_tokens to academy_exec;
