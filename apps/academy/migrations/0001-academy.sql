-- The academy's own tables. The institution comes first in every key and index, and row-level security, forced even on
-- the owner, holds every transaction to one institution: cascata.tenant, set once at its beginning. A transaction that did
-- not set it fails, since current_setting raises or '' is no uuid; nothing falls back to "all rows" or "no rows".

create table academy.institutions (
  id              uuid          primary key,
  name            text          not null check (length(trim(name)) between 1 and 200),
  time_zone       text          not null default 'America/Sao_Paulo',
  note_limit      numeric(4, 2) not null default 7  check (note_limit between 0 and 10),
  frequency_limit numeric(5, 2) not null default 75 check (frequency_limit between 0 and 100),
  created_at      timestamptz   not null default now(),
  version         integer       not null default 1
);

-- One per account; the id is the account's.
create table academy.users (
  institution_id uuid        not null references academy.institutions,
  id             uuid        not null,
  name           text        not null check (length(trim(name)) between 1 and 200),
  email          text        not null check (email = lower(email) and length(email) between 3 and 254),
  role           text        not null check (role in ('staff', 'teacher', 'student', 'administrator')),
  locale         text        not null default 'pt-BR' check (locale in ('pt-BR', 'en')),
  created_at     timestamptz not null default now(),
  version        integer     not null default 1,
  primary key (institution_id, id),
  unique (institution_id, email),
  -- System administrators belong to the all-zero institution, and nobody else does.
  check ((role = 'administrator') = (institution_id = '00000000-0000-0000-0000-000000000000'))
);
create index users_name on academy.users (institution_id, role, name, id);

create table academy.teachers (
  institution_id uuid not null,
  id             uuid not null,
  primary key (institution_id, id),
  foreign key (institution_id, id) references academy.users
);

create table academy.students (
  institution_id  uuid not null,
  id              uuid not null,
  enrollment_code text not null check (enrollment_code ~ '^[0-9]{4}[0-9A-F]{8}$'),
  status          text not null default 'enrolled' check (status in ('enrolled', 'transferred', 'deferred', 'completed')),
  primary key (institution_id, id),
  foreign key (institution_id, id) references academy.users,
  unique (institution_id, enrollment_code)
);

create table academy.disciplines (
  institution_id uuid not null references academy.institutions,
  id             uuid not null,
  name           text not null check (length(trim(name)) between 1 and 200),
  code           text not null check (code ~ '^[0-9A-Z]{2,16}$'),
  primary key (institution_id, id),
  unique (institution_id, code)
);

create table academy.academic_periods (
  institution_id uuid not null references academy.institutions,
  id             text not null check (id ~ '^(19[7-9][0-9]|20[0-6][0-9]|2070)\.[12]$'),
  start_at       date not null,
  end_at         date not null,
  primary key (institution_id, id),
  check (start_at < end_at)
);

create table academy.classes (
  institution_id uuid        not null,
  id             uuid        not null,
  discipline_id  uuid        not null,
  teacher_id     uuid        not null,
  period_id      text        not null,
  vacancies      integer     not null check (vacancies >= 0),
  status         text        not null default 'pre-enrollment'
                 check (status in ('pre-enrollment', 'enrollment', 'started', 'finalized')),
  created_at     timestamptz not null default now(),
  version        integer     not null default 1,
  primary key (institution_id, id),
  foreign key (institution_id, discipline_id) references academy.disciplines,
  foreign key (institution_id, teacher_id) references academy.teachers,
  foreign key (institution_id, period_id) references academy.academic_periods
);
create index classes_teacher on academy.classes (institution_id, teacher_id, status);

create table academy.class_students (
  institution_id uuid        not null,
  class_id       uuid        not null,
  student_id     uuid        not null,
  status         text        not null default 'enrolled'
                 check (status in ('enrolled', 'approved', 'failed-by-note', 'failed-by-frequency', 'exempt', 'left')),
  enrolled_at    timestamptz not null default now(),
  primary key (institution_id, class_id, student_id),
  foreign key (institution_id, class_id) references academy.classes,
  foreign key (institution_id, student_id) references academy.students
);
create index class_students_student on academy.class_students (institution_id, student_id);

-- Null until graded: 0.00 is a grade.
create table academy.class_student_notes (
  institution_id uuid          not null,
  class_id       uuid          not null,
  student_id     uuid          not null,
  type           text          not null check (type in ('N1', 'N2', 'N3')),
  note           numeric(4, 2) check (note between 0 and 10),
  version        integer       not null default 1,
  primary key (institution_id, class_id, student_id, type),
  foreign key (institution_id, class_id, student_id) references academy.class_students
);

