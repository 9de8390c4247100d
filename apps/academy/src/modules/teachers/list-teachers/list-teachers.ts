/** Staff look a teacher up: by words of the name or the address. */
import { BY_NAME } from '../../../platform/database/by-name.ts'
import { searchPatterns } from '../../../platform/database/search-patterns.ts'
import { route } from '../../../platform/http/route.ts'
import { absentCount, comingOf } from '../../people/invitations.queries.ts'
import { withAuthenticator } from '../../users/authenticator.queries.ts'
import { contract } from './list-teachers.contract.ts'

type Row = { id: string; name: string; email: string; classes: number; failed_emails: number }

export const listTeachers = route('GET /teachers', contract, async ({ input, tx, by }) => {
  const matching = `
    from academy.teachers t
    join academy.users u on u.institution_id = t.institution_id and u.id = t.id
    where t.institution_id = $1 and u.search_text like all ($2::text[])`
  const values = [by.institutionId, searchPatterns(input.search)]
  const total = await tx.query<{ total: number }>(`select count(*)::int as total ${matching}`, values)
  const { rows } = await tx.query<Row>(
    `select t.id, u.name, u.email,
       (select count(*)::int from academy.email_messages m
        where m.institution_id = t.institution_id and m.recipient_id = t.id and m.status = 'failed') as failed_emails,
       (select count(*)::int from academy.classes c
        where c.institution_id = t.institution_id and c.teacher_id = t.id and c.status <> 'finalized') as classes
     ${matching}
       and ($3::uuid is null or (u.name ${BY_NAME}, u.id) > (
         select name, id from academy.users where institution_id = $1 and id = $3))
     order by u.name ${BY_NAME}, u.id limit $4`,
    [...values, input.after ?? null, input.limit + 1],
  )
  const page = rows.slice(0, input.limit)
  const ids = page.map(({ id }) => id)
  const coming = await comingOf(tx, by.institutionId, ids)
  const guarded = await withAuthenticator(tx, ids)
  return {
    teachers: page.map(({ failed_emails, ...row }) => ({
      ...row,
      ...coming(row.id),
      hasAuthenticator: guarded.has(row.id),
      failedEmails: failed_emails,
    })),
    total: total.rows[0]?.total ?? 0,
    neverCame: await absentCount(tx, by.institutionId, 'teacher'),
    next: rows.length > page.length ? (page.at(-1)?.id ?? null) : null,
  }
})
