/** Staff look a teacher up: by words of the name or the address. */
import { peopleByName } from '../../../platform/database/people-by-name.ts'
import { searchPatterns } from '../../../platform/database/search-patterns.ts'
import { route } from '../../../platform/http/route.ts'
import { absentCount, comingOf } from '../../people/invitations.queries.ts'
import { withAuthenticator } from '../../users/authenticator.queries.ts'
import { contract } from './list-teachers.contract.ts'

type Told = { classes: number; failed_emails: number }

export const listTeachers = route('GET /teachers', contract, async ({ input, tx, by }) => {
  const { people, total, next } = await peopleByName<Told>(tx, {
    matching: `academy.teachers t
      join academy.users u on u.institution_id = t.institution_id and u.id = t.id
      where t.institution_id = $1 and u.search_text like all ($2::text[])`,
    values: [by.institutionId, searchPatterns(input.search)],
    told: [
      `(select count(*)::int from academy.email_messages m
        where m.institution_id = p.institution_id and m.recipient_id = p.id and m.status = 'failed') as failed_emails`,
      `(select count(*)::int from academy.classes c
        where c.institution_id = p.institution_id and c.teacher_id = p.id and c.status <> 'finalized') as classes`,
    ],
    after: input.after,
    limit: input.limit,
  })
  const ids = people.map(({ id }) => id)
  const coming = await comingOf(tx, by.institutionId, ids)
  const guarded = await withAuthenticator(tx, ids)
  return {
    teachers: people.map(({ failed_emails, ...person }) => ({
      ...person,
      ...coming(person.id),
      hasAuthenticator: guarded.has(person.id),
      failedEmails: failed_emails,
    })),
    total,
    neverCame: await absentCount(tx, by.institutionId, 'teacher'),
    next,
  }
})
