/** The days in which students choose their classes of an academic period; both ends are days of it, on the institution's calendar. */
import { Entity } from 'cascata'
import { notFound, type Refusal, refuse } from '../../platform/http/refusal.ts'
import type { EnrollmentPeriodStatus } from './period.fields.ts'

export type EnrollmentWindow = { startAt: string; endAt: string }

export const enrollmentPeriodStatusOn = (
  today: string,
  { startAt, endAt }: EnrollmentWindow,
): EnrollmentPeriodStatus => (today < startAt ? 'not-started' : today > endAt ? 'finalized' : 'open')

export class EnrollmentPeriod extends Entity {
  readonly entityType = 'enrollment-period'
  readonly tenant: string
  /** The academic period's. */
  readonly id: string
  readonly #version: number
  #window: EnrollmentWindow

  constructor(tenant: string, periodId: string, { startAt, endAt }: EnrollmentWindow, version: number) {
    super()
    this.tenant = tenant
    this.id = periodId
    this.#window = { startAt, endAt }
    this.#version = version
  }

  static create(
    input: EnrollmentWindow & { id: string },
    academicPeriodExists: boolean,
    institutionId: string,
  ): EnrollmentPeriod | Refusal {
    if (!academicPeriodExists) {
      return notFound(
        'academic-period-not-found',
        { en: 'There is no such academic period.', pt: 'Este período acadêmico não existe.' },
        'id',
      )
    }
    return windowRefusal(input) ?? new EnrollmentPeriod(institutionId, input.id, input, 0)
  }

  changeDates(window: EnrollmentWindow): Refusal | undefined {
    const refusal = windowRefusal(window)
    if (!refusal) this.#window = { startAt: window.startAt, endAt: window.endAt }
    return refusal
  }

  statusOn(today: string): EnrollmentPeriodStatus {
    return enrollmentPeriodStatusOn(today, this.#window)
  }

  row() {
    return {
      table: 'academy.enrollment_periods',
      key: { institution_id: this.tenant, period_id: this.id },
      values: { start_at: this.#window.startAt, end_at: this.#window.endAt },
      version: this.#version,
    }
  }
}

const windowRefusal = ({ startAt, endAt }: EnrollmentWindow): Refusal | undefined =>
  startAt <= endAt
    ? undefined
    : refuse('invalid-enrollment-period-dates', {
        field: 'endAt',
        message: { en: 'It ends on its first day or later.', pt: 'O fim é no dia do início ou depois.' },
      })
