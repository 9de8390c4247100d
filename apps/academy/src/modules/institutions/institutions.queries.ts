/** What other modules may ask of institutions: to make one, with the person who works for it, in one transaction. */
import { save, type Tx } from 'cascata'
import { isRefusal, type Refusal } from '../../platform/http/refusal.ts'
import { createUsers } from '../users/users.queries.ts'
import type { DemoSize } from './institution.fields.ts'
import { Institution, type InstitutionColumns } from './institution.ts'
import { Random } from './seed-institution/random.ts'
import { addressDomain, institutionNameOf, nameOf } from './seed-institution/seed-people.ts'
import { seedOf } from './seed-institution/seed-plan.ts'

export type NewInstitution = {
  id: string
  name: string
  timeZone?: string | undefined
  demoData: DemoSize | null
  staff: { id: string; name: string; email: string; locale: 'pt-BR' | 'en'; passwordHash: string | null }
}

/** @param tx of the new institution itself. */
export async function createInstitution(
  tx: Tx,
  { id, name, timeZone, demoData, staff }: NewInstitution,
): Promise<Refusal | undefined> {
  const institution = Institution.create({ id, name, timeZone, demoData })
  if (isRefusal(institution)) return institution
  await save(tx, institution, { actor: staff.id }) // emits InstitutionCreated
  const person = { name: staff.name, email: staff.email }
  const refusal = await createUsers(tx, id, 'staff', [{ id: staff.id, person }], {
    passwordHash: staff.passwordHash,
  })
  if (refusal) return refusal
  await tx.query('update academy.users set locale = $3 where institution_id = $1 and id = $2', [
    id,
    staff.id,
    staff.locale,
  ])
  return undefined
}

/** Invented names for an institution that nobody has a name for, and for who works there. */
export function demoNames(institutionId: string): { institution: string; staff: { name: string; email: string } } {
  const random = new Random(seedOf(institutionId), 'names')
  return {
    institution: institutionNameOf(random),
    staff: { name: nameOf(random), email: `academico.${random.digits(8)}@${addressDomain(institutionId)}` },
  }
}

/** Nobody knows who made it, and its people are fictional. */
export async function isDemo(tx: Tx, institutionId: string): Promise<boolean> {
  const { rows } = await tx.query('select from academy.institutions where id = $1 and demo_data is not null', [
    institutionId,
  ])
  return rows.length > 0
}

/** The demonstration institution of this transaction, its row locked; undefined for one that is none. */
export async function lockDemoInstitution(tx: Tx, institutionId: string): Promise<Institution | undefined> {
  const institution = await lockInstitution(tx, institutionId)
  return institution.demoData === null ? undefined : institution
}

/** For a change: its row is locked until the transaction ends. */
export async function lockInstitution(tx: Tx, institutionId: string): Promise<Institution> {
  const { rows } = await tx.query<InstitutionColumns>(
    `select id, name, time_zone, demo_data, demo_opened_at, version from academy.institutions
     where id = $1 for no key update`,
    [institutionId],
  )
  const [row] = rows
  if (!row) throw new Error(`There is no institution ${institutionId}.`)
  return new Institution(row)
}

/** Is what it was made to show there? */
export async function isSeeded(tx: Tx, institutionId: string): Promise<boolean> {
  const { rows } = await tx.query(`select from academy.seed_steps where institution_id = $1 and step = 'attendances'`, [
    institutionId,
  ])
  return rows.length > 0
}
