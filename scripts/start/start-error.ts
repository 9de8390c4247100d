/** What can keep the system from starting, each with the reason that holds for every case of it. */
const START_ERROR_CODES = {
  'bad-argument': 'The start knows few options, and stops rather than guess.',
  'bad-setting': 'A setting in the environment cannot be used.',
  'port-in-use': 'Another program listens there, and two cannot share a port.',
  'already-running': 'Two systems on one data folder would both write its files.',
  'postgres-unreachable': 'DATABASE_URL is set, so that database is used and no other is started.',
  'postgres-too-old': 'The queues and partitions need PostgreSQL 15 or later.',
  'database-not-ready': 'Roles, migrations and demonstration data must be there before anything else runs.',
  'pages-not-built': 'The client is served from files that a build makes.',
  'process-failed': 'A process that ends before it was ready once would end again.',
  'not-healthy': 'Every part must answer before people are sent to it.',
} as const

type StartErrorCode = keyof typeof START_ERROR_CODES

/** Read by a person: `code`, what happened, why that matters, and what to do about it. */
export class StartError extends Error {
  readonly code: StartErrorCode
  readonly what: string
  readonly why: string
  readonly fix: string

  constructor(code: StartErrorCode, what: string, fix: string, cause?: unknown) {
    super(`[${code}] ${what}`, { cause })
    this.name = 'StartError'
    this.code = code
    this.what = what
    this.why = START_ERROR_CODES[code]
    this.fix = fix
  }
}

/** The same four lines for our own errors and for those of the library and of dev-postgres, which have the same parts. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, what, why, fix } = error as { code?: string; what?: string; why?: string; fix?: string }
  if (!code || !why || !fix) return error.stack ?? error.message
  const indented = (text: string) => text.trim().replaceAll('\n', '\n        ')
  const said = what ?? error.message.replace(/^\[[^\]]+\] /, '').split(` ${why}`)[0] ?? ''
  return [`Error   ${code}`, `What    ${indented(said)}`, `Why     ${indented(why)}`, `Fix     ${indented(fix)}`].join(
    '\n',
  )
}
