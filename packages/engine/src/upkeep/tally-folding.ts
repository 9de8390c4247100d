import type pg from 'pg'
import { type RunStatement, statement } from '../postgres/pools.ts'

const fold = statement('fold_tallies', 'select cascata.fold_tallies($1) as n')

const ROWS_MIN = 1_000
const ROWS_MAX = 100_000
/** Time that one piece is to take. */
const PIECE_MS = 100
/** A part of each two seconds at the most, whatever was left to fold: claims do not stand behind it. */
const SLICE_MS = 200

/**
 * Folds what is counted, a slice at a time and in pieces: rows of the same counts are folded a hundred times as quickly as
 * rows that differ, so the size of a piece follows the time that the last one took.
 */
export class TallyFolding {
  readonly #options: { readonly control: pg.Pool; readonly run: RunStatement }
  #rows = ROWS_MIN

  constructor(options: { readonly control: pg.Pool; readonly run: RunStatement }) {
    this.#options = options
  }

  async slice(): Promise<void> {
    const until = performance.now() + SLICE_MS
    let whole = true
    while (whole && performance.now() < until) {
      const from = performance.now()
      const [row] = await this.#options.run<{ n: number }>(this.#options.control, fold, [this.#rows])
      whole = row !== undefined && row.n >= this.#rows
      if (whole) this.#rows = nextRows(this.#rows, performance.now() - from)
    }
  }
}

/** @returns how many rows the next piece has: no more than four times as many as the last one. */
export function nextRows(rows: number, tookMs: number): number {
  const wanted = Math.min((rows * PIECE_MS) / Math.max(tookMs, 1), rows * 4)
  return Math.round(Math.max(ROWS_MIN, Math.min(ROWS_MAX, wanted)))
}
