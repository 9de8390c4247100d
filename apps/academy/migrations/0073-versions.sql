-- The last to take the attendance of a lesson, and how often it was taken: whoever saves is told when somebody else has saved since.

-- The new foreign key is checked against rows that hold nothing in its column yet, so that any institution will do.
set local cascata.tenant = '00000000-0000-0000-0000-000000000000';

alter table academy.lessons
  add column version integer not null default 1,
  add column taken_by uuid,
  add column taken_at timestamptz,
  add foreign key (institution_id, taken_by) references academy.users,
  add check ((taken_by is null) = (taken_at is null));
