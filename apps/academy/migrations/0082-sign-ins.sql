-- Sign-ins, tries included, for the owner of the account to see: for thirty days, and without where from.
create table academy_auth.sign_ins (
  id         uuid        primary key default gen_random_uuid(),
  user_id    uuid        not null references academy_auth.users on delete cascade,
  at         timestamptz not null default now(),
  outcome    text        not null check (outcome in ('signed-in', 'wrong-password', 'wrong-code')),
  user_agent text        not null
);
create index sign_ins_user on academy_auth.sign_ins (user_id, at desc);
create index sign_ins_at on academy_auth.sign_ins (at);
grant select, insert, delete on academy_auth.sign_ins to academy_auth;
