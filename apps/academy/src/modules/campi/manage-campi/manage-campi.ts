/** Staff say which campi there are. Two of the same name would be taken for one. */
import { save, type Tx } from 'cascata'
import { unlessStale, unlessTaken } from '../../../platform/database/saving.ts'
import { isRefusal, notFound, refuse } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { Campus } from '../campus.ts'
import { create, edit, list } from './manage-campi.contract.ts'

type Row = { id: string; name: string; city: string; version: number }

export const listCampi = route('GET /campi', list, async ({ tx, by }) => {
  const { rows } = await tx.query<Row>(
    'select id, name, city, version from academy.campi where institution_id = $1 order by name, id',
    [by.institutionId],
  )
  return { campi: rows }
})

export const createCampus = route('POST /campi', create, async ({ input, tx, by }) => {
  const campus = Campus.create(input, by.institutionId)
  const refusal = await saved(tx, campus, by.id)
  return refusal ?? { id: campus.id, ...input, version: 1 }
})

export const editCampus = route('PUT /campi/:campusId', edit, async ({ input, tx, by }) => {
  const { rows } = await tx.query<Row>(
    'select id, name, city, version from academy.campi where institution_id = $1 and id = $2 for no key update',
    [by.institutionId, input.campusId],
  )
  const [row] = rows
  if (!row) return notFound('campus-not-found', { en: 'There is no such campus.', pt: 'Este campus não existe.' })
  const stale = unlessStale(input.version, row.version)
  if (stale) return stale
  const campus = new Campus(by.institutionId, row.id, row, row.version)
  campus.change(input)
  const refusal = await saved(tx, campus, by.id)
  return refusal ?? { id: campus.id, name: input.name, city: input.city, version: row.version + 1 }
})

async function saved(tx: Tx, campus: Campus, actor: string) {
  const taken = refuse('campus-already-exists', {
    because: 'conflict',
    field: 'name',
    message: { en: 'There is a campus of this name.', pt: 'Já existe um campus com este nome.' },
  })
  const result = await unlessTaken(() => save(tx, campus, { actor }), taken)
  return isRefusal(result) ? result : undefined
}
