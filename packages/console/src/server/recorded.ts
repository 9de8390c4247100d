/** What attempts and handlings have in common, as the contract has it. */
import type { RecordedError } from '../contract/index.ts'

export interface RunRow<O extends string> {
  claim_no: number
  outcome: O
  final: boolean
  started_at: Date | null
  ended_at: Date
  ms: number
  error_class: string | null
  error: string | null
  stack: string | null
  next_at: Date | null
  next_why: string | null
  /** Null: a human decided. */
  daemon_id: string | null
}

export const iso = (at: Date | null | undefined): string | null => at?.toISOString() ?? null

export const errorOf = (row: RunRow<string> | undefined): RecordedError | null =>
  row && (row.error !== null || row.error_class !== null)
    ? { class: row.error_class, message: row.error, stack: row.stack }
    : null

export const runOf = <O extends string>(row: RunRow<O>) => ({
  claimNo: row.claim_no,
  outcome: row.outcome,
  final: row.final,
  startedAt: iso(row.started_at),
  endedAt: row.ended_at.toISOString(),
  ms: row.ms,
  error: errorOf(row),
  nextAt: iso(row.next_at),
  nextWhy: row.next_why,
  daemonId: row.daemon_id,
})
