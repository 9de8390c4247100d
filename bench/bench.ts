/**
 * The speed of the engine against its peers: DESIGN's eight targets, in interleaved rounds on one PostgreSQL. See
 * `npm run bench -- --help` for the flags, docs/benchmarks.md for what it gave. Exit 1 when a target is missed, 2 for a bad
 * flag.
 */
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { measureGrowth } from './growth.ts'
import { BadFlag, type BenchOptions, parseOptions, TARGET_NAMES, USAGE } from './options.ts'
import { profileTable, targetTable } from './report.ts'
import type { TargetResult } from './rounds.ts'
import { Server } from './server.ts'
import { emit } from './targets/emit.ts'
import { history, snapshot } from './targets/history.ts'
import { latency } from './targets/latency.ts'
import { memory } from './targets/memory.ts'
import { batch, noop } from './targets/noop.ts'
import { rows } from './targets/rows.ts'
import type { Run, TargetGroup, WorkloadProfile } from './targets/target.ts'

const GROUPS: readonly TargetGroup[] = [noop, rows, batch, emit, latency, history, snapshot, memory]

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(USAGE)
    return 0
  }
  let options: BenchOptions
  try {
    options = parseOptions(args)
  } catch (error) {
    if (!(error instanceof BadFlag)) throw error
    console.error(`${error.message}\n\n${USAGE}`)
    return 2
  }
  const server = await Server.start()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.stop().finally(() => process.exit(1)))
  }
  try {
    return options.growth ? await drawGrowth(server, options) : await measureTargets(server, options)
  } finally {
    await server.stop()
  }
}

async function drawGrowth(server: Server, { quick, json }: BenchOptions): Promise<number> {
  const curves = await measureGrowth({ server, quick, say })
  const machine = await machineOf(server)
  console.log(
    json
      ? JSON.stringify({ curves, machine }, null, 2)
      : `docs/benchmarks.md has the curves. ${JSON.stringify(machine)}`,
  )
  return 0
}

async function measureTargets(server: Server, options: BenchOptions): Promise<number> {
  const profiles: WorkloadProfile[] = []
  const run: Run = {
    server,
    quick: options.quick,
    rounds: options.quick ? 5 : 9,
    wanted: new Set(options.only),
    say,
    note: (profile) => profiles.push(profile),
  }
  const results: TargetResult[] = []
  for (const group of GROUPS) {
    const names = group.names.filter((name) => run.wanted.has(name))
    if (names.length === 0) continue
    console.error(names.join(', '))
    results.push(...(await group.measure(run)))
  }
  results.sort((a, b) => orderOf(a.name) - orderOf(b.name))
  const machine = await machineOf(server)
  if (options.json) console.log(JSON.stringify({ targets: results, machine, profiles }, null, 2))
  else console.log(`${targetTable(results)}\n\n${profileTable(profiles)}\n\n${JSON.stringify(machine)}`)
  return results.every(({ ok }) => ok) ? 0 : 1
}

async function machineOf(server: Server) {
  const [load] = loadavg()
  return {
    at: new Date().toISOString(),
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    load,
    node: process.version,
    postgres: await server.version(),
  }
}

function say(line: string): void {
  console.error(`  ${line}`)
}

function orderOf(name: string): number {
  return (TARGET_NAMES as readonly string[]).indexOf(name)
}
