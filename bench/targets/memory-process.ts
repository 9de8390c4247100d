/** A daemon that lives as long as this process and tells its memory when asked: `node --expose-gc memory-process.ts <url>`. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { command, createApp, createDaemon, handle, module } from 'cascata'
import { z } from 'zod'
import { DAEMON } from '../contenders/cascata.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const Noop = command('bench.noop', z.object({ job: z.number() }))
const daemon = createDaemon({
  app: createApp([module('bench', [Noop, handle(Noop, () => undefined)])]),
  database: { control: process.argv[2] as string },
  ...DAEMON,
})
await daemon.start()
process.on('message', () => {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  process.send?.(heapUsed + external)
})
process.once('disconnect', () => void daemon.stop(1_000).then(() => process.exit(0)))
process.send?.(0)
