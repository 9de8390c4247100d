/** What people may do with their own account: their password is compared, and their sessions are listed and ended. */
import type pg from 'pg'
import { afterError } from '../database/after-error.ts'
import { type Actor, type OpenSession, type OwnAccount, wait } from '../http/route.ts'
import type { SecurityLog } from './security-log.ts'
import { endOfSession } from './session-life.ts'
import { codesOf } from './sign-in-code.ts'
import type { SignInGuard } from './sign-in-guard.ts'
import type { SignIns } from './sign-ins.ts'

export type OwnAccountParts = {
  /** Signed in as `academy_auth`. */
  pool: pg.Pool
  guard: SignInGuard
  hashPassword: (password: string) => Promise<string>
  verifyPassword: (given: { hash: string; password: string }) => Promise<boolean>
  record: SecurityLog
  signIns: SignIns
}

type Row = { id: string; user_agent: string | null; created_at: Date; seen_at: Date; expires_at: Date }

export function createOwnAccount({
  pool,
  guard,
  hashPassword,
  verifyPassword,
  record,
  signIns,
}: OwnAccountParts): OwnAccount {
  const passwordOf = async ({ id }: Actor) => {
    const { rows } = await pool.query<{ password: string | null }>(
      "select password from academy_auth.accounts where user_id = $1 and provider_id = 'credential'",
      [id],
    )
    return rows[0]?.password ?? undefined
  }

  return {
    hashPassword,

    async verifyPassword(by, password) {
      const hash = await passwordOf(by)
      if (hash === undefined) return 'none'
      // Whoever has come by a session may not guess on in it; sign-in elsewhere is not slowed by it.
      const tried = await guard.reserve({ account: by.id, network: '', device: by.sessionId })
      if (tried.is !== 'allowed') return wait(tried.is === 'locked' ? tried.seconds : 1)
      const right = await verifyPassword({ hash, password }).catch((error: unknown) => afterError(error, tried.undo))
      if (right) await tried.right()
      else record('current-password-wrong', { accountIds: [by.id] })
      return right ? 'right' : 'wrong'
    },

    async tryCode(by, run, triedOf) {
      const tried = await guard.reserve({ account: codesOf(by), network: '', device: by.sessionId })
      if (tried.is !== 'allowed') return wait(tried.is === 'locked' ? tried.seconds : 1)
      const result = await run().catch((error: unknown) => afterError(error, tried.undo))
      const was = triedOf(result)
      if (was === 'right') await tried.right()
      else if (was === 'not-compared') await tried.undo()
      else record('code-wrong', { accountIds: [by.id] })
      return result
    },

    changed: ({ id }, event) => record(event, { accountIds: [id] }),

    hasPassword: async (by) => (await passwordOf(by)) !== undefined,

    signIns: (by) => signIns.of(by.id),

    async sessions(by) {
      const { rows } = await pool.query<Row>(
        `select id, user_agent, created_at, seen_at, expires_at from academy_auth.sessions
         where user_id = $1 and expires_at > now() order by seen_at desc, id desc`,
        [by.id],
      )
      const now = new Date()
      return rows.map((row) => sessionOf(row, by)).filter(({ endsAt }) => endsAt > now)
    },

    async endSession(by, sessionId) {
      const ended = await pool.query('delete from academy_auth.sessions where user_id = $1 and id = $2', [
        by.id,
        sessionId,
      ])
      if (ended.rowCount !== 1) return false
      record('session-ended', { accountIds: [by.id] })
      return true
    },

    async endOtherSessions(by) {
      const ended = await pool.query('delete from academy_auth.sessions where user_id = $1 and id <> $2', [
        by.id,
        by.sessionId,
      ])
      record('other-sessions-ended', { accountIds: [by.id] })
      return ended.rowCount ?? 0
    },
  }
}

function sessionOf({ id, user_agent, created_at, seen_at, expires_at }: Row, { role }: Actor): OpenSession {
  const atTheLatest = endOfSession(created_at, role)
  const endsAt = expires_at < atTheLatest ? expires_at : atTheLatest
  return { id, userAgent: user_agent ?? '', signedInAt: created_at, seenAt: seen_at, endsAt }
}
