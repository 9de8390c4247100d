/**
 * A POST is done once, however often it is sent. With the header `Idempotency-Key`
 * (draft-ietf-httpapi-idempotency-key-header) the answer is kept for a day, in the transaction of what was asked for, and
 * given again; without one, what is equal and comes within seconds is taken for a second click and refused.
 * What is refused leaves nothing behind: it may be sent again once it is possible.
 */
import { randomUUID } from 'node:crypto'
import { SINGLE_TENANT, type Tx } from 'cascata'
import type pg from 'pg'
import { afterError } from '../database/after-error.ts'
import { withTenant } from '../database/with-tenant.ts'
import type { SecretBox } from '../secret-box/secret-box.ts'
import type { ProblemCode } from './problem.ts'
import type { Access } from './route.ts'

/** For how long an answer is kept. */
const KEPT = '24 hours'
/** Sent without a key, something equal within this time is the same click. */
const SAME_CLICK = '10 seconds'
/** A visitor's request that has no answer after this time died with its process. */
const UNDER_WAY_AT_MOST = '1 minute'

export type Sent = {
  institutionId: string
  accountId: string
  /** Method and path pattern. */
  operation: string
  /** As `readKey` gave it. */
  key: string | undefined
  /** Parameters, query and body, as they were written: what is read alike, an address in other letters say, is another. */
  content: string
  /** It makes something new, which a second click would make twice. */
  creates: boolean
}

/** What is kept and given again: the body, and who is signed in by it. */
export type Answer = { kind: 'answer'; body: unknown; entrance?: Access | AccessBefore }

/** Access as releases kept it that had no versions. Nothing says whether it has ended since. */
type AccessBefore = Omit<Access, 'accessVersion'> & { accessVersion?: undefined }

export const hasVersion = (access: Access | AccessBefore): access is Access => access.accessVersion !== undefined

export type Answered = { kind: 'answered'; answer: Answer; replayed: boolean }
export type NotDone = { kind: 'not-done'; problem: ProblemCode }

export const isAnswer = (value: unknown): value is Answer => kindOf(value) === 'answer'
export const isAnswered = (value: unknown): value is Answered => kindOf(value) === 'answered'
export const isNotDone = (value: unknown): value is NotDone => kindOf(value) === 'not-done'
const kindOf = (value: unknown) =>
  typeof value === 'object' && value !== null ? (value as { kind?: unknown }).kind : ''

const notDone = (problem: ProblemCode): NotDone => ({ kind: 'not-done', problem })
const answered = (answer: Answer, replayed: boolean): Answered => ({ kind: 'answered', answer, replayed })

/** A structured-header string (`"…"`), or the same without its quotes: 1 to 128 visible characters of ASCII. */
export function readKey(header: string | undefined): { key: string | undefined } | NotDone {
  if (header === undefined) return { key: undefined }
  const key = /^"?([!#-[\]-~]{1,128})"?$/.exec(header.trim())?.[1]
  return key === undefined ? notDone('malformed-idempotency-key') : { key }
}

/**
 * Within the request's own transaction: what `run` writes and the memory of it are one commit. What is no answer, a refusal
 * say, is given as it is, and the caller rolls back.
 */
export async function once<Refused>(
  tx: Tx,
  sent: Sent,
  secretBox: SecretBox,
  run: () => Promise<Answer | Refused>,
): Promise<Answered | NotDone | Refused> {
  const { key } = sent
  if (key === undefined && !sent.creates) {
    const result = await run()
    return isAnswer(result) ? answered(result, false) : result
  }
  const fingerprint = fingerprintOf(sent, secretBox)
  const place = [sent.institutionId, sent.accountId, sent.operation]
  const lock = JSON.stringify([...place, key ?? fingerprint])
  // A second one that waited for the first would hold a connection for as long.
  const locked = await tx.query<{ is: boolean }>('select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as is', [
    lock,
  ])
  if (!locked.rows[0]?.is) return notDone('request-under-way')
  if (key === undefined) {
    const equal = await tx.query(
      `select 1 from academy.idempotency_keys where institution_id = $1 and account_id = $2 and operation = $3
         and fingerprint = $4 and created_at > now() - interval '${SAME_CLICK}' limit 1`,
      [...place, fingerprint],
    )
    if (equal.rows.length > 0) return notDone('repeated-request')
  } else {
    const known = await find(tx, sent, key)
    if (known) return known.fingerprint === fingerprint ? replay(sent, key, known, secretBox) : reused()
  }
  const answer = await run()
  if (!isAnswer(answer)) return answer
  await tx.query(
    `insert into academy.idempotency_keys (institution_id, account_id, operation, key, fingerprint, answer)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (institution_id, account_id, operation, key)
       do update set fingerprint = excluded.fingerprint, answer = excluded.answer, created_at = now()`,
    [...place, key ?? randomUUID(), fingerprint, key === undefined ? null : seal(answer, sent, key, secretBox)],
  )
  return answered(answer, false)
}

