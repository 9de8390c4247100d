import { CascataError } from '../errors.ts'

/** Largest encoded data of one event or command, in bytes: larger things belong in a table of their own, by reference. */
const DATA_BYTES_MAX = 256 * 1024

/** Most levels of arrays and objects inside one another: a third of what validating and storing them was seen to take. */
const LEVELS_MAX = 1_000

/** PostgreSQL's jsonb refuses both, and would fail the caller's whole transaction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is the character that jsonb cannot hold.
const UNSTORABLE = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** How either may look in JSON text; a backslash of the data's own looks so too. */
const ESCAPED = /\\u(?:0000|d[89a-f])/

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
 * bigints, functions, `toJSON` wherever it comes from, raw JSON, cycles, NaN, −0, NUL characters, lone surrogates, more than
 * {@link LEVELS_MAX} levels. A property that is `undefined` counts as absent. An enumerable getter is read as a property is;
 * what is not enumerable, or has a symbol for a key, is no data. The order of keys is not kept.
 * @throws CascataError `not-json` naming the path, `data-too-large` above {@link DATA_BYTES_MAX}, of which a number takes as many
 * as it has digits: the database writes 1e300 with all of them.
 */
export function encode(owner: string, data: unknown): string {
  const walk: Walk = { above: new Set(), digits: 0 }
  check(owner, data, '', walk)
  const text = JSON.stringify(data)
  // A getter may have answered otherwise this time; what was read now has none.
  if (ESCAPED.test(text)) check(owner, JSON.parse(text), '', { above: new Set(), digits: 0 })
  const bytes = Buffer.byteLength(text) + walk.digits
  if (bytes > DATA_BYTES_MAX) {
    throw new CascataError('data-too-large', `Data of "${owner}" takes ${bytes} bytes.`, {
      fix: 'store the large part in a table and pass its id.',
    })
  }
  return text
}

interface Walk {
  readonly above: Set<object>
  /** Digits that the database writes for numbers that JavaScript writes with an exponent. */
  digits: number
}

function check(owner: string, value: unknown, path: string, walk: Walk): void {
  const refuse = (what: string): never => {
    throw new CascataError('not-json', `Data of "${owner}" holds ${what} at "${shortened(path)}".`, {
      fix: 'pass strings, finite numbers, booleans, null, arrays and plain objects; ids rather than objects.',
    })
  }
  switch (typeof value) {
    case 'string':
      if (UNSTORABLE.test(value)) refuse('a NUL character or half of a surrogate pair')
      return
    case 'number':
      if (!Number.isFinite(value) || Object.is(value, -0)) refuse(`the number ${Object.is(value, -0) ? '-0' : value}`)
      if (value !== 0) walk.digits += exponentDigits(Math.abs(value))
      return
    case 'boolean':
      return
    case 'undefined':
      refuse(path === '' ? 'undefined' : 'undefined in an array')
      return
    case 'object':
      break
    default:
      refuse(`a ${typeof value}`)
  }
  if (value === null) return
  const { above } = walk
  const object = value as object
  if (above.has(object)) refuse('a cycle')
  if (above.size === LEVELS_MAX) refuse(`more than ${LEVELS_MAX} levels`)
  const prototype = Object.getPrototypeOf(object)
  if (!isPlain(prototype) && !Array.isArray(object)) refuse(`an instance of ${prototype?.constructor?.name}`)
  if (typeof (object as { toJSON?: unknown }).toJSON === 'function') refuse('a toJSON')
  if (prototype === null && isRawJson?.(object)) refuse('raw JSON')
  above.add(object)
  if (Array.isArray(object)) {
    for (let i = 0; i < object.length; i++) check(owner, object[i], `${path}[${i}]`, walk)
  } else {
    for (const key of Object.keys(object)) {
      if (UNSTORABLE.test(key)) refuse('a key with a NUL character or half of a surrogate pair')
      const inner = (object as Record<string, unknown>)[key]
      if (inner !== undefined) check(owner, inner, path === '' ? key : `${path}.${key}`, walk)
    }
  }
  above.delete(object)
}

const { isRawJSON: isRawJson } = JSON as { isRawJSON?: (value: unknown) => boolean }

/** Objects of another realm are plain too, as in tests that run in one: its `Object.prototype` is another. */
function isPlain(prototype: object | null): boolean {
  if (prototype === Object.prototype || prototype === null) return true
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')
}

/** Further digits of a number where no exponent is written. */
function exponentDigits(size: number): number {
  return size < 1e21 && size >= 1e-6 ? 0 : Math.abs(Math.floor(Math.log10(size)))
}

/** For a message: the beginning of a path that may have a thousand steps. */
function shortened(path: string): string {
  if (path === '') return '(the top)'
  return path.length > 200 ? `${path.slice(0, 200)}…` : path
}
