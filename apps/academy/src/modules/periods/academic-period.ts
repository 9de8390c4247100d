/** Half a year of teaching: `YYYY.1` or `YYYY.2`, 1970 to 2070, with both its dates in that year. */
import { Entity } from 'cascata'
import { type Refusal, refuse, refuseAll } from '../../platform/http/refusal.ts'

export type NewAcademicPeriod = { id: string; startAt: string; endAt: string }
type Dates = { startAt: string; endAt: string }

const YEAR_MIN = 1970
const YEAR_MAX = 2070

/** `2026.1` for `20261`, `2026/1`, `2026.1`; undefined for what is no period. */
export function academicPeriodId(typed: string): string | undefined {
  const digits = typed.replace(/\D/g, '')
  if (!/^\d{4}[12]$/.test(digits)) return undefined
  const year = Number(digits.slice(0, 4))
  return year >= YEAR_MIN && year <= YEAR_MAX ? `${digits.slice(0, 4)}.${digits[4]}` : undefined
}

export class AcademicPeriod extends Entity {
  readonly entityType = 'academic-period'
  readonly tenant: string
  readonly id: string
  readonly #version: number
  #dates: Dates

  constructor(tenant: string, { id, startAt, endAt }: NewAcademicPeriod, version: number) {
    super()
    this.tenant = tenant
    this.id = id
    this.#dates = { startAt, endAt }
    this.#version = version
  }

  static create(input: NewAcademicPeriod, institutionId: string): AcademicPeriod | Refusal {
    const id = academicPeriodId(input.id)
    if (!id) {
      return refuse('invalid-academic-period', {
        field: 'id',
        message: {
          en: `A year from ${YEAR_MIN} to ${YEAR_MAX} and 1 or 2, as in 2026.1.`,
          pt: `Um ano de ${YEAR_MIN} a ${YEAR_MAX} e 1 ou 2, como em 2026.1.`,
        },
      })
    }
    return datesRefusal(id, input) ?? new AcademicPeriod(institutionId, { ...input, id }, 0)
  }

  get startAt(): string {
    return this.#dates.startAt
  }

  get endAt(): string {
    return this.#dates.endAt
  }

  /** Lessons were generated from the dates, so they stay as they are once there are classes. */
  changeDates(dates: Dates, hasClasses: boolean): Refusal | undefined {
    if (hasClasses) {
      return refuse('academic-period-has-classes', {
        because: 'conflict',
        message: {
          en: 'There are classes in this period already; their lessons follow its dates.',
          pt: 'Já há turmas neste período; as aulas delas seguem as datas dele.',
        },
      })
    }
    const refusal = datesRefusal(this.id, dates)
    if (!refusal) this.#dates = { startAt: dates.startAt, endAt: dates.endAt }
    return refusal
  }

  row() {
    return {
      table: 'academy.academic_periods',
      key: { institution_id: this.tenant, id: this.id },
      values: { start_at: this.#dates.startAt, end_at: this.#dates.endAt },
      version: this.#version,
    }
  }
}

function datesRefusal(id: string, { startAt, endAt }: Dates): Refusal | undefined {
  const year = id.slice(0, 4)
  const outside = (code: string, field: string, date: string) =>
    date.slice(0, 4) === year
      ? undefined
      : refuse(code, { field, message: { en: `A day of ${year}.`, pt: `Um dia de ${year}.` } })
  return (
    refuseAll([
      outside('invalid-academic-period-start-date', 'startAt', startAt),
      outside('invalid-academic-period-end-date', 'endAt', endAt),
    ]) ??
    (startAt < endAt
      ? undefined
      : refuse('invalid-academic-period-dates', {
          field: 'endAt',
          message: { en: 'It ends after it has started.', pt: 'O fim vem depois do início.' },
        }))
  )
}
