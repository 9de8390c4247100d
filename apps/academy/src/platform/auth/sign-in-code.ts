/** The second step of signing in: the password was right, and the account asks for a code. */
import type { Tx } from 'cascata'
import type pg from 'pg'
import { afterError } from '../database/after-error.ts'
import { withTenant } from '../database/with-tenant.ts'
import type { TurnedOffBy } from '../http/endpoint.ts'
import { type AccountId, type Authenticators, type CodeForm, formOf, WRONG_CODE } from './authenticators.ts'
import type { SecurityLog } from './security-log.ts'
import type { SignInGuard, Try } from './sign-in-guard.ts'

export type CodeChecked =
  | { is: 'right' }
  | { is: 'not-asked' }
  | { is: 'needed'; turnedOffBy: TurnedOffBy }
  | { is: 'not-a-code' }
  | { is: 'wrong'; problem: (typeof WRONG_CODE)[CodeForm] }
  | { is: 'proof-needed' }
  | { is: 'locked'; seconds: number }

export type SignInCode = {
  /** @param code none was sent: `needed` where the account asks for one. */
  check: (account: AccountId, code: string | undefined, from: Omit<Try, 'account'>) => Promise<CodeChecked>
}

export type SignInCodeParts = {
  /** Signed in as `academy_web`. */
  pool: pg.Pool
  authenticators: Authenticators
  guard: SignInGuard
  record: SecurityLog
  hasAuthenticator: (userId: string) => Promise<boolean>
  turnedOffBy: (tx: Tx, account: AccountId) => Promise<TurnedOffBy>
  /** In the transaction that uses it up. */
  onRecoveryCodeUsed: (tx: Tx, account: AccountId) => Promise<void>
}

export function createSignInCode({
  pool,
  authenticators,
  hasAuthenticator,
  turnedOffBy,
  guard,
  record,
  onRecoveryCodeUsed,
}: SignInCodeParts): SignInCode {
  const within = <T>({ institutionId }: AccountId, run: (tx: Tx) => Promise<T>) =>
    withTenant(pool, { institutionId }, run)
  return {
    async check(account, code, from) {
      if (!(await hasAuthenticator(account.id))) return { is: 'not-asked' }
      if (code === undefined) {
        return { is: 'needed', turnedOffBy: await within(account, (tx) => turnedOffBy(tx, account)) }
      }
      const form = formOf(code)
      if (!form) return { is: 'not-a-code' }
      // Codes are counted apart from passwords: whoever guesses at one knows the other.
      const tried = await guard.reserve({ ...from, account: codesOf(account) })
      if (tried.is !== 'allowed') return tried
      const used = await within(account, async (tx) => {
        const is = await authenticators.use(tx, account, code)
        if (is === 'recovery-code') await onRecoveryCodeUsed(tx, account)
        return is
      }).catch((error: unknown) => afterError(error, tried.undo))
      const facts = { accountIds: [account.id], network: from.network }
      if (used === 'wrong') {
        record('code-wrong', facts)
        return { is: 'wrong', problem: WRONG_CODE[form] }
      }
      await tried.right()
      if (used === 'recovery-code') record('recovery-code-used', facts)
      return { is: 'right' }
    },
  }
}

/** As the guard knows the account where codes are counted. */
export const codesOf = ({ id }: Pick<AccountId, 'id'>) => `codes of ${id}`
