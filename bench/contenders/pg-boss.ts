import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { type Contender, type ContenderOptions, ENQUEUE_CHUNK, INSERT_ROW, ROWS_TABLE } from './contender.ts'
import { Drain } from './drained.ts'

/**
 * Its documentation of workers (https://pgboss.io/api/workers) names what raises throughput: fetching in batches, fetching
 * on without a pause while batches come back full (`burstWhenBatchFull`), and several workers in a process
 * (`localConcurrency`). It names no sizes; these were chosen, and no others tried.
 */
export const PG_BOSS = {
  noop: { batchSize: 1_000, localConcurrency: 2 },
  row: { batchSize: 100, localConcurrency: 4 },
  // One transaction a batch: as many jobs share its fate. 20, as cascata's shared transactions.
  transactional: { batchSize: 20, localConcurrency: 8 },
} as const

const QUEUE = 'bench'

export function pgBoss({ url, work, payloadBytes = 0 }: ContenderOptions): Contender {
  const pool = new pg.Pool({ connectionString: url, max: 16 })
  const drain = new Drain(url, `select 1 from pgboss.job where name = '${QUEUE}' and state < 'completed' limit 1`)
  const pad = 'x'.repeat(payloadBytes)
  const boss = new PgBoss({ connectionString: url, max: 20 })
  boss.on('error', (error) => console.error(error))
  const started = boss.start()

  const work_ = async (): Promise<void> => {
    const polling = { pollingIntervalSeconds: 0.5, burstWhenBatchFull: true }
    if (work === 'noop') {
      await boss.work<{ job: number }>(QUEUE, { ...PG_BOSS.noop, ...polling }, async (jobs) => {
        for (const _ of jobs) drain.onStart()
      })
    } else if (work === 'transactional') {
      const options = { ...PG_BOSS.transactional, ...polling, transactional: true } as const
      await boss.work<{ job: number }, void, typeof options>(QUEUE, options, async (jobs, tx) => {
        for (const { data } of jobs) {
          drain.onStart()
          await tx.executeSql(INSERT_ROW, [data.job, 'written by pg-boss'])
        }
      })
    } else {
      await boss.work<{ job: number }>(QUEUE, { ...PG_BOSS.row, ...polling }, async (jobs) => {
        await Promise.all(
          jobs.map(({ data }) => {
            drain.onStart()
            return pool.query(INSERT_ROW, [data.job, 'written by pg-boss'])
          }),
        )
      })
    }
  }

  return {
    async prepare() {
      await started
      await boss.createQueue(QUEUE)
      await pool.query(ROWS_TABLE)
    },
    async enqueue(n) {
      for (let from = 0; from < n; from += ENQUEUE_CHUNK) {
        const jobs = Array.from({ length: Math.min(ENQUEUE_CHUNK, n - from) }, (_, i) => ({
          data: payloadBytes > 0 ? { job: from + i, pad } : { job: from + i },
        }))
        await boss.insert(QUEUE, jobs)
      }
    },
    drain: (n) =>
      drain.measure(n, async () => {
        await work_()
        return { stop: () => boss.offWork(QUEUE) }
      }),
    async close() {
      await boss.stop({ graceful: false })
      await pool.end()
    },
  }
}
