/** What other modules may ask about invitations: how many an institution may send, who is in a round, who has come. */
import type { Tx } from 'cascata'
import type { RouteContext, Wait } from '../../platform/http/route.ts'
import { isDemo } from '../institutions/institutions.queries.ts'

/** Messages of this purpose carry a link to choose a password. */
const INVITATION_PURPOSES: readonly string[] = ['student-welcome', 'teacher-invitation', 'corrected-address']

export const isInvitation = ({ purpose }: { purpose: string }) => INVITATION_PURPOSES.includes(purpose)

/** An hour's worth for one institution: a registrar's whole intake, and what somebody tries in a demonstration. */
const INVITED_MAX = { institution: 10_000, demonstration: 30 }

/** @param count how many people are about to be written to. */
export async function limitInvitations(
  { tx, by, limit }: Pick<RouteContext<never>, 'tx' | 'by' | 'limit'>,
  count = 1,
): Promise<Wait | undefined> {
  const max = (await isDemo(tx, by.institutionId)) ? INVITED_MAX.demonstration : INVITED_MAX.institution
  return limit([{ subject: `invitations of ${by.institutionId}`, max, cost: count }])
}

/** Those of a round, in no order. */
export async function invitedIn(tx: Tx, institutionId: string, roundId: string): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    'select user_id as id from academy.invitations where institution_id = $1 and round_id = $2',
    [institutionId, roundId],
  )
  return rows.map(({ id }) => id)
}

export type Coming = { invitedAt: string | null; hasPassword: boolean }

/** Of each of these people: when the last invitation went out, and whether they have chosen a password. */
export async function comingOf(tx: Tx, institutionId: string, ids: readonly string[]): Promise<(id: string) => Coming> {
  const { rows } = await tx.query<{ id: string; has_password: boolean; invited_at: Date | null }>(
    `with absent as (select id from academy_auth.without_password($2::uuid[]) as id)
     select p.id, not exists (select from absent a where a.id = p.id) as has_password,
       (select max(m.sent_at) from academy.email_messages m
        where m.institution_id = $1 and m.recipient_id = p.id and m.purpose = any($3)) as invited_at
     from unnest($2::uuid[]) as p(id)`,
    [institutionId, ids, INVITATION_PURPOSES],
  )
  const known = new Map(rows.map((row) => [row.id, row]))
  return (id) => {
    const row = known.get(id)
    return { hasPassword: row?.has_password === true, invitedAt: row?.invited_at?.toISOString() ?? null }
  }
}

/** How many of a role have never come. */
export async function absentCount(tx: Tx, institutionId: string, role: 'student' | 'teacher'): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    `select count(*)::int as count from academy_auth.without_password(
       array(select id from academy.users where institution_id = $1 and role = $2))`,
    [institutionId, role],
  )
  return rows[0]?.count ?? 0
}
