/** The charges that students were asked to pay, and how that stands: for staff everybody's, for students their own. */
import { route } from '../../../platform/http/route.ts'
import type { ChargeStatus } from '../charge.fields.ts'
import { contract } from './list-charges.contract.ts'

type Row = {
  id: string
  student_id: string
  student_name: string
  description: string
  amount_cents: number
  status: ChargeStatus
  reason: string | null
  pay_url: string | null
  created_at: Date
  paid_at: Date | null
}

export const listCharges = route('GET /payments/charges', contract, async ({ input, tx, by }) => {
  const { status = null, before = null, limit } = input
  const { rows } = await tx.query<Row>(
    `select c.id, c.student_id, u.name as student_name, c.description, c.amount_cents, c.status, c.reason, c.pay_url,
       c.created_at, c.paid_at
     from academy.charges c join academy.users u on u.institution_id = c.institution_id and u.id = c.student_id
     where c.institution_id = $1 and ($2::text is null or c.status = $2) and ($3::uuid is null or c.id < $3)
       and ($5::uuid is null or c.student_id = $5)
     order by c.id desc limit $4`,
    [by.institutionId, status, before, limit + 1, by.role === 'student' ? by.id : null],
  )
  const page = rows.slice(0, limit)
  return {
    charges: page.map((row) => ({
      id: row.id,
      student: { id: row.student_id, name: row.student_name },
      description: row.description,
      amountCents: row.amount_cents,
      status: row.status,
      reason: row.reason,
      payUrl: row.pay_url,
      createdAt: row.created_at.toISOString(),
      paidAt: row.paid_at?.toISOString() ?? null,
    })),
    next: rows.length > page.length ? (page.at(-1)?.id ?? null) : null,
  }
})
