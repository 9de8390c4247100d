-- Accounts whose address turns out to be wrong, and invitations of people who never came.

-- A new foreign key is checked against the rows that there are, and reading those takes an institution.
set local cascata.tenant = '00000000-0000-0000-0000-000000000000';

-- Why it was done, and what is to be known of it later: ids and keyed hashes, no personal data.
alter table academy.audit_entries
  add column reason text check (length(trim(reason)) between 1 and 500),
  add column details jsonb not null default '{}',
  add column version integer not null default 1;
create index audit_entries_subject on academy.audit_entries (institution_id, subject_id, id desc);

-- The address that a corrected account had, until it has been told.
create table academy.former_addresses (
  institution_id uuid        not null,
  correction_id  uuid        not null,
  user_id        uuid        not null,
  email          text        not null check (email = lower(email)),
  created_at     timestamptz not null default now(),
  primary key (institution_id, correction_id),
  foreign key (institution_id, correction_id) references academy.audit_entries,
  foreign key (institution_id, user_id) references academy.users
);

-- People who were invited again, and when. A round is one order of the staff: for one person, or for all who never came.
create table academy.invitations (
  institution_id uuid        not null,
  round_id       uuid        not null,
  user_id        uuid        not null,
  created_at     timestamptz not null default now(),
  primary key (institution_id, round_id, user_id),
  foreign key (institution_id, round_id) references academy.audit_entries,
  foreign key (institution_id, user_id) references academy.users
);
create index invitations_user on academy.invitations (institution_id, user_id, created_at desc);

do $$
declare
  t text;
begin
  foreach t in array array['former_addresses', 'invitations'] loop
    execute format('alter table academy.%I enable row level security', t);
    execute format('alter table academy.%I force row level security', t);
    execute format('create policy tenant on academy.%I using (institution_id = current_setting(''cascata.tenant'')::uuid)', t);
  end loop;
end $$;
grant select, insert on academy.invitations to academy_web;
grant select on academy.invitations to academy_exec;
grant insert on academy.former_addresses to academy_web;
grant select, delete on academy.former_addresses to academy_exec;
grant select on academy.audit_entries to academy_exec;

-- A link that ended before it was used: it went to an address that is not the account's any more.
alter table academy_auth.password_tokens add column revoked_at timestamptz;

-- Staff correct an address. Whatever the old one opened is over in the same transaction: links, sessions (also those behind
-- doors that this person opened), and the password, where a link that went to the old address was used: whoever reads it may
-- have chosen it. `password` says what became of it. For people of the transaction's institution only (row-level security is
-- forced on the owner too, so the look-up sees no other).
drop function academy_auth.change_email;
create function academy_auth.correct_email(p_user uuid, p_email text, out former text, out password text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from academy.users where institution_id = current_setting('cascata.tenant')::uuid and id = p_user) then
    return;
  end if;
  select u.email into correct_email.former from academy_auth.users u where u.id = p_user for update;
  if former = p_email then return; end if;
  update academy_auth.users set email = p_email, email_verified = false, updated_at = now() where id = p_user;
  update academy_auth.password_tokens set revoked_at = now()
  where user_id = p_user and used_at is null and revoked_at is null;
  delete from academy_auth.sessions where user_id = p_user or opened_by = p_user;
  if not exists (select from academy_auth.accounts a where a.user_id = p_user and a.password is not null) then
    correct_email.password := 'none';
  elsif exists (select from academy_auth.password_tokens t where t.user_id = p_user and t.used_at is not null) then
    update academy_auth.accounts a set password = null, updated_at = now() where a.user_id = p_user;
    correct_email.password := 'ended';
  else
    correct_email.password := 'kept';
  end if;
end $$;

-- A link by which somebody chooses a password: the token itself goes into the e-mail and nowhere else. False when it may not
-- be sent any more: the account has another address than the message, or the link was used, or had ended.
drop function academy_auth.issue_password_token;
create function academy_auth.issue_invitation(p_id uuid, p_user uuid, p_email text, p_token_hash text, p_expires_at timestamptz)
returns boolean language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- A correction waits for this, or has been; in between there is nothing.
  perform from academy_auth.users
  where id = p_user and institution_id = current_setting('cascata.tenant')::uuid and email = p_email for share;
  if not found then return false; end if;
  insert into academy_auth.password_tokens as t (id, user_id, purpose, token_hash, expires_at)
  values (p_id, p_user, 'invitation', p_token_hash, p_expires_at)
  on conflict (id) do update set expires_at = excluded.expires_at where t.used_at is null and t.revoked_at is null;
  return found;
end $$;

create or replace function academy_auth.issue_reset_tokens(p_request uuid, p_users uuid[], p_token_hashes text[], p_expires_at timestamptz)
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
    on conflict (token_hash) do update set expires_at = excluded.expires_at where t.used_at is null and t.revoked_at is null
    returning t.user_id;
end $$;

-- Which people of the transaction's institution have no password: they have never come.
create function academy_auth.without_password(p_users uuid[])
returns setof uuid language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select u.id from academy_auth.users u
  where u.institution_id = current_setting('cascata.tenant')::uuid and u.id = any(p_users)
    and not exists (select from academy_auth.accounts a where a.user_id = u.id and a.password is not null)
$$;

revoke execute on function academy_auth.correct_email, academy_auth.issue_invitation, academy_auth.without_password from public;
grant execute on function academy_auth.correct_email, academy_auth.without_password to academy_web;
grant execute on function academy_auth.issue_invitation, academy_auth.without_password to academy_exec;
create index sessions_opened_by on academy_auth.sessions (opened_by) where opened_by is not null;

-- When somebody was written to last, for what.
create index email_messages_recipient on academy.email_messages (institution_id, recipient_id, purpose);
