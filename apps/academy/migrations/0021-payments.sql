-- What students are asked to pay, and what the payment gateway told of it.

create table academy.charges (
  institution_id uuid        not null references academy.institutions,
  id             uuid        not null,
  student_id     uuid        not null,
  description    text        not null check (length(trim(description)) between 1 and 200),
  amount_cents   integer     not null check (amount_cents between 1 and 100000000),
  status         text        not null check (status in ('created', 'requested', 'paid', 'refused', 'failed')),
  -- Why it was refused or failed.
  reason         text,
  -- The command that asks the gateway; an order to try again refers to it.
  command_id     uuid,
  gateway_id     text,
  pay_url        text,
  created_by     uuid        not null,
  created_at     timestamptz not null default now(),
  paid_at        timestamptz,
  version        integer     not null default 1,
  primary key (institution_id, id),
  foreign key (institution_id, student_id) references academy.students,
  foreign key (institution_id, created_by) references academy.users,
  check ((status = 'paid') = (paid_at is not null)),
  check ((status in ('refused', 'failed')) = (reason is not null))
);
create index charges_newest on academy.charges (institution_id, id desc);

-- Every signed message of the gateway, once: it repeats a message until it is answered.
create table academy.payment_callbacks (
  institution_id uuid        not null references academy.institutions,
  id             text        not null check (length(id) between 1 and 200),
  charge_id      uuid        not null,
  type           text        not null,
  body           jsonb       not null,
  received_at    timestamptz not null default now(),
  primary key (institution_id, id),
  foreign key (institution_id, charge_id) references academy.charges
);

do $$
declare
  t text;
begin
  foreach t in array array['charges', 'payment_callbacks'] loop
    execute format('alter table academy.%I enable row level security', t);
    execute format('alter table academy.%I force row level security', t);
    execute format('create policy tenant on academy.%I using (institution_id = current_setting(''cascata.tenant'')::uuid)', t);
  end loop;
end $$;

grant select on academy.charges, academy.payment_callbacks to academy_web, academy_exec;
grant insert on academy.charges to academy_web;
grant insert on academy.payment_callbacks to academy_web;
grant update (status, reason, command_id, version) on academy.charges to academy_web;
grant insert, update on academy.charges to academy_exec;
