-- People whom a demonstration invented, as opposed to those that somebody typed: only as an invented one can anybody enter.
alter table academy.users add column invented boolean not null default false;
grant update (invented) on academy.users to academy_web;

do $$
declare
  v_institution uuid;
  v_invented constant text := '@[0-9a-f]{10}\.example$';
begin
  for v_institution in select distinct institution_id from academy_auth.users where email ~ v_invented loop
    perform set_config('cascata.tenant', v_institution::text, true);
    update academy.users u set invented = true
    from academy.institutions i
    where i.id = u.institution_id and i.demo_data is not null and u.email ~ v_invented and u.role in ('teacher', 'student');
  end loop;
end $$;
