import { createPostgresBackend, Queue, Worker } from 'bullmq'
import pg from 'pg'
import { type Contender, type ContenderOptions, ENQUEUE_CHUNK, INSERT_ROW, ROWS_TABLE } from './contender.ts'
import { Drain } from './drained.ts'

/**
 * BullMQ's PostgreSQL backend, by its guide (https://docs.bullmq.io/guide/postgresql) and its guide to throughput
 * (https://docs.bullmq.io/guide/workers/concurrency): one worker with a concurrency, jobs added in bulk.
 */
const CONCURRENCY = 32
const QUEUE = 'bench'

export function bullmq({ url, work, payloadBytes = 0 }: ContenderOptions): Contender {
  const pool = new pg.Pool({ connectionString: url, max: 16 })
  const connection = { connectionString: url, migrate: true }
  const queue = new Queue(QUEUE, { connection }, createPostgresBackend)
  const drain = new Drain(url, `select 1 from bullmq.job where state in ('waiting', 'active') limit 1`)
  const pad = 'x'.repeat(payloadBytes)
  return {
    async prepare() {
      await queue.waitUntilReady()
      await pool.query(ROWS_TABLE)
    },
    async enqueue(n) {
      for (let from = 0; from < n; from += ENQUEUE_CHUNK) {
        const jobs = Array.from({ length: Math.min(ENQUEUE_CHUNK, n - from) }, (_, i) => ({
          name: 'job',
          data: payloadBytes > 0 ? { job: from + i, pad } : { job: from + i },
        }))
        await queue.addBulk(jobs)
      }
    },
    drain: (n) =>
      drain.measure(n, async () => {
        const worker = new Worker(
          QUEUE,
          async ({ data }: { data: { job: number } }) => {
            drain.onStart()
            if (work !== 'noop') await pool.query(INSERT_ROW, [data.job, 'written by bullmq'])
          },
          { connection, concurrency: CONCURRENCY },
          createPostgresBackend,
        )
        await worker.waitUntilReady()
        return { stop: () => worker.close() }
      }),
    async close() {
      await queue.close()
      await pool.end()
    },
  }
}
