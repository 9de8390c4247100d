/** Longest text that is kept of what somebody else said: of an error, a reason, a message. In UTF-16 code units. */
export const TEXT_MAX = 8_192
/** Longest id that is kept of an outside service's. */
export const PROVIDER_ID_MAX = 1_024

/** A text from outside as the database can keep it: cut, without NUL, without half of a surrogate pair. */
export function storable(text: string, max = TEXT_MAX): string {
  return text.slice(0, max).replaceAll('\u0000', '␀').toWellFormed()
}

/**
 * A value from outside as a text that the database can keep, whatever its type is: a caller in JavaScript passes what a
 * service answered as it came. undefined for nothing at all, and for what has no text. Never throws.
 */
export function outsideText(value: unknown, max = TEXT_MAX): string | undefined {
  if (value === undefined || value === null) return undefined
  try {
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
    return text === undefined ? undefined : storable(text, max)
  } catch {
    return undefined // a cycle, a getter or a toString that throws
  }
}
