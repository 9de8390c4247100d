/** What can go wrong, each with the reason that holds for every case of it. */
export const DEV_POSTGRES_ERROR_CODES = {
  'binaries-missing':
    'The server programs come from npm (18) or from Debian (15); without them there is nothing to start.',
  'no-unprivileged-account': 'PostgreSQL refuses to run as root, and needs an account that is listed in /etc/passwd.',
  'reserved-setting':
    'This launcher decides where the server listens and where its files are; it never listens beyond 127.0.0.1.',
  'data-directory-not-ours': 'PostgreSQL insists that the account that runs it owns the data.',
  'data-directory-not-empty': 'A new database is only made in an empty folder, so that no file of yours is lost.',
  'data-directory-other-version': 'Data of one major version cannot be read by another.',
  'port-taken': 'Another program listens on the port that was asked for.',
  'start-failed': 'The server ended, or did not become ready in time.',
} as const

export type DevPostgresErrorCode = keyof typeof DEV_POSTGRES_ERROR_CODES

/** An error to be read by a person: `what` happened, `why` it does, and what to do about it (`fix`). */
export class DevPostgresError extends Error {
  readonly code: DevPostgresErrorCode
  readonly what: string
  readonly why: string
  readonly fix: string

  constructor(code: DevPostgresErrorCode, what: string, details: { fix: string; cause?: unknown }) {
    const why = DEV_POSTGRES_ERROR_CODES[code]
    super(`[${code}] ${what} ${why} Fix: ${details.fix}`, { cause: details.cause })
    this.name = 'DevPostgresError'
    this.code = code
    this.what = what
    this.why = why
    this.fix = details.fix
  }
}
