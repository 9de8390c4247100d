/** Staff say when students choose their classes. */
import { save } from 'cascata'
import { existing } from '../../../platform/database/existing.ts'
import { institutionClock } from '../../../platform/database/institution-clock.ts'
import { unlessStale, unlessTaken } from '../../../platform/database/saving.ts'
import { isRefusal, notFound, refuse } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { EnrollmentPeriod, enrollmentPeriodStatusOn } from '../enrollment-period.ts'
import { create, edit, list } from './manage-enrollment-periods.contract.ts'

type Row = { id: string; startAt: string; endAt: string; version: number }

const COLUMNS = `period_id as id, to_char(start_at, 'YYYY-MM-DD') as "startAt", to_char(end_at, 'YYYY-MM-DD') as "endAt", version`

export const listEnrollmentPeriods = route('GET /enrollment-periods', list, async ({ tx, by }) => {
  const { today } = await institutionClock(tx, by.institutionId)
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from academy.enrollment_periods where institution_id = $1 order by period_id desc`,
    [by.institutionId],
  )
  const shown = rows.map((row) => ({ ...row, status: enrollmentPeriodStatusOn(today, row) }))
  return { today, enrollmentPeriods: shown }
})

export const createEnrollmentPeriod = route('POST /enrollment-periods', create, async ({ input, tx, by }) => {
  const known = await existing(tx, by.institutionId, 'academic_periods', [input.id])
  const period = EnrollmentPeriod.create(input, known.size > 0, by.institutionId)
  if (isRefusal(period)) return period
  // Its key is the academic period's, which has one already.
  const taken = await unlessTaken(
    () => save(tx, period, { actor: by.id }),
    refuse('enrollment-period-already-exists', {
      because: 'conflict',
      field: 'id',
      message: { en: `${input.id} has an enrollment period.`, pt: `${input.id} já tem um período de matrícula.` },
    }),
  )
  if (isRefusal(taken)) return taken
  const { today } = await institutionClock(tx, by.institutionId)
  return { ...input, status: period.statusOn(today), version: 1 }
})

export const editEnrollmentPeriod = route('PUT /enrollment-periods/:periodId', edit, async ({ input, tx, by }) => {
  const known = await existing(tx, by.institutionId, 'academic_periods', [input.periodId])
  if (known.size === 0) {
    return notFound('academic-period-not-found', {
      en: 'There is no such academic period.',
      pt: 'Este período acadêmico não existe.',
    })
  }
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from academy.enrollment_periods where institution_id = $1 and period_id = $2 for no key update`,
    [by.institutionId, input.periodId],
  )
  const [row] = rows
  if (!row) {
    return notFound('enrollment-period-not-found', {
      en: 'This academic period has no enrollment period.',
      pt: 'Este período acadêmico não tem período de matrícula.',
    })
  }
  const period = new EnrollmentPeriod(by.institutionId, row.id, row, row.version)
  const refusal = unlessStale(input.version, row.version) ?? period.changeDates(input)
  if (refusal) return refusal
  await save(tx, period, { actor: by.id })
  const { today } = await institutionClock(tx, by.institutionId)
  return {
    id: row.id,
    startAt: input.startAt,
    endAt: input.endAt,
    status: period.statusOn(today),
    version: row.version + 1,
  }
})
