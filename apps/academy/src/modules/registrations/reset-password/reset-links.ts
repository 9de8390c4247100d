/** The links that answer a forgotten password: one for each account that has the address. */
import type { EffectContext } from 'cascata'
import { linkToken, tokenHash } from '../../../platform/auth/link-token.ts'
import '../../../services.ts'

export const RESET_MINUTES = 60
const MINUTE_MS = 60_000

export type ResetAccount = {
  name: string
  email: string
  locale: 'pt-BR' | 'en'
  institution: string
  token: string
}

type Row = Omit<ResetAccount, 'token'> & { user_id: string; demonstration: boolean }

/** Demonstration institutions are left out where their messages would reach people. */
export async function issueResetLinks(
  { db, secretBox, demonstrationMail, now }: EffectContext,
  requestId: string,
): Promise<ResetAccount[]> {
  const { rows } = await db.query<Row>('select * from academy_auth.password_request_accounts($1)', [requestId])
  const accounts = rows
    .filter(({ demonstration }) => demonstrationMail || !demonstration)
    .map((row) => ({ ...row, token: linkToken(secretBox, `${requestId} ${row.user_id}`) }))
  const issued = await db.query<{ user_id: string }>(
    'select user_id from academy_auth.issue_reset_tokens($1, $2, $3, $4) as user_id',
    [
      requestId,
      accounts.map(({ user_id }) => user_id),
      accounts.map(({ token }) => tokenHash(token)),
      new Date(now().getTime() + RESET_MINUTES * MINUTE_MS),
    ],
  )
  const open = new Set(issued.rows.map(({ user_id }) => user_id))
  return accounts
    .filter(({ user_id }) => open.has(user_id))
    .map(({ name, email, locale, institution, token }) => ({ name, email, locale, institution, token }))
}
