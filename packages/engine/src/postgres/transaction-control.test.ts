import { expect, test } from 'vitest'
import { refuseTransactionControl } from './transaction-control.ts'

const refused = expect.objectContaining({ code: 'transaction-ended' })

test.each([
  'commit',
  'COMMIT;',
  ' rollback',
  'rollback work',
  'begin',
  'start transaction read only',
  'abort',
  'end',
  "prepare transaction 'x'",
  'select 1; commit',
  'commit; begin',
  '-- a comment\ncommit',
  '/* a; b */ rollback',
  "insert into notes values ('it''s'); commit",
  "insert into notes values (E'it\\'s'); commit",
  'select $$a;b$$; commit',
])('%s is refused', (text) => {
  expect(() => refuseTransactionControl(text, true)).toThrow(refused)
})

test.each([
  'insert into notes values ($1)',
  'select 1; select 2;',
  "insert into notes values ('; commit')",
  "insert into notes values (E'\\'; commit')",
  'do $$ begin perform 1; end $$',
  'do $body$ begin perform $$;commit$$; end $body$',
  'select 1 as "a; commit"',
  'select 1 -- ; commit',
  'select 1 /* ; commit */',
  'endless',
  'savepoint here',
  'rollback to savepoint here',
  'rollback transaction to here',
  'release savepoint here',
])('%s is not', (text) => {
  expect(() => refuseTransactionControl(text, true)).not.toThrow()
})

test.each(['savepoint here', 'rollback to here', 'release here', 'select 1; savepoint here'])(
  'where others share it, so is %s',
  (text) => {
    expect(() => refuseTransactionControl(text, false)).toThrow(refused)
  },
)
