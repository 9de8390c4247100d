import type { Tx } from 'cascata'
import { Charge, type ChargeColumns } from './charge.ts'

const COLUMNS = `id, student_id, description, amount_cents, status, reason, command_id, gateway_id, pay_url, created_by,
  paid_at, version`

export async function readCharge(tx: Tx, tenant: string, id: string): Promise<ChargeColumns | undefined> {
  const { rows } = await tx.query<ChargeColumns>(
    `select ${COLUMNS} from academy.charges where institution_id = $1 and id = $2`,
    [tenant, id],
  )
  return rows[0]
}

/** For a change: its row is locked until the transaction ends. */
export async function lockCharge(tx: Tx, tenant: string, id: string): Promise<Charge | undefined> {
  const { rows } = await tx.query<ChargeColumns>(
    `select ${COLUMNS} from academy.charges where institution_id = $1 and id = $2 for no key update`,
    [tenant, id],
  )
  return rows[0] && new Charge(tenant, rows[0])
}
