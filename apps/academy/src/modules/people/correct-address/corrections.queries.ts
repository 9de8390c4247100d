import type { Tx } from 'cascata'
import type { Contact } from '../../users/contact.queries.ts'
import type { NewCorrection } from '../address-correction.ts'

/** The fate of the account's password and authenticator, and whether the new address is to be written to. */
export async function correctionOf(
  tx: Tx,
  institutionId: string,
  correctionId: string,
): Promise<Pick<NewCorrection, 'password' | 'hadAuthenticator' | 'needsMessage'>> {
  const { rows } = await tx.query<{ details: NewCorrection }>(
    'select details from academy.audit_entries where institution_id = $1 and id = $2',
    [institutionId, correctionId],
  )
  const [row] = rows
  if (!row) throw new Error(`There is no correction ${correctionId}.`)
  return row.details
}

/** Undefined where it is not to be told, or has been. */
export async function formerAddress(
  tx: Tx,
  institutionId: string,
  correctionId: string,
): Promise<Omit<Contact, 'name'> | undefined> {
  const { rows } = await tx.query<Omit<Contact, 'name'>>(
    `select f.email, u.locale, i.name as institution
     from academy.former_addresses f
     join academy.users u on u.institution_id = f.institution_id and u.id = f.user_id
     join academy.institutions i on i.id = f.institution_id
     where f.institution_id = $1 and f.correction_id = $2`,
    [institutionId, correctionId],
  )
  return rows[0]
}

/** Also those that could not be told within a week. */
export async function forgetFormerAddress(tx: Tx, institutionId: string, correctionId: string): Promise<void> {
  await tx.query(
    `delete from academy.former_addresses
     where institution_id = $1 and (correction_id = $2 or created_at < now() - interval '7 days')`,
    [institutionId, correctionId],
  )
}
