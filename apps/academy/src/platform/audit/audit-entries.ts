/** Changes to somebody's account that staff made: when, by whom and why. */
import type { Tx } from 'cascata'

/** Older ones stay in the table. */
const SHOWN_MAX = 20

/** @returns the newest first. */
export async function auditEntriesOf(
  tx: Tx,
  { institutionId, userId, action }: { institutionId: string; userId: string; action: string },
): Promise<{ id: string; at: string; by: string; reason: string }[]> {
  const { rows } = await tx.query<{ id: string; at: Date; by: string; reason: string }>(
    `select a.id, a.at, u.name as by, coalesce(a.reason, '') as reason
     from academy.audit_entries a
     join academy.users u on u.institution_id = a.institution_id and u.id = a.actor_id
     where a.institution_id = $1 and a.subject_id = $2 and a.action = $3
     order by a.id desc limit $4`,
    [institutionId, userId, action, SHOWN_MAX],
  )
  return rows.map(({ at, ...row }) => ({ ...row, at: at.toISOString() }))
}
