/** A second member of staff, with the password of the demonstration: no page makes one yet. */
import { uuidv7 } from 'cascata'
import { institutionId } from '../src/demo/people.ts'
import { createUsers } from '../src/modules/users/users.queries.ts'
import { withTenant } from '../src/platform/database/with-tenant.ts'
import { type Academy, SERRA } from './start-academy.ts'

export async function newColleague({ pools }: Academy, person: { name: string; email: string }): Promise<string> {
  const { rows } = await pools.auth.query<{ password: string }>(
    `select a.password from academy_auth.accounts a join academy_auth.users u on u.id = a.user_id where u.email = $1`,
    [SERRA.staff.email],
  )
  const id = uuidv7()
  const tenant = institutionId(SERRA.key)
  const refused = await withTenant(pools.web, { institutionId: tenant }, (tx) =>
    createUsers(tx, tenant, 'staff', [{ id, person }], { passwordHash: rows[0]?.password ?? null }),
  )
  if (refused) throw new Error(`${person.email} is taken.`)
  return id
}
