/** Staff say when is taught. */
import { save } from 'cascata'
import { unlessStale, unlessTaken } from '../../../platform/database/saving.ts'
import { isRefusal, notFound, refuse } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { AcademicPeriod } from '../academic-period.ts'
import { create, edit, list } from './manage-academic-periods.contract.ts'

type Row = { id: string; startAt: string; endAt: string; version: number }

export const listAcademicPeriods = route('GET /academic-periods', list, async ({ tx, by }) => {
  const { rows } = await tx.query<Row & { classes: number }>(
    `select p.id, to_char(p.start_at, 'YYYY-MM-DD') as "startAt", to_char(p.end_at, 'YYYY-MM-DD') as "endAt", p.version,
       (select count(*)::int from academy.classes c
        where c.institution_id = p.institution_id and c.period_id = p.id) as classes
     from academy.academic_periods p where p.institution_id = $1 order by p.id desc`,
    [by.institutionId],
  )
  return { academicPeriods: rows }
})

export const createAcademicPeriod = route('POST /academic-periods', create, async ({ input, tx, by }) => {
  const period = AcademicPeriod.create(input, by.institutionId)
  if (isRefusal(period)) return period
  // Its key is the year and half, so the row that is in the way is the period itself.
  const taken = await unlessTaken(
    () => save(tx, period, { actor: by.id }),
    refuse('academic-period-already-exists', {
      because: 'conflict',
      field: 'id',
      message: { en: `${period.id} exists already.`, pt: `${period.id} já existe.` },
    }),
  )
  if (isRefusal(taken)) return taken
  return { id: period.id, startAt: period.startAt, endAt: period.endAt, version: 1 }
})

export const editAcademicPeriod = route('PUT /academic-periods/:periodId', edit, async ({ input, tx, by }) => {
  const { rows } = await tx.query<Row>(
    `select id, to_char(start_at, 'YYYY-MM-DD') as "startAt", to_char(end_at, 'YYYY-MM-DD') as "endAt", version
     from academy.academic_periods where institution_id = $1 and id = $2 for update`,
    [by.institutionId, input.periodId],
  )
  const [row] = rows
  if (!row) {
    return notFound('academic-period-not-found', {
      en: 'There is no such academic period.',
      pt: 'Este período acadêmico não existe.',
    })
  }
  const stale = unlessStale(input.version, row.version)
  if (stale) return stale
  // A class that is being created holds its period's row, so none appears between this look and the commit.
  const classes = await tx.query('select 1 from academy.classes where institution_id = $1 and period_id = $2 limit 1', [
    by.institutionId,
    row.id,
  ])
  const period = new AcademicPeriod(by.institutionId, row, row.version)
  const refusal = period.changeDates(input, classes.rows.length > 0)
  if (refusal) return refusal
  await save(tx, period, { actor: by.id })
  return { id: period.id, startAt: period.startAt, endAt: period.endAt, version: row.version + 1 }
})
