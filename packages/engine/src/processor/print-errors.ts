import type { ErrorContext } from './error-context.ts'
import { createOutageLog } from './outage-log.ts'

/** Prints trouble, for a daemon whose application has no `onError`. */
export function printErrors(answers: () => boolean): (error: unknown, context: ErrorContext) => void {
  const isOfOutage = createOutageLog({ answers, print: (line) => console.error(`cascata: ${line}`) })
  return (error, { place }) => {
    if (!isOfOutage(error)) console.error(`${place}:`, error)
  }
}
