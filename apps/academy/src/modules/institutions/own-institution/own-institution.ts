/** Staff set the name and the time zone of their institution. */
import { save, type Tx } from 'cascata'
import { unlessChanged, unlessStale } from '../../../platform/database/saving.ts'
import { isRefusal } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { lockInstitution } from '../institutions.queries.ts'
import { change, read } from './own-institution.contract.ts'

export const readOwnInstitution = route('GET /institutions/own', read, ({ tx, by }) => shown(tx, by.institutionId))

export const changeOwnInstitution = route('PUT /institutions/own', change, async ({ input, tx, by }) => {
  const institution = await lockInstitution(tx, by.institutionId)
  const refusal = unlessStale(input.version, institution.version) ?? institution.change(input)
  if (refusal) return refusal
  const saved = await unlessChanged(() => save(tx, institution, { actor: by.id }))
  if (isRefusal(saved)) return saved
  return shown(tx, by.institutionId)
})

async function shown(tx: Tx, institutionId: string) {
  const { rows } = await tx.query<{ name: string; timeZone: string; version: number }>(
    `select name, time_zone as "timeZone", version from academy.institutions where id = $1`,
    [institutionId],
  )
  const [row] = rows
  if (!row) throw new Error(`There is no institution ${institutionId}.`)
  return row
}
