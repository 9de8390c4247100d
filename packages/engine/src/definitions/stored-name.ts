import { CascataError } from '../errors.ts'

const STORED_NAME = /^[a-z][a-z0-9]*(?:[-.][a-z0-9]+)*$/

/**
 * Stored names are written into the database and never change, so they are checked when the definition is made.
 * @throws CascataError `bad-name` unless the name is 1–100 characters of lower-case words joined by `-` and `.`.
 */
export function storedName(name: string): string {
  if (typeof name !== 'string' || name.length > 100 || !STORED_NAME.test(name)) {
    throw new CascataError('bad-name', `"${String(name)}" cannot be stored as a name.`, {
      fix: 'use lower-case words joined by hyphens and dots, e.g. "class-activity.created" (at most 100 characters).',
    })
  }
  return name
}

/** `file:line` of the code that called the definition, for `flow`; undefined where the runtime gives no stack. */
export function definedAt(): string | undefined {
  const frame = new Error().stack
    ?.split('\n')
    .slice(1)
    .find((line) => !line.includes('/engine/src/') || line.includes('.test.ts'))
  const at = frame?.match(/(?:file:\/\/)?(\/[^():]+):(\d+):\d+\)?$/)
  return at ? `${at[1]}:${at[2]}` : undefined
}
