import { CascataError } from '../errors.ts'

/** @throws CascataError `not-a-part` unless a handler is made of a definition of this kind and a function. */
export function checkedParts(kind: 'event-type' | 'command-type', definition: unknown, run: unknown): void {
  if ((definition as { kind?: unknown } | null | undefined)?.kind === kind && typeof run === 'function') return
  throw new CascataError(
    'not-a-part',
    `A handler needs ${kind === 'event-type' ? 'an event' : 'a command'} and a function.`,
    {
      fix: 'pass the definition itself, and the function that handles it.',
    },
  )
}
