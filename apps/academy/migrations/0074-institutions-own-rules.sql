-- Rules that an institution sets by itself: its time zone, and how means are rounded.
alter table academy.institutions
  add column rounding text not null default 'half-even' check (rounding in ('half-even', 'half-up'));
grant update (time_zone, rounding) on academy.institutions to academy_web;
