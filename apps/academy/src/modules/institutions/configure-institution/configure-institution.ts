/** Staff say by what results are decided. */
import type { Tx } from 'cascata'
import { changedMeanwhile } from '../../../platform/database/saving.ts'
import { route } from '../../../platform/http/route.ts'
import type { Rounding } from '../../classes/class.fields.ts'
import { change, read } from './configure-institution.contract.ts'

export const readResultRules = route('GET /result-rules', read, ({ tx, by }) => rules(tx, by.institutionId))

export const changeResultRules = route('PUT /result-rules', change, async ({ input, tx, by }) => {
  const { rowCount } = await tx.query(
    `update academy.institutions
     set note_limit = $2, frequency_limit = $3, result_order = $4, rounding = coalesce($5, rounding), version = version + 1
     where id = $1 and ($6::integer is null or version = $6)`,
    [
      by.institutionId,
      input.noteLimit,
      input.frequencyLimit,
      input.resultOrder,
      input.rounding ?? null,
      input.version ?? null,
    ],
  )
  return rowCount === 0 ? changedMeanwhile() : rules(tx, by.institutionId)
})

type Rules = {
  noteLimit: number
  frequencyLimit: number
  resultOrder: 'frequency-first' | 'note-first'
  rounding: Rounding
  version: number
}

async function rules(tx: Tx, institutionId: string): Promise<Rules> {
  const { rows } = await tx.query<Rules>(
    `select note_limit::float8 as "noteLimit", frequency_limit::float8 as "frequencyLimit",
       result_order as "resultOrder", rounding, version from academy.institutions where id = $1`,
    [institutionId],
  )
  return rows[0] as Rules
}
