import { CascataError } from '../errors.ts'

/** Largest encoded data of one event or command, in bytes: larger things belong in a table of their own, by reference. */
const DATA_BYTES_MAX = 256 * 1024

/** PostgreSQL's jsonb refuses both, and would fail the caller's whole transaction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is the character that jsonb cannot hold.
const UNSTORABLE = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/**
 * A text that goes into the database beside data: an author, an actor, an entity's id.
 * @throws CascataError `not-json` when PostgreSQL could not hold it.
 */
export function storableText(owner: string, value: unknown): string {
  const text = String(value)
  if (!UNSTORABLE.test(text)) return text
  throw new CascataError('not-json', `${owner} holds a NUL character or half of a surrogate pair.`, {
    fix: 'remove it where the text comes in.',
  })
}

/**
 * JSON text of the data, refusing whatever JSON or jsonb would change or lose in silence: dates, maps, class instances,
 * bigints, functions, cycles, NaN, NUL characters, lone surrogates. A property that is `undefined` counts as absent.
 * @throws CascataError `not-json` naming the path, `data-too-large` above {@link DATA_BYTES_MAX}.
 */
export function encode(owner: string, data: unknown): string {
  check(owner, data, '', new Set())
  const text = JSON.stringify(data ?? null)
  const bytes = Buffer.byteLength(text)
  if (bytes > DATA_BYTES_MAX) {
    throw new CascataError('data-too-large', `Data of "${owner}" takes ${bytes} bytes.`, {
      fix: 'store the large part in a table and pass its id.',
    })
  }
  return text
}

function check(owner: string, value: unknown, path: string, above: Set<object>): void {
  const refuse = (what: string): never => {
    throw new CascataError('not-json', `Data of "${owner}" holds ${what} at "${path || '(the top)'}".`, {
      fix: 'pass strings, finite numbers, booleans, null, arrays and plain objects; ids rather than objects.',
    })
  }
  switch (typeof value) {
    case 'string':
      if (UNSTORABLE.test(value)) refuse('a NUL character or half of a surrogate pair')
      return
    case 'number':
      if (!Number.isFinite(value)) refuse(`the number ${value}`)
      return
    case 'boolean':
      return
    case 'undefined':
      if (path !== '') refuse('undefined in an array')
      return
    case 'object':
      break
    default:
      refuse(`a ${typeof value}`)
  }
  if (value === null) return
  const object = value as object
  if (above.has(object)) refuse('a cycle')
  above.add(object)
  if (Array.isArray(object)) {
    for (let i = 0; i < object.length; i++) check(owner, object[i], `${path}[${i}]`, above)
  } else {
    const prototype = Object.getPrototypeOf(object)
    if (prototype !== Object.prototype && prototype !== null) refuse(`an instance of ${prototype?.constructor?.name}`)
    for (const key of Object.keys(object)) {
      if (UNSTORABLE.test(key)) refuse('a key with a NUL character or half of a surrogate pair')
      const inner = (object as Record<string, unknown>)[key]
      if (inner !== undefined) check(owner, inner, path === '' ? key : `${path}.${key}`, above)
    }
  }
  above.delete(object)
}
