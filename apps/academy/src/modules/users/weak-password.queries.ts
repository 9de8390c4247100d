/** Whether the new password of somebody is refused, whichever way they came to choose one. */
import type { Tx } from 'cascata'
import { weakPassword } from '../../platform/auth/weak-password.ts'
import type { Refusal } from '../../platform/http/refusal.ts'
import { contactOf } from './contact.queries.ts'

export async function weakPasswordOf(
  tx: Tx,
  person: { institutionId: string; id: string },
  password: string,
): Promise<Refusal | undefined> {
  const contact = await contactOf(tx, person.institutionId, person.id)
  return weakPassword(password, contact ? [contact.name, contact.email, contact.institution] : [])
}
