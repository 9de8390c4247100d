/** Staff look a student up: by words of the name, the address or the enrollment code. */
import { peopleByName } from '../../../platform/database/people-by-name.ts'
import { searchPatterns } from '../../../platform/database/search-patterns.ts'
import { route } from '../../../platform/http/route.ts'
import { absentCount, comingOf } from '../../people/invitations.queries.ts'
import { withAuthenticator } from '../../users/authenticator.queries.ts'
import { contract } from './list-students.contract.ts'

type Told = {
  enrollment_code: string
  course: string | null
  status: 'enrolled' | 'transferred' | 'deferred' | 'completed'
  failed_emails: number
}

export const listStudents = route('GET /students', contract, async ({ input, tx, by }) => {
  const failedOf = (student: string) =>
    `from academy.email_messages m
     where m.institution_id = ${student}.institution_id and m.recipient_id = ${student}.id and m.status = 'failed'`
  const { people, total, next } = await peopleByName<Told>(tx, {
    matching: `academy.students s
      join academy.users u on u.institution_id = s.institution_id and u.id = s.id
      where s.institution_id = $1 and (not $2 or exists (select ${failedOf('s')}))
        and u.search_text || ' ' || lower(s.enrollment_code) like all ($3::text[])`,
    values: [by.institutionId, input.failedOnly, searchPatterns(input.search)],
    columns: ['s.enrollment_code', 's.status', 's.course_offering_id'],
    told: [
      `(select count(*)::int ${failedOf('p')}) as failed_emails`,
      `(select c.name from academy.course_offerings o
        join academy.courses c on c.institution_id = o.institution_id and c.id = o.course_id
        where o.institution_id = p.institution_id and o.id = p.course_offering_id) as course`,
    ],
    after: input.after,
    limit: input.limit,
  })
  const ids = people.map(({ id }) => id)
  const coming = await comingOf(tx, by.institutionId, ids)
  const guarded = await withAuthenticator(tx, ids)
  return {
    students: people.map(({ enrollment_code, failed_emails, ...person }) => ({
      ...person,
      ...coming(person.id),
      hasAuthenticator: guarded.has(person.id),
      enrollmentCode: enrollment_code,
      failedEmails: failed_emails,
    })),
    total,
    neverCame: await absentCount(tx, by.institutionId, 'student'),
    next,
  }
})