/**
 * For a visitor, whose request runs in several transactions or in one of an institution that is new: the key is claimed
 * before and the answer kept after. A process that dies between the two leaves a claim that ends after a minute.
 */
export async function onceForVisitor<Refused>(
  pool: pg.Pool,
  asked: Pick<Sent, 'operation' | 'content'> & { key: string },
  secretBox: SecretBox,
  run: () => Promise<Answer | Refused>,
): Promise<Answered | NotDone | Refused> {
  const { key } = asked
  const sent: Sent = { ...asked, institutionId: SINGLE_TENANT, accountId: SINGLE_TENANT, creates: true }
  const fingerprint = fingerprintOf(sent, secretBox)
  const place = [SINGLE_TENANT, SINGLE_TENANT, sent.operation, key]
  const within = <T>(work: (tx: Tx) => Promise<T>) => withTenant(pool, sent, work)
  const forget = () =>
    within((tx) =>
      tx.query(
        `delete from academy.idempotency_keys
         where institution_id = $1 and account_id = $2 and operation = $3 and key = $4 and answer is null`,
        place,
      ),
    )
  const before = await within(async (tx) => {
    const claim = await tx.query(
      `insert into academy.idempotency_keys (institution_id, account_id, operation, key, fingerprint)
       values ($1, $2, $3, $4, $5)
       on conflict (institution_id, account_id, operation, key) do update
         set fingerprint = excluded.fingerprint, answer = null, created_at = now()
         where idempotency_keys.created_at <= now() - interval '${KEPT}'
           or (idempotency_keys.answer is null and idempotency_keys.created_at <= now() - interval '${UNDER_WAY_AT_MOST}')`,
      [...place, fingerprint],
    )
    return claim.rowCount > 0 ? undefined : await find(tx, sent, key)
  })
  if (before) return before.fingerprint === fingerprint ? replay(sent, key, before, secretBox) : reused()
  const answer = await run().catch((error: unknown) => afterError(error, forget))
  if (!isAnswer(answer)) {
    await forget()
    return answer
  }
  await within((tx) =>
    tx.query(
      `update academy.idempotency_keys set answer = $5
       where institution_id = $1 and account_id = $2 and operation = $3 and key = $4`,
      [...place, seal(answer, sent, key, secretBox)],
    ),
  )
  return answered(answer, false)
}

/** Rows that a request is using at this moment stay for the next time. @returns how many went, `max` at most. */
export async function forgetExpired(tx: Tx, institutionId: string, max: number): Promise<number> {
  const { rowCount } = await tx.query(
    `with expired as materialized (
       select account_id, operation, key from academy.idempotency_keys
       where institution_id = $1 and created_at <= now() - interval '${KEPT}' limit $2 for update skip locked)
     delete from academy.idempotency_keys k using expired e
     where k.institution_id = $1 and (k.account_id, k.operation, k.key) = (e.account_id, e.operation, e.key)`,
    [institutionId, max],
  )
  return rowCount
}

type Kept = { fingerprint: string; answer: string | null }

async function find(tx: Tx, { institutionId, accountId, operation }: Sent, key: string): Promise<Kept | undefined> {
  const { rows } = await tx.query<Kept>(
    `select fingerprint, answer from academy.idempotency_keys where institution_id = $1 and account_id = $2
       and operation = $3 and key = $4 and created_at > now() - interval '${KEPT}'`,
    [institutionId, accountId, operation, key],
  )
  return rows[0]
}

const reused = () => notDone('idempotency-key-reused')

const replay = (sent: Sent, key: string, { answer }: Kept, secretBox: SecretBox): Answered | NotDone =>
  answer === null
    ? notDone('request-under-way')
    : answered(JSON.parse(secretBox.open(answer, placeOf(sent, key))) as Answer, true)

const seal = (answer: Answer, sent: Sent, key: string, secretBox: SecretBox) =>
  secretBox.seal(JSON.stringify(answer), placeOf(sent, key))

const placeOf = ({ institutionId, accountId, operation }: Sent, key: string) => ({
  tenant: institutionId,
  table: 'idempotency_keys',
  id: JSON.stringify([accountId, operation, key]),
  column: 'answer',
})

const fingerprintOf = ({ institutionId, accountId, operation, content }: Sent, secretBox: SecretBox) =>
  secretBox.derive(`request ${JSON.stringify([institutionId, accountId, operation, content])}`)
