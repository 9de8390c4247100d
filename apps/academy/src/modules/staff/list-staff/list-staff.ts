/** Staff look a colleague up: by words of the name or the address. */
import { peopleByName } from '../../../platform/database/people-by-name.ts'
import { searchPatterns } from '../../../platform/database/search-patterns.ts'
import { route } from '../../../platform/http/route.ts'
import { withAuthenticator } from '../../users/authenticator.queries.ts'
import { contract } from './list-staff.contract.ts'

export const listStaff = route('GET /staff', contract, async ({ input, tx, by, services }) => {
  const { people, total, next } = await peopleByName(tx, {
    matching: `academy.users u
      where u.institution_id = $1 and u.role = 'staff' and u.search_text like all ($2::text[])`,
    values: [by.institutionId, searchPatterns(input.search)],
    after: input.after,
    limit: input.limit,
  })
  const guarded = await withAuthenticator(
    tx,
    people.map(({ id }) => id),
  )
  return {
    staff: people.map((person) => ({ ...person, hasAuthenticator: guarded.has(person.id) })),
    total,
    next,
    operatorContact: services.operatorContact ?? null,
  }
})
