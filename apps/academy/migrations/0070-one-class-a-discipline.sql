-- A student is in one class of a discipline, and does not take again what was passed. The discipline is kept with the seat,
-- so that one unique index says so for every way in which anybody enters a class.

-- The owner sees the rows of every institution while it fills the column; the lock of the table is held until the commit.
alter table academy.class_students no force row level security;
alter table academy.classes no force row level security;

alter table academy.class_students add column discipline_id uuid;
-- Seats that broke the rule before it was one stay without a discipline, which the index does not compare: all but the
-- passed one, or the first.
update academy.class_students s set discipline_id = f.discipline_id
from (select t.institution_id, t.class_id, t.student_id, c.discipline_id,
        t.status not in ('enrolled', 'approved', 'exempt') or row_number() over (
          partition by t.institution_id, t.student_id, c.discipline_id, t.status in ('enrolled', 'approved', 'exempt')
          order by t.status = 'enrolled', t.enrolled_at, t.class_id) = 1 as counts
      from academy.class_students t
      join academy.classes c on c.institution_id = t.institution_id and c.id = t.class_id) f
where f.counts and s.institution_id = f.institution_id and s.class_id = f.class_id and s.student_id = f.student_id;

alter table academy.class_students force row level security;
alter table academy.classes force row level security;

-- As the invoker: a class of another institution is not found, and its key refuses the row.
create function academy.seat_discipline() returns trigger language plpgsql as $$
begin
  select c.discipline_id into new.discipline_id
  from academy.classes c where c.institution_id = new.institution_id and c.id = new.class_id;
  return new;
end $$;
create trigger seat_discipline before insert on academy.class_students
  for each row execute function academy.seat_discipline();

create unique index class_students_discipline on academy.class_students (institution_id, student_id, discipline_id)
  where status in ('enrolled', 'approved', 'exempt');
