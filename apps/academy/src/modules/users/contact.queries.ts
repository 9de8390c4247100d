import type { Tx } from 'cascata'

export type Contact = {
  name: string
  email: string
  locale: 'pt-BR' | 'en'
  institution: string
}

/** Of a person of the institution, for a message to them. */
export async function contactOf(tx: Tx, institutionId: string, userId: string): Promise<Contact | undefined> {
  const { rows } = await tx.query<Contact>(
    `select u.name, u.email, u.locale, i.name as institution
     from academy.users u join academy.institutions i on i.id = u.institution_id
     where u.institution_id = $1 and u.id = $2`,
    [institutionId, userId],
  )
  return rows[0]
}
