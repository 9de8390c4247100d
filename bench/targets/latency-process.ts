/** A daemon in a process of its own that tells when each handler started: `node latency-process.ts <url>`. */
import { createDaemon } from 'cascata'
import { latencyApp, type Started } from './latency-app.ts'

const daemon = createDaemon({
  app: latencyApp((started) => process.send?.(started)),
  database: { control: process.argv[2] as string },
})
await daemon.start()
process.once('disconnect', () => void daemon.stop(1_000).then(() => process.exit(0)))
process.send?.({ job: -1, at: 0 } satisfies Started)
