/**
 * What a list shows, as the address says it: `?status=error,pending&from=-24h`. A value that means nothing is dropped, and
 * said to be; what stays can be shared as a link.
 */
export type Spec =
  | { kind: 'set'; of: readonly string[] }
  | { kind: 'texts' }
  | { kind: 'text' }
  | { kind: 'id' }
  | { kind: 'instant' }
  | { kind: 'choice'; of: readonly string[] }
export type Specs = Readonly<Record<string, Spec>>

type ValueOf<S extends Spec> = S extends { kind: 'set'; of: readonly (infer V)[] }
  ? V[]
  : S extends { kind: 'texts' }
    ? string[]
    : S extends { kind: 'choice'; of: readonly (infer V)[] }
      ? V
      : string
export type ValuesOf<S extends Specs> = { -readonly [K in keyof S]?: ValueOf<S[K]> | undefined }

export interface ReadSearch<S extends Specs> {
  values: ValuesOf<S>
  /** Names of parameters of which something was not understood. */
  dropped: string[]
}

const UUID = /^(evt_|cmd_|bat_)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const RELATIVE = /^-\d{1,5}[smhdw]$/

const isInstant = (text: string) =>
  RELATIVE.test(text) || (/^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)))

function read(spec: Spec, text: string): { value: string | string[] | undefined; whole: boolean } {
  const one = (valid: boolean) => ({ value: valid ? text : undefined, whole: valid })
  switch (spec.kind) {
    case 'set':
    case 'texts': {
      const parts = [...new Set(text.split(',').filter((part) => part !== ''))]
      const good = spec.kind === 'set' ? parts.filter((part) => spec.of.includes(part)) : parts
      return { value: good.length > 0 ? good : undefined, whole: good.length === parts.length && good.length > 0 }
    }
    case 'id':
      return one(UUID.test(text))
    case 'instant':
      return one(isInstant(text))
    case 'choice':
      return one(spec.of.includes(text))
    case 'text':
      return one(text.trim() !== '')
  }
}

export function readSearch<const S extends Specs>(specs: S, search: Readonly<Record<string, unknown>>): ReadSearch<S> {
  const values: Record<string, unknown> = {}
  const dropped: string[] = []
  for (const [name, given] of Object.entries(search)) {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined
    if (!spec || given === undefined || given === null) continue
    const { value, whole } = read(spec, String(given))
    if (value !== undefined) values[name] = value
    if (!whole) dropped.push(name)
  }
  return { values: values as ValuesOf<S>, dropped }
}

/** The other way round: what the address says. Empty things are left out of it. */
export function writeSearch(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const text = Array.isArray(value) ? value.join(',') : value === undefined || value === null ? '' : String(value)
      return text === '' ? [] : [[name, text]]
    }),
  )
}

/** Addresses keep values as they are written: no quotes around what looks like a number. */
export const parseAddress = (search: string): Record<string, string> => Object.fromEntries(new URLSearchParams(search))

export function stringifyAddress(search: Record<string, unknown>): string {
  // Commas separate values and stay readable.
  const text = new URLSearchParams(writeSearch(search)).toString().replaceAll('%2C', ',').replaceAll('%3A', ':')
  return text === '' ? '' : `?${text}`
}