-- That the weights of one note stay within 100 is decided under the lock of the class's row.
create table academy.class_activities (
  institution_id uuid        not null,
  id             uuid        not null,
  class_id       uuid        not null,
  note           text        not null check (note in ('N1', 'N2', 'N3')),
  title          text        not null check (length(trim(title)) between 1 and 120),
  description    text        not null check (length(trim(description)) between 1 and 10000),
  type           text        not null check (type in ('exam', 'work', 'research', 'presentation')),
  weight         smallint    not null check (weight between 0 and 100),
  status         text        not null check (status in ('draft', 'published', 'closed')),
  due_date       date        not null,
  due_hour       time(0)     not null,
  created_by     uuid        not null,
  created_at     timestamptz not null default now(),
  version        integer     not null default 1,
  primary key (institution_id, id),
  foreign key (institution_id, class_id) references academy.classes,
  foreign key (institution_id, created_by) references academy.teachers
);
create index class_activities_class on academy.class_activities (institution_id, class_id, due_date desc);

-- Texts in both languages, as they were when it was written: readers of one notification differ in theirs.
create table academy.notifications (
  institution_id uuid        not null references academy.institutions,
  id             uuid        not null,
  category       text        not null check (category ~ '^[a-z]+(-[a-z]+)*$'),
  subject_id     uuid        not null,
  title          jsonb       not null check (title ? 'en' and title ? 'pt'),
  description    jsonb       not null check (description ? 'en' and description ? 'pt'),
  link           text        not null check (link ~ '^/app/'),
  details        jsonb       not null default '{}',
  created_at     timestamptz not null default now(),
  primary key (institution_id, id)
);
create index notifications_subject on academy.notifications (institution_id, subject_id, category, id desc);

create table academy.notification_recipients (
  institution_id  uuid        not null,
  user_id         uuid        not null,
  notification_id uuid        not null,
  created_at      timestamptz not null default now(),
  viewed_at       timestamptz,
  primary key (institution_id, user_id, notification_id),
  foreign key (institution_id, notification_id) references academy.notifications,
  foreign key (institution_id, user_id) references academy.users
);
create index notification_recipients_unread on academy.notification_recipients (institution_id, user_id, notification_id)
  where viewed_at is null;
create index notification_recipients_notification on academy.notification_recipients (institution_id, notification_id);

-- One per message that somebody is owed, whatever number of tries: what is known of it, kept by the command that sends it.
create table academy.email_messages (
  institution_id uuid        not null,
  purpose        text        not null check (purpose ~ '^[a-z]+(-[a-z]+)*$'),
  entity_id      uuid        not null,
  recipient_id   uuid        not null,
  status         text        not null default 'waiting'
                 check (status in ('waiting', 'sent', 'retrying', 'failed', 'cancelled', 'unknown')),
  reason         text,
  command_id     uuid,
  key            uuid,
  provider_id    text,
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),
  sent_at        timestamptz,
  primary key (institution_id, purpose, entity_id, recipient_id),
  foreign key (institution_id, recipient_id) references academy.users,
  check ((status = 'sent') = (sent_at is not null)),
  check (status <> 'sent' or (key is not null and provider_id is not null)),
  check (status not in ('retrying', 'failed', 'cancelled', 'unknown') or reason is not null)
);
create index email_messages_failed on academy.email_messages (institution_id, recipient_id) where status = 'failed';

-- The technical institution that system administrators belong to.
insert into academy.institutions (id, name) values ('00000000-0000-0000-0000-000000000000', 'System administration');

do $$
declare
  t text;
begin
  alter table academy.institutions enable row level security;
  alter table academy.institutions force row level security;
  create policy tenant on academy.institutions using (id = current_setting('cascata.tenant')::uuid);
  for t in select table_name from information_schema.columns
           where table_schema = 'academy' and column_name = 'institution_id' loop
    execute format('alter table academy.%I enable row level security', t);
    execute format('alter table academy.%I force row level security', t);
    execute format('create policy tenant on academy.%I using (institution_id = current_setting(''cascata.tenant'')::uuid)', t);
  end loop;
end $$;

-- The administrators' directory: the only policies that cross institutions, read-only, for one role.
create policy directory on academy.institutions for select to academy_console using (true);
create policy directory on academy.users for select to academy_console using (true);

grant usage on schema academy to academy_web, academy_exec, academy_console;
grant select on all tables in schema academy to academy_web, academy_exec;
grant insert on academy.institutions, academy.users, academy.teachers, academy.students, academy.disciplines,
  academy.academic_periods, academy.classes, academy.class_students, academy.class_student_notes,
  academy.class_activities to academy_web;
grant update on academy.class_activities to academy_web;
grant update (email, locale, version) on academy.users to academy_web;
grant update (version) on academy.classes to academy_web;              -- for the row lock that guards weights
grant update (viewed_at) on academy.notification_recipients to academy_web;
grant update (status, reason, updated_at) on academy.email_messages to academy_web;
grant insert on academy.notifications, academy.notification_recipients, academy.email_messages to academy_exec;
grant update (status, reason, command_id, key, provider_id, updated_at, sent_at) on academy.email_messages to academy_exec;
grant select on academy.institutions, academy.users to academy_console;
