/** Staff look a colleague up: by words of the name or the address. */
import { BY_NAME } from '../../../platform/database/by-name.ts'
import { searchPatterns } from '../../../platform/database/search-patterns.ts'
import { route } from '../../../platform/http/route.ts'
import { withAuthenticator } from '../../users/authenticator.queries.ts'
import { contract } from './list-staff.contract.ts'

export const listStaff = route('GET /staff', contract, async ({ input, tx, by }) => {
  const matching = `
    from academy.users u
    where u.institution_id = $1 and u.role = 'staff' and u.search_text like all ($2::text[])`
  const values = [by.institutionId, searchPatterns(input.search)]
  const total = await tx.query<{ total: number }>(`select count(*)::int as total ${matching}`, values)
  const { rows } = await tx.query<{ id: string; name: string; email: string }>(
    `select u.id, u.name, u.email ${matching}
       and ($3::uuid is null or (u.name ${BY_NAME}, u.id) > (
         select name, id from academy.users where institution_id = $1 and id = $3))
     order by u.name ${BY_NAME}, u.id limit $4`,
    [...values, input.after ?? null, input.limit + 1],
  )
  const page = rows.slice(0, input.limit)
  const guarded = await withAuthenticator(
    tx,
    page.map(({ id }) => id),
  )
  return {
    staff: page.map((row) => ({ ...row, hasAuthenticator: guarded.has(row.id) })),
    total: total.rows[0]?.total ?? 0,
    next: rows.length > page.length ? (page.at(-1)?.id ?? null) : null,
  }
})
