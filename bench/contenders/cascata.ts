import {
  batch,
  type CommandValue,
  command,
  createApp,
  createDaemon,
  type Daemon,
  enqueue,
  handle,
  migrate,
  module,
  SINGLE_TENANT,
} from 'cascata'
import pg from 'pg'
import { z } from 'zod'
import { type Contender, type ContenderOptions, ENQUEUE_CHUNK, INSERT_ROW, ROWS_TABLE } from './contender.ts'
import { Drain } from './drained.ts'

const schema = z.object({ job: z.number(), pad: z.string().optional() })

/** Settings of the daemon in every comparison. */
export const DAEMON = { concurrency: 32, commandsMax: 8000 }

export function cascata({
  url,
  work,
  payloadBytes = 0,
  batch: asBatch,
  tenants = 1,
  watchOnly,
  burdened = false,
}: ContenderOptions): Contender {
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  const drain = new Drain(
    url,
    'select 1 from cascata.command_queue union all select 1 from cascata.committed_commands limit 1',
  )
  const Noop = command('bench.noop', schema)
  const WriteRow = command('bench.write-row', schema)
  const WriteRowAsynchronously = command('bench.write-row-asynchronously', schema, { synchronousCommit: false })
  const WriteSharedRow = command('bench.write-shared-row', schema, { transaction: 'shared' })
  const writeRow = async ({ job }: { job: number }, tx: { query: (text: string, values: unknown[]) => unknown }) => {
    drain.onStart()
    await tx.query(INSERT_ROW, [job, 'written by cascata'])
  }
  const app = createApp([
    module('bench', [
      Noop,
      handle(Noop, () => drain.onStart()),
      WriteRow,
      handle(WriteRow, (data, { tx }) => writeRow(data, tx)),
      WriteRowAsynchronously,
      handle(WriteRowAsynchronously, (data, { tx }) => writeRow(data, tx)),
      WriteSharedRow,
      handle(WriteSharedRow, (data, { tx }) => writeRow(data, tx)),
    ]),
  ])
  const make = {
    noop: Noop,
    row: WriteRow,
    shared: WriteSharedRow,
    transactional: WriteRow,
    asynchronous: WriteRowAsynchronously,
  }[work]
  const pad = 'x'.repeat(payloadBytes)
  const jobOf = (job: number): CommandValue => make(payloadBytes > 0 ? { job, pad } : { job })

  return {
    async prepare() {
      await migrate({ url })
      await pool.query(ROWS_TABLE)
    },
    async enqueue(n) {
      const jobs = Array.from({ length: n }, (_, job) => job)
      if (asBatch) {
        await enqueue(pool, batch('bench-batch', jobs, jobOf))
        return
      }
      if (tenants > 1) {
        for (let t = 0; t < tenants; t++) {
          const own = jobs.filter((job) => job % tenants === t)
          await enqueue(pool, own.map(jobOf), { tenant: tenantId(t) })
        }
        return
      }
      for (let from = 0; from < n; from += ENQUEUE_CHUNK) {
        await enqueue(pool, jobs.slice(from, from + ENQUEUE_CHUNK).map(jobOf), { tenant: SINGLE_TENANT })
      }
    },
    async drain(n) {
      if (watchOnly) throw new Error('This one only watches.')
      return drain.measure(n, async () => {
        const daemon: Daemon = createDaemon({ app, database: { control: url }, ...DAEMON })
        await daemon.start()
        const stop = () => daemon.stop()
        return burdened ? { stop, isDone: () => daemon.health().commandsHeld === 0 } : { stop }
      })
    },
    close: () => pool.end(),
  }
}

function tenantId(t: number): string {
  return `00000000-0000-4000-8000-${String(t + 1).padStart(12, '0')}`
}
