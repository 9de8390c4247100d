/** What other modules may ask about users: to make people with their accounts, in the transaction that makes them what they are. */
import type { Tx } from 'cascata'
import { unlessTaken } from '../../platform/database/saving.ts'
import { type Refusal, refuse } from '../../platform/http/refusal.ts'

export type NewUser = { id: string; person: { name: string; email: string } }

/**
 * Any number of people in two statements.
 * @param options.passwordHash without one an account can be entered only by way of an invitation.
 * @param options.invented by a demonstration: anybody who opened it may enter as them.
 */
export async function createUsers(
  tx: Tx,
  institutionId: string,
  role: 'staff' | 'teacher' | 'student',
  people: readonly NewUser[],
  { passwordHash = null, invented = false }: { passwordHash?: string | null; invented?: boolean } = {},
): Promise<Refusal | undefined> {
  const ids = people.map(({ id }) => id)
  const names = people.map(({ person }) => person.name)
  const emails = people.map(({ person }) => person.email)
  const roles = people.map(() => role)
  const insert = async () => {
    await tx.query(
      `insert into academy.users (institution_id, id, name, email, role, invented)
       select $1, id, name, email, $5, $6 from unnest($2::uuid[], $3::text[], $4::text[]) as u(id, name, email)`,
      [institutionId, ids, names, emails, role, invented],
    )
    await tx.query('select academy_auth.create_accounts($1, $2, $3, $4, $5)', [ids, names, emails, roles, passwordHash])
    return undefined
  }
  return unlessTaken(
    insert,
    refuse('email-already-used', {
      field: 'email',
      message: { en: 'Another account has this address.', pt: 'Outra conta usa este e-mail.' },
    }),
  )
}
