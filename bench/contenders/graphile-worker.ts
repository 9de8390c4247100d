import { Logger, makeWorkerUtils, run, type TaskList } from 'graphile-worker'
import pg from 'pg'
import { type Contender, type ContenderOptions, ENQUEUE_CHUNK, INSERT_ROW, ROWS_TABLE } from './contender.ts'
import { Drain } from './drained.ts'

/**
 * The settings of its own benchmark, https://worker.graphile.org/docs/performance ("Quick stats"): jobs are fetched 500 at
 * a time and completed in groups. 24 jobs at once there, on 24 cores and more; the same here.
 */
const PRESET = {
  concurrentJobs: 24,
  maxPoolSize: 25,
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
}

export function graphileWorker({ url, work, payloadBytes = 0 }: ContenderOptions): Contender {
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  for (const event of ['error', 'connect'] as const) pool.on(event, () => {}) // without them it warns
  const drain = new Drain(url, 'select 1 from graphile_worker._private_jobs limit 1')
  const logger = new Logger(() => () => {})
  const pad = 'x'.repeat(payloadBytes)
  const taskList: TaskList = {
    noop: () => drain.onStart(),
    row: async (payload, { query }) => {
      drain.onStart()
      await query(INSERT_ROW, [(payload as { job: number }).job, 'written by graphile-worker'])
    },
  }
  const utils = makeWorkerUtils({ pgPool: pool, logger })
  return {
    async prepare() {
      await (await utils).migrate()
      await pool.query(ROWS_TABLE)
    },
    async enqueue(n) {
      const identifier = work === 'noop' ? 'noop' : 'row'
      for (let from = 0; from < n; from += ENQUEUE_CHUNK) {
        const jobs = Array.from({ length: Math.min(ENQUEUE_CHUNK, n - from) }, (_, i) => ({
          identifier,
          payload: payloadBytes > 0 ? { job: from + i, pad } : { job: from + i },
        }))
        await (await utils).addJobs(jobs)
      }
    },
    drain: (n) =>
      drain.measure(n, async () => {
        const preset = { worker: { connectionString: url, ...PRESET } }
        const runner = await run({ preset, taskList, logger, noHandleSignals: true })
        return { stop: () => runner.stop() }
      }),
    async close() {
      await (await utils).release()
      await pool.end()
    },
  }
}
