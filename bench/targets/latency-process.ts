/** A daemon in a process of its own that tells when each handler started: `node latency-process.ts <url>`. */
import { command, createApp, createDaemon, handle, module } from 'cascata'
import { z } from 'zod'

export interface Started {
  job: number
  /** Milliseconds of the machine's clock. */
  at: number
}

const Ping = command('bench.ping', z.object({ job: z.number() }))
const ping = handle(Ping, ({ job }) => {
  const started: Started = { job, at: performance.timeOrigin + performance.now() }
  process.send?.(started)
})

const daemon = createDaemon({
  app: createApp([module('bench', [Ping, ping])]),
  database: { control: process.argv[2] as string },
})
await daemon.start()
process.once('disconnect', () => void daemon.stop(1_000).then(() => process.exit(0)))
process.send?.({ job: -1, at: 0 } satisfies Started)
