/** What a student has reached in a class. Exactly at a limit is enough. */

import type { Rounding } from './class.fields.ts'

export type ResultRule = {
  /** Of the rule itself: what is frozen with a result says by which it was decided. */
  version: 2
  /** What decides when both are too low. */
  order: 'frequency-first' | 'note-first'
  noteLimit: number
  frequencyLimit: number
  /** What a note that was not given counts for; `refuse`: there was none. */
  missingNotes: 'refuse' | 'zero'
  /** The rounding of means. Results of version 1, which have none, were rounded half to even. */
  rounding: Rounding
}

export type Result = 'approved' | 'failed-by-note' | 'failed-by-frequency'

export function resultOf({ average, frequency }: { average: number; frequency: number }, rule: ResultRule): Result {
  const byNote = average < rule.noteLimit
  const byFrequency = frequency < rule.frequencyLimit
  if (byNote && byFrequency) return rule.order === 'note-first' ? 'failed-by-note' : 'failed-by-frequency'
  if (byFrequency) return 'failed-by-frequency'
  return byNote ? 'failed-by-note' : 'approved'
}
