import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type DoorbellMode, enqueue, migrate, save } from 'cascata'
import pg from 'pg'
import { atMost, type TargetResult } from '../rounds.ts'
import { median, percentile } from '../statistics.ts'
import { machineMs, Ping, PUBLICATIONS, Publication, type Started } from './latency-app.ts'
import type { Run, TargetGroup } from './target.ts'

const PROGRAM = fileURLToPath(new URL('latency-process.ts', import.meta.url))

type Begin = (client: pg.Client, job: number) => Promise<unknown>

const ping: Begin = (client, job) => enqueue(client, Ping({ job }))
const publish: Begin = async (client, job) => {
  await client.query('begin')
  await save(client, new Publication(job))
  await client.query('commit')
}

/**
 * From the call that enqueues to the start of the handler, with nothing else to do; in another process. Of the workflow: from
 * the transaction that saves an entity, by its event, command and batch of a thousand, to the start of what follows the batch.
 */
export const latency: TargetGroup = {
  names: ['5a-p50', '5b-p99', '5c-no-notify-p99', '9-workflow-p50'],
  async measure(run) {
    const results: TargetResult[] = []
    if (run.wanted.has('5a-p50') || run.wanted.has('5b-p99')) {
      const samples = await latencies(run, { daemons: 1, samples: run.quick ? 400 : 2_000, doorbell: 'trigger' })
      if (run.wanted.has('5a-p50')) results.push(atMost('5a-p50', 10, median(samples), 'ms', samples))
      if (run.wanted.has('5b-p99')) results.push(atMost('5b-p99', 50, percentile(samples, 0.99), 'ms', samples))
    }
    if (run.wanted.has('5c-no-notify-p99')) {
      // The daemon listens, and nobody rings. Several at once, each on its own database: all of them only wait.
      const samples = await latencies(run, { daemons: 8, samples: run.quick ? 50 : 150, doorbell: 'poll' })
      results.push(atMost('5c-no-notify-p99', 1_000, percentile(samples, 0.99), 'ms', samples))
    }
    if (run.wanted.has('9-workflow-p50')) {
      const options = { daemons: 1, samples: run.quick ? 30 : 100, doorbell: 'trigger', begin: publish } as const
      const samples = await latencies(run, options)
      results.push(atMost('9-workflow-p50', 1_000, median(samples), 'ms', samples))
    }
    return results
  },
}

/** @param options.doorbell of the database; the daemon listens in any case. `samples` are those of each daemon. */
async function latencies(
  { server }: Run,
  options: { daemons: number; samples: number; doorbell: DoorbellMode; begin?: Begin },
): Promise<number[]> {
  const { daemons, samples, doorbell, begin = ping } = options
  const names = Array.from({ length: daemons }, (_, i) => `bench_latency_${i}`)
  try {
    const urls: string[] = []
    for (const name of names) {
      const url = await server.createDatabase(name)
      await migrate({ url, doorbell })
      urls.push(url)
    }
    return (await Promise.all(urls.map((url) => latenciesOfOne(url, samples, begin)))).flat()
  } finally {
    for (const name of names) await server.dropDatabase(name)
  }
}

async function latenciesOfOne(url: string, samples: number, begin: Begin): Promise<number[]> {
  const child = fork(PROGRAM, [url], { stdio: ['ignore', 2, 2, 'ipc'] })
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
    await client.query(PUBLICATIONS)
    await started(child)
    const found: number[] = []
    for (let job = -10; job < samples; job++) {
      await sleep(20 + Math.random() * 60)
      const from = machineMs()
      const start = started(child)
      await begin(client, job)
      const { at } = await start
      if (job >= 0) found.push(at - from) // the first ones warm both processes up
    }
    return found
  } finally {
    await client.end()
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.disconnect()
    await exited
  }
}

function started(child: ChildProcess): Promise<Started> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error('The daemon ended while its latency was measured.'))
    child.once('exit', onExit)
    child.once('message', (message: Started) => {
      child.off('exit', onExit)
      resolve(message)
    })
  })
}
