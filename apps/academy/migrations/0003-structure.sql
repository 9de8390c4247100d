-- What an institution teaches, where and when: campi, courses, curricula, offerings, periods, schedules, lessons; how
-- classes end; what staff tell everybody; and how people come to be there: registrations and invitations.

-- A new foreign key is checked against the rows that there are, and reading those takes an institution. The columns are
-- new and hold nothing yet, so that any will do.
set local cascata.tenant = '00000000-0000-0000-0000-000000000000';

-- The clock of every rule about dates, asked through this one function.
create function academy.now() returns timestamptz language sql stable as 'select now()';

alter table academy.disciplines add column version integer not null default 1;
alter table academy.academic_periods add column version integer not null default 1;
alter table academy.teachers add column version integer not null default 1;
alter table academy.students add column version integer not null default 1;

create table academy.campi (
  institution_id uuid    not null references academy.institutions,
  id             uuid    not null,
  name           text    not null check (length(trim(name)) between 1 and 50),
  city           text    not null check (length(trim(city)) between 1 and 50),
  version        integer not null default 1,
  primary key (institution_id, id),
  unique (institution_id, name)
);

create table academy.courses (
  institution_id uuid    not null references academy.institutions,
  id             uuid    not null,
  name           text    not null check (length(trim(name)) between 1 and 50),
  type           text    not null check (type in ('bachelor', 'licentiate', 'technologist', 'specialization', 'master',
                                                  'doctorate', 'post-doctorate')),
  version        integer not null default 1,
  primary key (institution_id, id),
  unique (institution_id, name)
);

create table academy.course_disciplines (
  institution_id uuid not null,
  course_id      uuid not null,
  discipline_id  uuid not null,
  primary key (institution_id, course_id, discipline_id),
  foreign key (institution_id, course_id) references academy.courses,
  foreign key (institution_id, discipline_id) references academy.disciplines
);
create index course_disciplines_discipline on academy.course_disciplines (institution_id, discipline_id);

create table academy.course_curricula (
  institution_id uuid    not null,
  id             uuid    not null,
  course_id      uuid    not null,
  name           text    not null check (length(trim(name)) between 1 and 50),
  version        integer not null default 1,
  primary key (institution_id, id),
  unique (institution_id, course_id, name),
  unique (institution_id, course_id, id),
  foreign key (institution_id, course_id) references academy.courses
);

-- A curriculum's disciplines are disciplines of its course: the key says so.
create table academy.curriculum_disciplines (
  institution_id uuid     not null,
  curriculum_id  uuid     not null,
  course_id      uuid     not null,
  discipline_id  uuid     not null,
  period         smallint not null check (period between 1 and 20),
  credits        smallint not null check (credits between 0 and 255),
  workload_hours smallint not null check (workload_hours between 0 and 10000),
  primary key (institution_id, curriculum_id, discipline_id),
  foreign key (institution_id, course_id, curriculum_id) references academy.course_curricula (institution_id, course_id, id),
  foreign key (institution_id, course_id, discipline_id) references academy.course_disciplines
);

create table academy.course_offerings (
  institution_id uuid    not null,
  id             uuid    not null,
  campus_id      uuid    not null,
  course_id      uuid    not null,
  curriculum_id  uuid    not null,
  period_id      text    not null,
  shift          text    not null check (shift in ('morning', 'afternoon', 'night')),
  version        integer not null default 1,
  primary key (institution_id, id),
  unique (institution_id, campus_id, curriculum_id, period_id, shift),
  foreign key (institution_id, campus_id) references academy.campi,
  foreign key (institution_id, course_id, curriculum_id) references academy.course_curricula (institution_id, course_id, id),
  foreign key (institution_id, period_id) references academy.academic_periods
);

-- The window of an academic period in which students choose their classes; both ends are days of it.
create table academy.enrollment_periods (
  institution_id uuid    not null,
  period_id      text    not null,
  start_at       date    not null,
  end_at         date    not null,
  version        integer not null default 1,
  primary key (institution_id, period_id),
  foreign key (institution_id, period_id) references academy.academic_periods,
  check (start_at < end_at)
);

