/**
 * Classes of SQLSTATE that tell of the server, of the connection or of what our role may do, and not of what was written:
 * read-only (25006), signing in (28), a missing right (42501) or table, disk or memory that is full (53), locks (55),
 * cancelled or shut down (57), its files (58).
 */
const CLASSES = new Set(['08', '25', '26', '28', '3D', '3F', '42', '53', '55', '57', '58'])

/** Whether a statement failed for a reason that writing something else, or less, would not change. */
export function isServerState(error: unknown): boolean {
  const code = sqlState(error)
  if (code !== undefined) return CLASSES.has(code.slice(0, 2))
  // Without a SQLSTATE the network or the pool said it, unless the driver could not put the values into bytes.
  return !(error instanceof TypeError || error instanceof RangeError)
}

export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E') ? code : undefined
}
