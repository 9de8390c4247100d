/**
 * A contender in a process of its own, so that none shares a heap, a compiled function or a processor time with another.
 * Driven by messages: `node contender-process.ts <name> <options as JSON>`.
 */
import { bullmq } from './bullmq.ts'
import { cascata } from './cascata.ts'
import type { Contender, ContenderName, ContenderOptions } from './contender.ts'
import { graphileWorker } from './graphile-worker.ts'
import { pgBoss } from './pg-boss.ts'

export type Order = { do: 'prepare' | 'close' } | { do: 'enqueue' | 'drain'; n: number }

/** Answers an order. `cpuMs`: processor time of this process while it did it. */
export interface Done {
  ms: number
  cpuMs: number
  heapBytes: number
  rssBytes: number
}

const make: Record<ContenderName, (options: ContenderOptions) => Contender> = {
  cascata,
  'graphile-worker': graphileWorker,
  'pg-boss': pgBoss,
  bullmq,
}

const [name, options] = process.argv.slice(2)
const contender = make[name as ContenderName](JSON.parse(options ?? '') as ContenderOptions)

process.on('message', (order: Order) => void obey(order))
process.once('disconnect', () => process.exit(1))

async function obey(order: Order): Promise<void> {
  try {
    const before = process.cpuUsage()
    const from = performance.now()
    let ms: number | undefined
    if (order.do === 'enqueue') await contender.enqueue(order.n)
    else if (order.do === 'drain') ms = await contender.drain(order.n)
    else await contender[order.do]()
    const { user, system } = process.cpuUsage(before)
    const { heapUsed: heapBytes, rss: rssBytes } = process.memoryUsage()
    const done: Done = { ms: ms ?? performance.now() - from, cpuMs: (user + system) / 1_000, heapBytes, rssBytes }
    process.send?.(done, () => {
      if (order.do === 'close') process.exit(0)
    })
  } catch (error) {
    process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}
