-- An enrollment period of one day, and lessons at any minute of any day of the week: distance learning has Sundays.
alter table academy.enrollment_periods
  drop constraint enrollment_periods_check,
  add constraint enrollment_periods_dates check (start_at <= end_at);
alter table academy.class_schedules
  drop constraint class_schedules_day_check,
  add constraint class_schedules_day check (day between 1 and 7); -- Monday to Sunday
