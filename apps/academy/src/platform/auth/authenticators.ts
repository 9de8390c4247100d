/**
 * The second factor of an account: an app that shows a code each half minute (TOTP, RFC 6238), and ten recovery codes for when
 * it is lost. The database has the app's secret sealed and the recovery codes as keyed hashes; each code is good once.
 * Decision 0025 says what is asked of whom: docs/decisions.
 */
import { randomInt } from 'node:crypto'
import type { Tx } from 'cascata'
import { Secret, TOTP } from 'otpauth'
import type { SecretBox } from '../secret-box/secret-box.ts'

export type AccountId = { id: string; institutionId: string }

/** An authenticator that asks for codes. */
export type Authenticator = { since: Date; recoveryCodesLeft: number }

export type CodeForm = 'of-app' | 'recovery'

export type UsedCode = 'code' | 'recovery-code' | 'wrong'

const PERIOD_SECONDS = 30
/** A clock may be wrong by one period, either way. */
const WINDOW = 1

const RECOVERY_CODES = 10
const RECOVERY_CODE_LENGTH = 10
/** Letters and digits that nobody takes for another: 49 bits a code. */
const SIGNS = 'abcdefghjkmnpqrstuvwxyz23456789'

/** Codes as they are compared. Whoever copies a recovery code may write a sign that it never has: every letter is taken. */
const OF_APP = /^\d{6}$/
const RECOVERY = new RegExp(`^[a-z\\d]{${RECOVERY_CODE_LENGTH}}$`)

type Row = { secret: string | null; confirmed_at: Date | null; codes_left: number | null }

export function createAuthenticators(secretBox: SecretBox) {
  const placeOf = ({ id, institutionId }: AccountId) => ({
    tenant: institutionId,
    table: 'academy_auth.authenticators',
    id,
    column: 'secret',
  })
  const hashOf = ({ id }: AccountId, code: string) => secretBox.derive(`recovery code of ${id}: ${code}`)
  const read = async (tx: Tx, { id }: AccountId) => {
    const { rows } = await tx.query<Row>('select * from academy_auth.authenticator_of($1)', [id])
    return rows[0]
  }
  /** The period whose code it is. */
  const counterOf = (account: AccountId, sealed: string, code: string): number | undefined => {
    const totp = new TOTP({
      secret: Secret.fromBase32(secretBox.open(sealed, placeOf(account))),
      period: PERIOD_SECONDS,
    })
    const timestamp = Date.now()
    const delta = totp.validate({ token: code, window: WINDOW, timestamp })
    return delta === null ? undefined : totp.counter({ timestamp }) + delta
  }
  const newRecoveryCodes = (account: AccountId) => {
    const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode)
    return { codes: codes.map(inHalves), hashes: codes.map((code) => hashOf(account, code)) }
  }

  return {
    /** The authenticator that asks for codes; none is on while it is being set up. */
    async of(tx: Tx, account: AccountId): Promise<Authenticator | undefined> {
      const row = await read(tx, account)
      return row?.confirmed_at ? { since: row.confirmed_at, recoveryCodesLeft: row.codes_left ?? 0 } : undefined
    },

    /**
     * Makes the secret that an app is given, in place of one that was never confirmed.
     * @returns none where one is on.
     */
    async begin(tx: Tx, account: AccountId, names: { issuer: string; label: string }) {
      const secret = new Secret({ size: 20 })
      const { rows } = await tx.query<{ begun: boolean }>('select academy_auth.begin_authenticator($1, $2) as begun', [
        account.id,
        secretBox.seal(secret.base32, placeOf(account)),
      ])
      if (!rows[0]?.begun) return undefined
      return { secret: secret.base32, uri: new TOTP({ ...names, secret, period: PERIOD_SECONDS }).toString() }
    },

    /** @returns the recovery codes, which are shown this once. */
    async confirm(tx: Tx, account: AccountId, code: string, sessionId: string): Promise<string[] | 'wrong' | 'none'> {
      const row = await read(tx, account)
      if (!row?.secret || row.confirmed_at) return 'none'
      const counter = counterOf(account, row.secret, plain(code))
      if (counter === undefined) return 'wrong'
      const { codes, hashes } = newRecoveryCodes(account)
      const { rows } = await tx.query<{ confirmed: boolean }>(
        'select academy_auth.confirm_authenticator($1, $2, $3, $4, $5) as confirmed',
        [account.id, row.secret, counter, hashes, sessionId],
      )
      return rows[0]?.confirmed ? codes : 'none'
    },

    /** Uses up a code of the app, or a recovery code. */
    async use(tx: Tx, account: AccountId, code: string): Promise<UsedCode> {
      const row = await read(tx, account)
      if (!row?.secret || !row.confirmed_at) return 'wrong'
      const typed = plain(code)
      if (OF_APP.test(typed)) {
        const counter = counterOf(account, row.secret, typed)
        if (counter === undefined) return 'wrong'
        const { rows } = await tx.query<{ used: boolean }>('select academy_auth.use_code($1, $2) as used', [
          account.id,
          counter,
        ])
        return rows[0]?.used ? 'code' : 'wrong'
      }
      const { rows } = await tx.query<{ used: boolean }>('select academy_auth.use_recovery_code($1, $2) as used', [
        account.id,
        hashOf(account, typed),
      ])
      return rows[0]?.used ? 'recovery-code' : 'wrong'
    },

    /** In place of all that there were. */
    async renewRecoveryCodes(tx: Tx, account: AccountId): Promise<string[]> {
      const { codes, hashes } = newRecoveryCodes(account)
      await tx.query('select academy_auth.replace_recovery_codes($1, $2)', [account.id, hashes])
      return codes
    },

    /** @returns whether one was on. */
    async turnOff(tx: Tx, account: AccountId): Promise<boolean> {
      const { rows } = await tx.query<{ done: boolean }>('select academy_auth.remove_authenticator($1) as done', [
        account.id,
      ])
      return rows[0]?.done === true
    },

    /** By somebody else than its owner, whose sessions end with it. @returns false where none is on. */
    async turnOffAndEndSessions(tx: Tx, account: AccountId): Promise<boolean> {
      const { rows } = await tx.query<{ done: boolean }>('select academy_auth.withdraw_authenticator($1) as done', [
        account.id,
      ])
      return rows[0]?.done === true
    },
  }
}

export type Authenticators = ReturnType<typeof createAuthenticators>

/** A text without the form of a code is no guess: it is refused before anything is counted. */
export function formOf(code: string): CodeForm | undefined {
  const typed = plain(code)
  if (OF_APP.test(typed)) return 'of-app'
  return RECOVERY.test(typed) ? 'recovery' : undefined
}

/** The problem of a code that was refused, in the words of its form. */
export const WRONG_CODE = { 'of-app': 'wrong-code', recovery: 'wrong-recovery-code' } as const satisfies Record<
  CodeForm,
  string
>

/** As it is compared, however it was typed. */
const plain = (code: string) => code.toLowerCase().replace(/[\s-]/g, '')

const newRecoveryCode = () =>
  Array.from({ length: RECOVERY_CODE_LENGTH }, () => SIGNS[randomInt(SIGNS.length)]).join('')

const inHalves = (code: string) => `${code.slice(0, RECOVERY_CODE_LENGTH / 2)}-${code.slice(RECOVERY_CODE_LENGTH / 2)}`
