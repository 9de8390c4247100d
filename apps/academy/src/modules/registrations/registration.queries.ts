import type { Tx } from 'cascata'
import type { RegistrationColumns } from './registration.ts'

const COLUMNS = 'id, email, token_hash, institution_id, demo_data, locale, status, expires_at'

/** The registration of an address, which nobody else decides about until the end of the transaction. */
export async function lockRegistrationOf(tx: Tx, email: string): Promise<RegistrationColumns | undefined> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended('academy.registration ' || $1, 0))", [email])
  const { rows } = await tx.query<RegistrationColumns>(
    `select ${COLUMNS} from academy.registrations where email = $1`,
    [email],
  )
  return rows[0]
}

export async function registrationById(tx: Tx, id: string): Promise<RegistrationColumns | undefined> {
  const { rows } = await tx.query<RegistrationColumns>(`select ${COLUMNS} from academy.registrations where id = $1`, [
    id,
  ])
  return rows[0]
}

export async function registrationByToken(
  tx: Tx,
  hash: string,
): Promise<(RegistrationColumns & { expired: boolean }) | undefined> {
  const { rows } = await tx.query<RegistrationColumns & { expired: boolean }>(
    `select ${COLUMNS}, expires_at <= now() as expired from academy.registrations where token_hash = $1`,
    [hash],
  )
  return rows[0]
}

export async function forgetRegistration(tx: Tx, id: string): Promise<void> {
  await tx.query("delete from academy.registrations where id = $1 and status = 'pending'", [id])
}

export type Claim = 'claimed' | 'finished' | 'expired' | 'unknown'

/** @param tx of the institution that was reserved for it. */
export async function claimRegistration(tx: Tx, id: string): Promise<Claim> {
  const { rows } = await tx.query<{ claim: Claim }>('select academy_auth.claim_registration($1) as claim', [id])
  return rows[0]?.claim ?? 'unknown'
}
