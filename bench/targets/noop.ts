import { atLeast, type TargetResult } from '../rounds.ts'
import { median } from '../statistics.ts'
import { measureField, ratesOf, type Starter } from './field.ts'
import type { TargetGroup } from './target.ts'

const JOBS = 30_000

const CASCATA: Starter = { label: 'cascata', contender: 'cascata', options: { work: 'noop' }, jobs: JOBS }
const GRAPHILE: Starter = {
  label: 'graphile-worker',
  contender: 'graphile-worker',
  options: { work: 'noop' },
  jobs: JOBS,
}
const PG_BOSS: Starter = { label: 'pg-boss', contender: 'pg-boss', options: { work: 'noop' }, jobs: JOBS }

// Measured for the record; it is slower than the two, and a target against it would be too easy.
const BULLMQ: Starter = { label: 'bullmq', contender: 'bullmq', options: { work: 'noop' }, jobs: 3_000 }

/** Commands that do nothing, with the whole history kept; and how fast they are enqueued, from the same rounds. */
export const noop: TargetGroup = {
  names: ['1-noop', '7-enqueue'],
  async measure(run) {
    const starters = run.wanted.has('1-noop') ? [CASCATA, GRAPHILE, PG_BOSS, BULLMQ] : [CASCATA, GRAPHILE]
    const { drained, enqueued } = await measureField(run, 'noop', starters)
    const results: TargetResult[] = []
    if (run.wanted.has('1-noop')) {
      const peers = [GRAPHILE, PG_BOSS].map(({ label }) => ({ name: label, rates: ratesOf(drained, label) }))
      const faster = peers.reduce((a, b) => (median(a.rates) >= median(b.rates) ? a : b))
      results.push(atLeast('1-noop', 1.6, ratesOf(drained, 'cascata'), faster))
    }
    if (run.wanted.has('7-enqueue')) {
      const peer = { name: 'graphile-worker add_jobs', rates: ratesOf(enqueued, 'graphile-worker') }
      results.push(atLeast('7-enqueue', 1, ratesOf(enqueued, 'cascata'), peer))
    }
    return results
  },
}

const BATCH = 20_000

/** Members of one batch against the same commands without one. */
export const batch: TargetGroup = {
  names: ['3-batch'],
  async measure(run) {
    const { drained } = await measureField(run, 'batch', [
      { label: 'batch', contender: 'cascata', options: { work: 'noop', batch: true }, jobs: BATCH },
      { label: 'no batch', contender: 'cascata', options: { work: 'noop' }, jobs: BATCH },
    ])
    const peer = { name: 'cascata without a batch', rates: ratesOf(drained, 'no batch') }
    return [atLeast('3-batch', 0.9, ratesOf(drained, 'batch'), peer)]
  },
}
