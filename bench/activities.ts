/**
 * How long `POST /activities` takes in a class of a thousand students, over HTTP, on a system of its own, as JSON; exit 1 when
 * the 95th percentile exceeds its budget. `npm run bench:activities -- [--students 1000] [--posts 40]`
 *
 * Measured twice: at rest, when the e-mails of the activity before have all been sent, and one behind the other, while
 * the Daemon sends those of all before.
 */
import { availableParallelism, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startOwnSystem } from '../scripts/start/own-system.ts'
import { Record } from '../scripts/story/record.ts'
import { makeClass, publish, signIn } from '../scripts/story/teacher.ts'
import { rounded } from './statistics.ts'

const BUDGET_MS = 100
const WARM_UPS = 5
const REST_MAX_MS = 120_000

const { values } = parseArgs({
  options: { students: { type: 'string', default: '1000' }, posts: { type: 'string', default: '40' } },
})
const [students, posts] = [Number(values.students), Number(values.posts)]
if (![students, posts].every((n) => Number.isInteger(n) && n >= 1 && n <= 10_000)) {
  console.error('--students and --posts are whole numbers from 1 to 10000.')
  process.exit(2)
}

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
const system = await startOwnSystem({ signal: stopping.signal })
try {
  process.exitCode = await measure(stopping.signal)
} finally {
  await system.stop()
}

async function measure(signal: AbortSignal): Promise<number> {
  const { url, databaseUrl } = await system.running()
  const demo = await makeClass({ students, databaseUrl, dataDir: system.dataDir }, signal)
  const record = new Record(databaseUrl, demo.institutionId)
  const cookie = await signIn(url, demo.teacher, signal)
  const post = async () => {
    const from = performance.now()
    const { id, workflowId } = await publish(url, cookie, demo, signal)
    return { ms: performance.now() - from, id, workflowId }
  }
  const untilRest = async ({ id, workflowId }: { id: string; workflowId: string }) => {
    for (const untilMs = performance.now() + REST_MAX_MS; performance.now() < untilMs; ) {
      if ((await record.progress(workflowId, id)).idle) return
      await sleep(200, undefined, { signal })
    }
    throw new Error(`After ${REST_MAX_MS / 1_000} s there are still e-mails to send.`)
  }
  try {
    for (let i = 0; i < WARM_UPS; i++) await untilRest(await post())
    const atRest: number[] = []
    for (let i = 0; i < posts; i++) {
      const posted = await post()
      atRest.push(posted.ms)
      await untilRest(posted)
    }
    const busy: number[] = []
    for (let i = 0; i < posts; i++) busy.push((await post()).ms)
    const found = { atRest: percentiles(atRest), busy: percentiles(busy) }
    const ok = found.atRest.p95 <= BUDGET_MS && found.busy.p95 <= BUDGET_MS
    const machine = { cpus: availableParallelism(), load: rounded(loadavg()[0] ?? 0) }
    console.log(JSON.stringify({ students, posts, budgetMs: BUDGET_MS, ...found, ok, machine }))
    return ok ? 0 : 1
  } finally {
    await record.close()
  }
}

function percentiles(ms: readonly number[]): { p50: number; p95: number; max: number } {
  const sorted = ms.toSorted((a, b) => a - b)
  const at = (share: number) => rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return { p50: at(0.5), p95: at(0.95), max: at(1) }
}
