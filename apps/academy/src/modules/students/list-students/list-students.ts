/** Staff look a student up: by words of the name, the address or the enrollment code. */
import { BY_NAME } from '../../../platform/database/by-name.ts'
import { searchPatterns } from '../../../platform/database/search-patterns.ts'
import { route } from '../../../platform/http/route.ts'
import { absentCount, comingOf } from '../../people/invitations.queries.ts'
import { withAuthenticator } from '../../users/authenticator.queries.ts'
import { contract } from './list-students.contract.ts'

type Row = {
  id: string
  name: string
  email: string
  enrollment_code: string
  course: string | null
  status: 'enrolled' | 'transferred' | 'deferred' | 'completed'
  failed_emails: number
}

export const listStudents = route('GET /students', contract, async ({ input, tx, by }) => {
  const failedOf = (student: string) =>
    `from academy.email_messages m
     where m.institution_id = ${student}.institution_id and m.recipient_id = ${student}.id and m.status = 'failed'`
  const matching = `
    from academy.students s
    join academy.users u on u.institution_id = s.institution_id and u.id = s.id
    where s.institution_id = $1 and (not $2 or exists (select ${failedOf('s')}))
      and u.search_text || ' ' || lower(s.enrollment_code) like all ($3::text[])`
  const values = [by.institutionId, input.failedOnly, searchPatterns(input.search)]
  const total = await tx.query<{ total: number }>(`select count(*)::int as total ${matching}`, values)
  // What is told of each is looked up for those of the page alone: to put them in order, all are read.
  const { rows } = await tx.query<Row>(
    `with page as materialized (
       select s.institution_id, s.id, u.name, u.email, s.enrollment_code, s.status, s.course_offering_id
       ${matching}
         and ($4::uuid is null or (u.name ${BY_NAME}, u.id) > (
           select name, id from academy.users where institution_id = $1 and id = $4))
       order by u.name ${BY_NAME}, u.id limit $5
     )
     select p.id, p.name, p.email, p.enrollment_code, p.status,
       (select count(*)::int ${failedOf('p')}) as failed_emails,
       (select c.name from academy.course_offerings o
        join academy.courses c on c.institution_id = o.institution_id and c.id = o.course_id
        where o.institution_id = p.institution_id and o.id = p.course_offering_id) as course
     from page p
     order by p.name ${BY_NAME}, p.id`,
    [...values, input.after ?? null, input.limit + 1],
  )
  const page = rows.slice(0, input.limit)
  const ids = page.map(({ id }) => id)
  const coming = await comingOf(tx, by.institutionId, ids)
  const guarded = await withAuthenticator(tx, ids)
  return {
    students: page.map(({ enrollment_code, failed_emails, ...row }) => ({
      ...row,
      ...coming(row.id),
      hasAuthenticator: guarded.has(row.id),
      enrollmentCode: enrollment_code,
      failedEmails: failed_emails,
    })),
    total: total.rows[0]?.total ?? 0,
    neverCame: await absentCount(tx, by.institutionId, 'student'),
    next: rows.length > page.length ? (page.at(-1)?.id ?? null) : null,
  }
})
