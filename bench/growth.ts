/** How the rate of draining changes with what grows: curves, not bounds. Writes its plots and its part of the document. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { fillHistory } from '../scripts/testing/history.ts'
import type { ContenderName, ContenderOptions } from './contenders/contender.ts'
import { startContender } from './contenders/start-contender.ts'
import { type Plot, svg } from './plot.ts'
import { table } from './report.ts'
import type { Server } from './server.ts'
import { median, rounded } from './statistics.ts'

const DOCUMENT = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url))
const FOLDER = fileURLToPath(new URL('../docs/benchmarks', import.meta.url))
const DAEMON_PROCESS = fileURLToPath(new URL('targets/memory-process.ts', import.meta.url))

export interface GrowthRun {
  readonly server: Server
  readonly quick: boolean
  readonly say: (line: string) => void
}

interface Curve extends Plot {
  readonly file: string
}

/** @returns the curves, which are in docs/benchmarks.md by then. */
export async function measureGrowth(run: GrowthRun): Promise<Curve[]> {
  const curves: Curve[] = []
  for (const curve of [finished, daemons, tenants, batchSizes, payloads]) curves.push(await curve(run))
  await mkdir(FOLDER, { recursive: true })
  for (const curve of curves) await writeFile(`${FOLDER}/${curve.file}.svg`, svg(curve))
  const text = await readFile(DOCUMENT, 'utf8')
  const sections = curves.map(
    (curve) => `### ${curve.title}\n\n![${curve.title}](benchmarks/${curve.file}.svg)\n\n${pointsOf(curve)}`,
  )
  await writeFile(DOCUMENT, replaced(text, 'growth', sections.join('\n\n')))
  return curves
}

/** The text with what stands between the marks of a part exchanged. @throws Error when the marks are missing. */
export function replaced(document: string, part: string, text: string): string {
  const [begin, end] = [`<!-- ${part}: written by the run -->`, `<!-- end of ${part} -->`]
  const [before, rest] = document.split(begin)
  const after = rest?.split(end)[1]
  if (after === undefined) throw new Error(`The document has no part "${part}".`)
  return `${before}${begin}\n\n${text}\n\n${end}${after}`
}

function pointsOf({ x, series }: Curve): string {
  const xs = [...new Set(series.flatMap(({ points }) => points.map((p) => p.x)))].sort((a, b) => a - b)
  const lines = xs.map((value) => [
    value.toLocaleString('en'),
    ...series.map(({ points }) => points.find((p) => p.x === value)?.y.toLocaleString('en') ?? '–'),
  ])
  return table([x, ...series.map(({ label }) => `${label}, per second`)], lines)
}

/** The median rate of three drains after one to warm up, on a database of its own. */
async function rate(
  { server, say }: GrowthRun,
  name: ContenderName,
  options: Omit<ContenderOptions, 'url'>,
  jobs: number,
  lay: (url: string) => Promise<void> = async () => {},
): Promise<number> {
  const database = 'bench_growth'
  const url = await server.createDatabase(database)
  const contender = await startContender(name, { url, ...options })
  try {
    await lay(url)
    const rates: number[] = []
    for (let round = 0; round < 4; round++) {
      await contender.enqueue(jobs)
      await server.checkpoint()
      const { ms } = await contender.drain(jobs)
      if (round > 0) rates.push((jobs / ms) * 1_000)
    }
    say(`${name} ${JSON.stringify(options)} ${jobs} jobs: ${rates.map((r) => Math.round(r)).join(', ')}/s`)
    return rounded(median(rates))
  } finally {
    await contender.close()
    await server.dropDatabase(database)
  }
}

async function points(xs: readonly number[], measure: (x: number) => Promise<number>) {
  const found: { x: number; y: number }[] = []
  for (const x of xs) found.push({ x, y: await measure(x) })
  return found
}

async function finished(run: GrowthRun): Promise<Curve> {
  const xs = run.quick ? [10_000, 100_000, 1_000_000] : [10_000, 100_000, 1_000_000, 10_000_000]
  const measured = await points(xs, (commands) =>
    rate(run, 'cascata', { work: 'noop' }, 20_000, async (url) => {
      await fillHistory(url, { commands })
      await run.server.withClient(url, (c) => c.query('truncate cascata.command_queue, cascata.event_queue'))
    }),
  )
  return {
    file: 'finished',
    title: 'Finished commands in the tables',
    x: 'finished commands',
    y: 'no-op commands per second',
    series: [{ label: 'cascata', points: measured }],
  }
}

async function daemons(run: GrowthRun): Promise<Curve> {
  const measured = await points([1, 2, 4, 8], (n) => rateOfDaemons(run, n))
  return {
    file: 'daemons',
    title: 'Daemons on one database',
    x: 'daemons',
    y: 'no-op commands per second',
    series: [{ label: 'cascata', points: measured }],
  }
}

const JOBS_OF_DAEMONS = 40_000

/** By the times in the attempts: from the first start to the last commit, whichever daemon it was. */
async function rateOfDaemons({ server, say }: GrowthRun, n: number): Promise<number> {
  const database = 'bench_growth'
  const url = await server.createDatabase(database)
  const source = await startContender('cascata', { url, work: 'noop', watchOnly: true })
  const children = []
  try {
    await source.enqueue(JOBS_OF_DAEMONS)
    for (let i = 0; i < n; i++) children.push(fork(DAEMON_PROCESS, [url], { stdio: ['ignore', 2, 2, 'ipc'] }))
    const perSecond = await server.withClient(url, async (client) => {
      while (
        (
          await client.query(
            'select 1 from cascata.command_queue union all select 1 from cascata.committed_commands limit 1',
          )
        ).rows.length > 0
      )
        await sleep(50)
      const { rows } = await client.query<{ s: number }>(
        'select extract(epoch from max(ended_at) - min(started_at))::double precision as s from cascata.attempts',
      )
      return JOBS_OF_DAEMONS / (rows[0]?.s ?? 0)
    })
    say(`${n} daemons: ${Math.round(perSecond)}/s`)
    return rounded(perSecond)
  } finally {
    for (const child of children) {
      const exited = once(child, 'exit')
      child.disconnect()
      await exited
    }
    await source.close()
    await server.dropDatabase(database)
  }
}

async function tenants(run: GrowthRun): Promise<Curve> {
  const measured = await points([1, 10, 100, 1_000], (n) => rate(run, 'cascata', { work: 'noop', tenants: n }, 20_000))
  return {
    file: 'tenants',
    title: 'Tenants that share the same work',
    x: 'tenants',
    y: 'no-op commands per second',
    series: [{ label: 'cascata', points: measured }],
  }
}

async function batchSizes(run: GrowthRun): Promise<Curve> {
  // Each batch alone: at the left it is the latency of a start that is seen, at the right the rate.
  const measured = await points([1, 100, 1_000, 10_000, 100_000], (n) =>
    rate(run, 'cascata', { work: 'noop', batch: true }, n),
  )
  return {
    file: 'batch-sizes',
    title: 'Members of one batch',
    x: 'members',
    y: 'members per second',
    series: [{ label: 'cascata', points: measured }],
  }
}

async function payloads(run: GrowthRun): Promise<Curve> {
  const series = []
  for (const name of ['cascata', 'graphile-worker'] as const) {
    series.push({
      label: name,
      points: await points([100, 1_024, 8_192, 65_536], (payloadBytes) =>
        rate(run, name, { work: 'noop', payloadBytes }, payloadBytes > 10_000 ? 2_000 : 10_000),
      ),
    })
  }
  return { file: 'payloads', title: 'Payload of a command', x: 'bytes', y: 'no-op commands per second', series }
}
