/** Answers of this module about second factors: who has one, and who turns off one whose owner lost it. */
import { SINGLE_TENANT, type Tx } from 'cascata'
import type { TurnedOffBy } from '../../platform/http/endpoint.ts'

/** The people of the institution, among these, of whom a code is asked. */
export async function withAuthenticator(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ id: string }>('select id from academy_auth.with_authenticator($1::uuid[]) as id', [
    ids,
  ])
  return new Set(rows.map(({ id }) => id))
}

/** A colleague who has no password has never come, and cannot help. An administrator has no office to ask. */
export async function turnedOffBy(
  tx: Tx,
  { id, institutionId }: { id: string; institutionId: string },
): Promise<TurnedOffBy> {
  if (institutionId === SINGLE_TENANT) return 'operator'
  const { rows } = await tx.query<{ is_staff: boolean; has_colleague: boolean }>(
    `with colleagues as (
       select array(select c.id from academy.users c
         where c.institution_id = $1 and c.role = 'staff' and c.id <> $2) as ids
     )
     select u.role = 'staff' as is_staff,
       cardinality(ids) > (select count(*) from academy_auth.without_password(ids)) as has_colleague
     from academy.users u cross join colleagues where u.institution_id = $1 and u.id = $2`,
    [institutionId, id],
  )
  if (!rows[0]?.is_staff) return 'office'
  return rows[0].has_colleague ? 'colleague' : 'operator'
}
