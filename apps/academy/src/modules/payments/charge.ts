/**
 * What a student is asked to pay. Rules: only a student of the institution is asked; what the gateway tells decides about
 * the end, once, and only for the amount that was asked for.
 */
import { Entity, uuidv7 } from 'cascata'
import { type Refusal, refuse } from '../../platform/http/refusal.ts'
import { ChargeCreated, ChargePaid, ChargeRefused } from './charge.events.ts'
import type { ChargeStatus } from './charge.fields.ts'

export type ChargeColumns = {
  id: string
  student_id: string
  description: string
  amount_cents: number
  status: ChargeStatus
  reason: string | null
  command_id: string | null
  gateway_id: string | null
  pay_url: string | null
  created_by: string
  paid_at: Date | null
  version: number
}

export type NewCharge = { studentId: string; description: string; amountCents: number }

/** What the gateway says of a charge. */
export type Told = { status: 'paid' | 'refused'; amountCents: number; gatewayId: string }

export class Charge extends Entity {
  readonly entityType = 'charge'
  readonly tenant: string
  readonly id: string
  readonly #columns: ChargeColumns

  constructor(tenant: string, columns: ChargeColumns) {
    super()
    this.tenant = tenant
    this.id = columns.id
    this.#columns = { ...columns }
  }

  static create(input: NewCharge, isStudent: boolean, by: { id: string; institutionId: string }): Charge | Refusal {
    if (!isStudent) {
      return refuse('student-not-found', {
        field: 'studentId',
        message: { en: 'There is no such student.', pt: 'Este aluno não existe.' },
      })
    }
    const charge = new Charge(by.institutionId, {
      id: uuidv7(),
      student_id: input.studentId,
      description: input.description,
      amount_cents: input.amountCents,
      status: 'created',
      reason: null,
      command_id: null,
      gateway_id: null,
      pay_url: null,
      created_by: by.id,
      paid_at: null,
      version: 0,
    })
    charge.emit(ChargeCreated({ chargeId: charge.id }))
    return charge
  }

  get studentId(): string {
    return this.#columns.student_id
  }

  /**
   * The gateway has told how it ended. It may tell before we recorded that it took the order, and more than once.
   * @returns what it told of another charge than this, in words; undefined when it was this one.
   */
  settle({ status, amountCents, gatewayId }: Told, now: Date): string | undefined {
    const { gateway_id: known, amount_cents: asked } = this.#columns
    if (known !== null && known !== gatewayId) return `It tells of ${gatewayId}; this charge is ${known} there.`
    if (amountCents !== asked) return `It tells of ${amountCents} centavos; ${asked} were asked for.`
    if (this.#columns.status === 'paid' || this.#columns.status === 'refused') return undefined
    Object.assign(this.#columns, { status, gateway_id: gatewayId })
    if (status === 'paid') {
      Object.assign(this.#columns, { paid_at: now, reason: null })
      this.emit(ChargePaid({ chargeId: this.id }))
    } else {
      this.#columns.reason = 'refused-by-payer'
      this.emit(ChargeRefused({ chargeId: this.id }))
    }
    return undefined
  }

  row() {
    const { id, version, ...values } = this.#columns
    return { table: 'academy.charges', key: { institution_id: this.tenant, id }, values, version }
  }
}
