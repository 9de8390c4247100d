/** "No" as a value. A rule says what is wrong and why; which HTTP status that is, is decided in one place (problem.ts). */
import type { Text } from './endpoint.ts'

export type Because = 'invalid' | 'not-found' | 'conflict' | 'forbidden'

export type Refusal = {
  kind: 'refusal'
  because: Because
  /** Never changes once published. */
  code: string
  message: Text
  errors: readonly { field: string; code: string; message: Text; id?: string }[]
}

/**
 * @param code stable, lower-case words joined by hyphens.
 * @param options.field what of the input is wrong; the page shows the message beside it.
 * @param options.because default: what was asked for is not valid.
 */
export function refuse(code: string, options: { message: Text; field?: string; because?: Because }): Refusal {
  const { message, field, because = 'invalid' } = options
  return { kind: 'refusal', because, code, message, errors: field === undefined ? [] : [{ field, code, message }] }
}

/** Several things are wrong at once: one refusal that names each, or nothing. */
export function refuseAll(refusals: readonly (Refusal | undefined)[]): Refusal | undefined {
  const given = refusals.filter((refusal) => refusal !== undefined)
  const [first] = given
  if (!first || given.length === 1) return first
  return {
    kind: 'refusal',
    because: 'invalid',
    code: 'invalid-input',
    message: { en: 'Some fields need another value.', pt: 'Alguns campos precisam de outro valor.' },
    errors: given.flatMap((refusal) => refusal.errors),
  }
}

/**
 * A list was sent and some of it cannot be done: one refusal that names each of these by its place and id. Nothing of the
 * list is done then. The first of them gives the code.
 */
export function refuseItems(
  field: string,
  refused: readonly { index: number; id: string; refusal: Refusal }[],
): Refusal | undefined {
  const [first] = refused
  if (!first) return undefined
  const errors = refused.map(({ index, id, refusal: { code, message } }) => ({
    field: `${field}.${index}`,
    code,
    message,
    id,
  }))
  const { because } = first.refusal
  // Of a field: the address names something else.
  return { ...first.refusal, because: because === 'not-found' ? 'invalid' : because, errors }
}

/** The ids of a list that are not known, or come a second time, as `refuseItems` takes them. */
export function badIds(
  ids: readonly string[],
  known: ReadonlySet<string>,
  refusal: { unknown: Refusal; repeated: Refusal },
): { index: number; id: string; refusal: Refusal }[] {
  const seen = new Set<string>()
  return ids.flatMap((id, index) => {
    const refused = seen.has(id) ? refusal.repeated : known.has(id) ? undefined : refusal.unknown
    seen.add(id)
    return refused ? [{ index, id, refusal: refused }] : []
  })
}

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'refusal'

/**
 * What is not there, is another institution's, or is another teacher's: one answer, so that nobody learns which. What the
 * address names is not found; what a field names makes the field invalid.
 */
export const notFound = (code: string, message: Text, field?: string) =>
  field === undefined ? refuse(code, { because: 'not-found', message }) : refuse(code, { message, field })
