/** Reads JSON for showing: a number that JavaScript would round is kept as it is written. */

interface Source {
  source: string
}

/** A number whose digits a `number` would lose. It is a `Date` to the JSON viewer, which shows those by `toISOString`. */
export class ExactNumber extends Date {
  readonly digits: string
  constructor(digits: string) {
    super(0)
    this.digits = digits
  }
  override toISOString() {
    return this.digits
  }
}

const loses = (source: string, value: number) => {
  if (!Number.isFinite(value)) return true
  if (/^-?\d+$/.test(source)) return !Number.isSafeInteger(value)
  return source.replace(/[-.]|e.*$/gi, '').replace(/^0+/, '').length > 17
}

export function parseExact(text: string): unknown {
  const reviver = (_key: string, value: unknown, context?: Source) =>
    typeof value === 'number' && context && loses(context.source, value) ? new ExactNumber(context.source) : value
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown)
}

const indented = (value: unknown, indent: string): string => {
  const inner = `${indent}  `
  if (value instanceof ExactNumber) return value.digits
  if (Array.isArray(value))
    return value.length === 0
      ? '[]'
      : `[\n${value.map((each) => inner + indented(each, inner)).join(',\n')}\n${indent}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(
      ([key, each]) => `${inner}${JSON.stringify(key)}: ${indented(each, inner)}`,
    )
    return entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n${indent}}`
  }
  return JSON.stringify(value)
}

export const prettyExact = (text: string) => indented(parseExact(text), '')
