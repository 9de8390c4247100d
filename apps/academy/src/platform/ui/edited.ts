/**
 * The fields of a form that changes something: what was typed lies over what stands. A change that somebody else made in the
 * meantime is brought in where nothing was typed; what was typed stays, and the form says where theirs is another.
 */
import { useState } from 'react'
import type { ApiProblem } from '../http/client.ts'

/** A field that is another now than when the form was opened. */
export interface Theirs {
  field: string
  /** In words. */
  now: string
  /** Something else was typed there, which replaces it once it is saved. */
  isKept: boolean
}

export interface Edited<Values> {
  values: Values
  set: (typed: Partial<Values>) => void
  /** Sent with the change: the version that the form shows. */
  version: number | undefined
  isTyped: (field: keyof Values) => boolean
  /** Told after a refusal, once what stands has been read again. */
  theirs: readonly Theirs[] | undefined
  /** After it was saved: what stands is what was typed. */
  forget: () => void
}

type Says<Values> = { [Field in keyof Values]?: (value: Values[Field]) => string }

/**
 * @param stands what there is now; it may be read again while the form is open.
 * @param version of what stands; undefined for something new.
 * @param says in words what a field holds, unless it is its value.
 */
export function useEdited<Values extends Record<string, unknown>>(
  stands: Values,
  version: number | undefined,
  error: ApiProblem | null,
  says: Says<Values> = {},
): Edited<Values> {
  const [opened, setOpened] = useState({ stands, version })
  const [typed, setTyped] = useState<Partial<Values>>({})
  const [told, setTold] = useState<{ by: ApiProblem; theirs: readonly Theirs[] }>()
  const refused = error?.code === 'changed-meanwhile' ? error : undefined
  if (version !== opened.version && (refused || Object.keys(typed).length === 0)) {
    if (refused) setTold({ by: refused, theirs: differing(opened.stands, stands, typed, says) })
    setOpened({ stands, version })
  }
  return {
    values: { ...opened.stands, ...typed },
    set: (more) => setTyped((before) => ({ ...before, ...more })),
    version: opened.version,
    isTyped: (field) => field in typed,
    theirs: told && told.by === refused ? told.theirs : undefined,
    forget: () => setTyped({}),
  }
}

/** Fields of the form that somebody else has changed. */
export function differing<Values extends Record<string, unknown>>(
  opened: Values,
  stands: Values,
  typed: Partial<Values>,
  says: Says<Values>,
): Theirs[] {
  return Object.keys(stands)
    .filter((field) => !isSame(opened[field], stands[field]))
    .map((field) => ({
      field,
      now: says[field]?.(stands[field] as Values[string]) ?? String(stands[field] ?? ''),
      isKept: field in typed && !isSame(typed[field], stands[field]),
    }))
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
