/** Vitest's global setup: one PostgreSQL of each version that this run's tests need, and a temporary folder for the run. */
import { constants, existsSync, rmSync } from 'node:fs'
import { access, chmod, mkdtemp, readdir, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PostgresVersion, type RunningPostgres, startPostgres } from '@cascata/dev-postgres'
import type { TestProject } from 'vitest/node'

const PREFIX = 'cascata-test-'
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Linux's file system in memory. */
const MEMORY = '/dev/shm'
/** Runs held less than 1 GiB at any time; their processes need memory as well. */
const MEMORY_BYTES_MIN = 8 * 1024 ** 3

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide('pg18Url', undefined)
  project.provide('pg15Url', undefined)
  await removeAbandonedFolders()
  const folder = await mkdtemp(join(await temporaryFolder(), `${PREFIX}${process.pid}-`))
  await chmod(folder, 0o755) // mkdtemp gives 0700, and the account that root drops to could not enter
  process.env['TMPDIR'] = folder // for the workers: what a test that is killed leaves in tmpdir() goes too
  const servers: RunningPostgres[] = []
  // Vitest skips the teardown when a signal ends it. And one Ctrl-C may arrive twice, from the terminal and by way of npm:
  // the second must not end us in the middle of cleaning up.
  const exit = (_name: string, signal: number) => process.exit(128 + signal)
  const cleanUp = () => endAtOnce(servers, folder)
  for (const name of SIGNALS) process.on(name, exit)
  process.once('exit', cleanUp)
  const teardown = async () => {
    await Promise.all(servers.map((server) => server.stop()))
    await rm(folder, { recursive: true, force: true })
    process.off('exit', cleanUp)
    for (const name of SIGNALS) process.off(name, exit)
  }
  const started = await Promise.allSettled(
    versionsNeeded(project).map(async (version) => {
      const server = await startPostgres({
        dataDir: join(folder, `postgres-${version}`),
        version,
        unsafeFast: true,
        settings: { max_connections: 200 },
      })
      servers.push(server)
      project.provide(version === 18 ? 'pg18Url' : 'pg15Url', server.url())
    }),
  )
  const failed = started.find((result) => result.status === 'rejected')
  if (failed) {
    await teardown()
    throw failed.reason
  }
  return teardown
}

/**
 * Memory where there is plenty, unless TMPDIR names a folder. Each database of a test is some 300 files, and ext4 avoids the
 * inodes of files that were removed in the last seconds: its search for others took a third of a run's processor time.
 */
async function temporaryFolder(): Promise<string> {
  if (process.env['TMPDIR']) return tmpdir()
  try {
    await access(MEMORY, constants.W_OK)
    const { bavail, bsize } = await statfs(MEMORY)
    return Math.min(bavail * bsize, process.availableMemory()) >= MEMORY_BYTES_MIN ? MEMORY : tmpdir()
  } catch {
    return tmpdir() // there is none, as on macOS, or it is closed to this account
  }
}

/** Starting a server takes a second or two, which a run of a few unit tests should not pay. */
function versionsNeeded({ vitest }: TestProject): PostgresVersion[] {
  if (vitest.config.watch) return [18, 15] // what the next run will need is not known yet
  const paths = vitest.state.getPaths()
  const withEngine = vitest.projects.some((project) => project.name === 'engine-pg15')
  const needs15 = withEngine && paths.some((path) => /\/packages\/engine\/.*\.pg\.test\.ts$/.test(path))
  const needs18 = paths.some((path) => /\.(pg|page)\.test\.ts$/.test(path))
  return [...(needs18 ? [18 as const] : []), ...(needs15 ? [15 as const] : [])]
}

/** Nothing can be awaited in a process that exits. */
function endAtOnce(servers: RunningPostgres[], folder: string): void {
  for (const { pid } of servers) {
    try {
      process.kill(pid, 'SIGQUIT')
    } catch {
      // it has ended already
    }
  }
  // A server on its way out still writes and removes files, at which rmSync gives up: with an error, or, worse, without.
  for (let attempt = 0; attempt < 40 && existsSync(folder); attempt++) {
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    }
  }
}

/** A run that was killed with SIGKILL leaves its folder (the kernel ends its servers); the name carries the run's pid. */
async function removeAbandonedFolders(): Promise<void> {
  for (const parent of new Set([tmpdir(), MEMORY])) {
    for (const name of await readdir(parent).catch(() => [])) {
      if (!name.startsWith(PREFIX)) continue
      const pid = Number.parseInt(name.slice(PREFIX.length), 10)
      if (pid && !isAlive(pid)) await rm(join(parent, name), { recursive: true, force: true })
    }
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === 'EPERM'
  }
}
