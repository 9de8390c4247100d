-- A right password after which no code came: somebody who is not the owner may know it.
alter table academy_auth.sign_ins
  drop constraint sign_ins_outcome_check,
  add constraint sign_ins_outcome_check check (outcome in ('signed-in', 'wrong-password', 'no-code', 'wrong-code'));
