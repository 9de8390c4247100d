import type { ContenderName, ContenderOptions } from '../contenders/contender.ts'
import { type RunningContender, startContender } from '../contenders/start-contender.ts'
import { type Entrant, interleaved, type Rates } from '../rounds.ts'
import type { Run } from './target.ts'

export interface Starter {
  label: string
  contender: ContenderName
  options: Omit<ContenderOptions, 'url'>
  /** Jobs a round. */
  jobs: number
}

const WARM_UP_JOBS = 2_000

/**
 * Contenders on databases of their own, warmed up, measured in interleaved rounds, then profiled in one more round each.
 * @returns the rates of draining and of enqueueing.
 */
export async function measureField(
  run: Run,
  workload: string,
  starters: readonly Starter[],
  others: readonly Entrant[] = [],
  until = (rounds: number) => rounds >= run.rounds,
): Promise<{ drained: Rates; enqueued: Rates }> {
  const { server } = run
  const running: { starter: Starter; contender: RunningContender; database: string }[] = []
  const enqueued = new Map<string, number[]>()
  try {
    for (const [i, starter] of starters.entries()) {
      const database = `bench_${workload}_${i}`.replaceAll('-', '_')
      const url = await server.createDatabase(database)
      const contender = await startContender(starter.contender, { url, ...starter.options })
      running.push({ starter, contender, database })
      await contender.enqueue(Math.min(WARM_UP_JOBS, starter.jobs))
      await contender.drain(Math.min(WARM_UP_JOBS, starter.jobs))
    }
    const entrants = running.map(({ starter: { label, jobs }, contender }): Entrant => {
      const enqueueRates: number[] = []
      enqueued.set(label, enqueueRates)
      return {
        label,
        round: async () => {
          enqueueRates.push((jobs / (await contender.enqueue(jobs)).ms) * 1_000)
          await server.checkpoint()
          return (jobs / (await contender.drain(jobs)).ms) * 1_000
        },
      }
    })
    const drained = await interleaved([...entrants, ...others], until, run.say)
    for (const { starter, contender, database } of running) {
      await contender.enqueue(starter.jobs)
      const { result, server: counted } = await server.profile(database, () => contender.drain(starter.jobs))
      const each = (n: number) => n / starter.jobs
      run.note({
        workload,
        contender: starter.label,
        jobs: starter.jobs,
        statementsPerJob: each(counted.statements),
        transactionsPerJob: each(counted.transactions),
        walBytesPerJob: each(counted.walBytes),
        buffersPerJob: each(counted.buffers),
        nodeCpuUsPerJob: each(result.cpuMs * 1_000),
        postgresCpuUsPerJob: each(counted.cpuMs * 1_000),
      })
    }
    return { drained, enqueued }
  } finally {
    for (const { contender, database } of running) {
      await contender.close()
      await server.dropDatabase(database)
    }
  }
}

/** The rates of the fastest of them, by median order of the whole: the harder peer. */
export function ratesOf(rates: Rates, label: string): readonly number[] {
  const own = rates.get(label)
  if (!own) throw new Error(`Nothing was measured under "${label}".`)
  return own
}