alter table academy.students add column course_offering_id uuid;
alter table academy.students add foreign key (institution_id, course_offering_id) references academy.course_offerings;
create index students_offering on academy.students (institution_id, course_offering_id);

create table academy.class_schedules (
  institution_id uuid     not null,
  class_id       uuid     not null,
  day            smallint not null check (day between 1 and 6), -- Monday to Saturday
  start_at       time(0)  not null,
  end_at         time(0)  not null,
  primary key (institution_id, class_id, day, start_at),
  foreign key (institution_id, class_id) references academy.classes,
  check (start_at < end_at)
);

create table academy.lessons (
  institution_id uuid     not null,
  id             uuid     not null,
  class_id       uuid     not null,
  number         smallint not null check (number > 0),
  date           date     not null,
  start_at       time(0)  not null,
  end_at         time(0)  not null,
  status         text     not null default 'pending' check (status in ('pending', 'finalized')),
  primary key (institution_id, id),
  unique (institution_id, class_id, number),
  unique (institution_id, class_id, id),
  foreign key (institution_id, class_id) references academy.classes,
  check (start_at < end_at)
);
create index lessons_date on academy.lessons (institution_id, class_id, date);

create table academy.lesson_attendances (
  institution_id uuid    not null,
  lesson_id      uuid    not null,
  student_id     uuid    not null,
  class_id       uuid    not null,
  present        boolean not null,
  primary key (institution_id, lesson_id, student_id),
  foreign key (institution_id, class_id, lesson_id) references academy.lessons (institution_id, class_id, id),
  foreign key (institution_id, class_id, student_id) references academy.class_students
);
create index lesson_attendances_student on academy.lesson_attendances (institution_id, class_id, student_id);

-- Which rule decides first: a student who was absent too often has failed, whatever the notes, or the other way round.
alter table academy.institutions add column result_order text not null default 'frequency-first'
  check (result_order in ('frequency-first', 'note-first'));

-- One act of staff that closes some classes.
create table academy.class_finalizations (
  institution_id uuid        not null,
  id             uuid        not null,
  finalized_by   uuid        not null,
  created_at     timestamptz not null default now(),
  version        integer     not null default 1,
  primary key (institution_id, id),
  foreign key (institution_id, finalized_by) references academy.users
);
alter table academy.classes
  add column finalization_id uuid,
  add foreign key (institution_id, finalization_id) references academy.class_finalizations,
  add check ((status = 'finalized') = (finalization_id is not null));
create index classes_finalization on academy.classes (institution_id, finalization_id) where finalization_id is not null;
create index classes_period on academy.classes (institution_id, period_id, status);

-- What the result was decided with, frozen when the class is finalized.
alter table academy.class_students
  add column average_note numeric(4, 2) check (average_note between 0 and 10),
  add column frequency numeric(5, 2) check (frequency between 0 and 100),
  add column result_rule jsonb,
  add check ((status in ('approved', 'failed-by-note', 'failed-by-frequency')) = (result_rule is not null));

-- Notices that staff write. Those that have no time are given to whoever comes later, too.
alter table academy.notifications
  add column target     text    check (target in ('all', 'students', 'teachers')),
  add column timeless   boolean not null default false,
  add column created_by uuid,
  add foreign key (institution_id, created_by) references academy.users,
  add check ((category = 'notice') = (target is not null) and (target is null) = (created_by is null)
    and (target is not null or not timeless));
create index notifications_notices on academy.notifications (institution_id, id desc) where target is not null;

-- An institution that was made to be looked at.
alter table academy.institutions add column demo_data text check (demo_data in ('S', 'M', 'L'));

do $$
declare
  t text;
begin
  for t in select unnest(array['campi', 'courses', 'course_disciplines', 'course_curricula', 'curriculum_disciplines',
    'course_offerings', 'enrollment_periods', 'class_schedules', 'lessons', 'lesson_attendances', 'class_finalizations'])
  loop
    execute format('alter table academy.%I enable row level security', t);
    execute format('alter table academy.%I force row level security', t);
    execute format('create policy tenant on academy.%I using (institution_id = current_setting(''cascata.tenant'')::uuid)', t);
    execute format('grant select, insert, update, delete on academy.%I to academy_web, academy_exec', t);
  end loop;
