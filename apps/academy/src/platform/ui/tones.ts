/** How something stands, as a colour's meaning. */
export type Tone = 'accent' | 'good' | 'busy' | 'warn' | 'bad' | 'quiet'

/** A part of a bar. */
export interface Segment {
  tone: Tone
  value: number
  /** Not done yet: it is hatched, so that a bar is full only when all is done. */
  open?: boolean
}
