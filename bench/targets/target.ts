import type { TargetResult } from '../rounds.ts'
import type { Server } from '../server.ts'

export interface Run {
  readonly server: Server
  readonly quick: boolean
  /** Interleaved rounds of a comparison. */
  readonly rounds: number
  /** The names that are asked for; a group measures only whom these need. */
  readonly wanted: ReadonlySet<string>
  readonly say: (line: string) => void
  readonly note: (profile: WorkloadProfile) => void
}

/** Targets that share their rounds. */
export interface TargetGroup {
  readonly names: readonly string[]
  measure(run: Run): Promise<TargetResult[]>
}

/** What one job of a workload costs, from one more round that is not among those measured. */
export interface WorkloadProfile {
  readonly workload: string
  readonly contender: string
  readonly jobs: number
  readonly statementsPerJob: number
  readonly transactionsPerJob: number
  readonly walBytesPerJob: number
  readonly buffersPerJob: number
  readonly nodeCpuUsPerJob: number
  readonly postgresCpuUsPerJob: number
}