end $$;

-- The seed does by commands what staff do by hand.
grant insert on academy.users, academy.teachers, academy.students, academy.disciplines, academy.academic_periods,
  academy.classes, academy.class_students, academy.class_student_notes, academy.class_activities to academy_exec;
grant update (status, version) on academy.classes to academy_exec;
grant update (status, version, vacancies, teacher_id, finalization_id) on academy.classes to academy_web;
grant update (status, enrolled_at, average_note, frequency, result_rule) on academy.class_students
  to academy_web, academy_exec;
grant delete on academy.class_students to academy_web, academy_exec;
grant update (note, version) on academy.class_student_notes to academy_web, academy_exec;
grant update (name, version) on academy.disciplines to academy_web;
grant update (start_at, end_at, version) on academy.academic_periods to academy_web;
grant update (course_offering_id, status, version) on academy.students to academy_web;
grant update (name, note_limit, frequency_limit, result_order, version) on academy.institutions to academy_web;
grant insert on academy.notifications, academy.notification_recipients to academy_web;

-- Registrations have no institution yet, and invitations are answered before anybody has signed in: both are kept with
-- the accounts. Tokens are stored as hashes.
create table academy_auth.registrations (
  id             uuid        primary key,
  email          text        not null unique check (email = lower(email)),
  token_hash     text        not null unique,
  institution_id uuid        not null unique,        -- reserved for it
  demo_data      text        check (demo_data in ('S', 'M', 'L')),
  status         text        not null default 'pending' check (status in ('pending', 'finished')),
  created_at     timestamptz not null default now(),
  expires_at     timestamptz not null
);
create table academy_auth.password_tokens (
  id         uuid        primary key,
  user_id    uuid        not null references academy_auth.users on delete cascade,
  purpose    text        not null check (purpose in ('invitation', 'reset')),
  token_hash text        not null unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at    timestamptz
);
create index password_tokens_user on academy_auth.password_tokens (user_id, purpose);
grant select, insert, update, delete on academy_auth.registrations, academy_auth.password_tokens to academy_auth;

-- Accounts of people of the transaction's own institution, made in the transaction that makes the people. Without a
-- password an account can only be entered through an invitation or a new password.
create function academy_auth.create_accounts(p_ids uuid[], p_names text[], p_emails text[], p_roles text[], p_password text)
returns void language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_institution uuid := current_setting('cascata.tenant')::uuid;
begin
  if 'administrator' = any(p_roles) then
    raise exception 'Administrators are not made here.' using errcode = '42501';
  end if;
  insert into academy_auth.users (id, name, email, email_verified, institution_id, role)
  select id, name, email, true, v_institution, role
  from unnest(p_ids, p_names, p_emails, p_roles) as u(id, name, email, role);
  insert into academy_auth.accounts (id, user_id, account_id, provider_id, password)
  select id, id, id::text, 'credential', p_password from unnest(p_ids) as u(id) where p_password is not null;
end $$;

-- A single-use link: the token itself goes into the e-mail and nowhere else.
create function academy_auth.issue_password_token(p_id uuid, p_user uuid, p_purpose text, p_token_hash text, p_expires_at timestamptz)
returns void language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from academy_auth.users where id = p_user and institution_id = current_setting('cascata.tenant')::uuid) then
    raise exception 'No such user here.' using errcode = '42501';
  end if;
  insert into academy_auth.password_tokens (id, user_id, purpose, token_hash, expires_at)
  values (p_id, p_user, p_purpose, p_token_hash, p_expires_at) on conflict (id) do nothing;
end $$;

revoke execute on function academy_auth.create_accounts, academy_auth.issue_password_token from public;
grant usage on schema academy_auth to academy_exec;
grant execute on function academy_auth.create_accounts, academy_auth.issue_password_token to academy_web, academy_exec;
