/** Every error the library throws on purpose: one code each, listed here once; `docs/errors.md` is compared with it by a test. */
export const ERROR_CODES = {
  'bad-name': 'A stored name is not lower-case words joined by hyphens and dots.',
  'bad-option': 'An option has a value outside its range.',
  'bad-data': 'Data does not match the schema of its event or command.',
  'not-json': 'Data holds something that JSON cannot keep exactly.',
  'data-too-large':
    'Data is larger than 256 KiB once encoded, or what a handler returned is too much to be saved at once.',
  'async-schema': 'A schema validates asynchronously; definitions need a synchronous one.',
  'duplicate-name': 'Two definitions share one stored name.',
  'command-without-handler': 'A command has no handler in this application.',
  'two-command-handlers': 'A command has two handlers; it is done by exactly one.',
  'not-a-part': 'A module holds something that is neither a definition nor a handler.',
  'not-a-transaction': 'The value given as transaction is not one that the library knows.',
  'unsaved-entity': 'An entity describes no row to save.',
  'stale-entity': 'The row changed since the entity was loaded.',
  'clock-skew': "A new root's id lies outside [now − 1 day, now + 5 minutes] of the database clock.",
  'tenant-mismatch': "A record's tenant is not the tenant of the transaction.",
  'batch-sealed': 'A member was added to a batch that is already sealed.',
  'not-found': 'No such record for this tenant.',
  'not-reprocessable': 'Only what ended in error, or a command that was cancelled or is unknown, can be reprocessed.',
  'not-undecided': 'Only a command that is unknown, or parked, waits for a decision.',
  'isolation-level': 'At this isolation level the step would not see what another one has just done.',
  'reprocess-open': 'It is still open: to be done, or being reprocessed already.',
  fenced: 'The claim was lost: another daemon has the command now. Nothing of this run was saved.',
  'transaction-ended': 'The handler ended the transaction that the engine opened for it.',
  timeout: 'The handler took longer than its timeout.',
  'unknown-type': 'A stored type is not known to this application.',
  'schema-behind': "The database's schema is older than this version of the library.",
  'schema-ahead': "The database's schema is newer than this version of the library.",
  'migration-changed': 'A migration that already ran has been edited.',
  'already-started': 'A daemon starts once.',
  'postgres-too-old': 'The server is older than PostgreSQL 15.',
  'encoding-unsupported': 'The database is not encoded in UTF-8, so not every text that JSON can hold can be stored.',
  'postgres-unreachable': 'The database does not answer.',
  'missing-right': 'The database role lacks a right that this step needs.',
  'no-partition': 'No partition holds the time of this record.',
  blocked: 'Another session holds a lock that this step needs, and kept it longer than the step waits.',
  'given-back': 'Work went back to the queue because of trouble that is no failure of its handler; none was counted.',
  'not-idle': 'Work was still under way when the test harness stopped waiting.',
} as const

export type ErrorCode = keyof typeof ERROR_CODES

/** Known by this and not by its class: two copies of the library in one process have two classes. */
const MARK = Symbol.for('cascata.CascataError')

/** A refusal or failure of the library itself: a stable `code`, what happened, why, and the fix. */
export class CascataError extends Error {
  readonly [MARK] = true
  readonly code: ErrorCode
  readonly why: string
  readonly fix: string

  constructor(code: ErrorCode, what: string, details: { why?: string; fix: string; cause?: unknown }) {
    const why = details.why ?? ERROR_CODES[code]
    super(
      `[${code}] ${what} ${why} Fix: ${details.fix}`,
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    this.name = 'CascataError'
    this.code = code
    this.why = why
    this.fix = details.fix
  }
}

/** Asked of whatever was thrown: a hostile Proxy throws at every touch. */
export function hasCode(error: unknown, code: ErrorCode): boolean {
  try {
    const thrown = error as { [MARK]?: unknown; code?: unknown } | null | undefined
    return thrown?.[MARK] === true && thrown.code === code
  } catch {
    return false
  }
}
