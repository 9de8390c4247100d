/**
 * What happens to accounts, one structured line each: who signs in, who is refused, what is changed. Lines name accounts by
 * their id, and a network by a keyed hash, so that lines of one place are seen to belong together by nobody who has only the log.
 */
import { createHmac } from 'node:crypto'

export type SecurityEvent =
  | 'sign-in-succeeded'
  | 'sign-in-failed'
  | 'sign-in-locked'
  | 'sign-in-proof-needed'
  | 'signed-out'
  | 'password-chosen-by-link'
  | 'password-changed'
  | 'current-password-wrong'
  | 'code-wrong'
  | 'authenticator-on'
  | 'authenticator-off'
  | 'recovery-code-used'
  | 'recovery-codes-renewed'
  | 'session-ended'
  | 'other-sessions-ended'
  | 'authorization-refused'

export type SecurityFacts = {
  /** None for an address that nobody has. */
  accountIds: readonly string[]
  network?: string
  /** As its contract names it, without the ids in its path. */
  operation?: string
}

export type SecurityLog = (event: SecurityEvent, facts: SecurityFacts) => void

export function createSecurityLog(log: { info(fields: object, message: string): void }, secret: string): SecurityLog {
  const key = createHmac('sha256', secret).update('networks in the log').digest()
  const hashOf = (network: string) => createHmac('sha256', key).update(network).digest('base64url').slice(0, 16)
  return (event, { network, ...facts }) =>
    log.info({ security: event, ...facts, ...(network === undefined ? {} : { network: hashOf(network) }) }, event)
}
