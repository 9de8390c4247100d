/**
 * Starts a private PostgreSQL for development and tests, or takes over the one that already runs on the same data.
 *
 *     no data → initdb → start → ready
 *     data, no server → start (recovers after a crash) → ready
 *     data, server ready → adopt
 *     data, server starting or stopping → look again
 */

import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { hasDatabase, initialiseDataDir, reachableDataDir } from './data-directory.ts'
import { DevPostgresError } from './dev-postgres-error.ts'
import { freePort } from './free-port.ts'
import {
  isPostmaster,
  type Postmaster,
  pidIsReused,
  readPostmaster,
  STARTER_SETTING,
  starterLives,
} from './postmaster.ts'
import { type ServerAccount, serverAccount } from './server-account.ts'
import { type PostgresVersion, serverBinaries } from './server-binaries.ts'
import { runServer } from './server-process.ts'

/** Settings that decide where the server listens or what files it reads. They are ours. */
const RESERVED_SETTINGS = [
  'config_file',
  'data_directory',
  'external_pid_file',
  'hba_file',
  'ident_file',
  'listen_addresses',
  'port',
  'unix_socket_directories',
  STARTER_SETTING,
]
/** A server that was just killed, or is stopping, holds its lock file for a moment. */
const LOCK_WAIT_MS = 15_000
const LOOK_AGAIN_MS = 100
/** A fast shutdown that takes longer than this becomes an immediate one (the next start recovers). */
const FAST_STOP_MS = 10_000

/**
 * For glibc 2.35 and later: memory is asked for by 4 MiB and in large pages, which costs a session of a test, which is new
 * each time, two faults where it had a thousand. Another libc pays no heed. Source: glibc's manual, Memory Allocation Tunables.
 */
const LARGE_PAGES = ['hugetlb=1', 'top_pad=4194304', 'trim_threshold=134217728', 'mmap_threshold=8388608']
  .map((tunable) => `glibc.malloc.${tunable}`)
  .join(':')

export interface StartPostgresOptions {
  /**
   * Folder of the data; made when missing. When we are root and the account that runs the server cannot enter the folders
   * above it, the data lies elsewhere: see `RunningPostgres.dataDir`.
   */
  dataDir: string
  /** TCP port on 127.0.0.1. Default 0: any free one. A server that is adopted keeps the port that it has. */
  port?: number
  /** More settings, as in postgresql.conf: `{ max_connections: 200 }`. Where the server listens is not among them. */
  settings?: Record<string, string | number>
  /**
   * Never flushes to disk, and takes memory by the MiB: several times faster, and a power cut destroys the data. For tests.
   * Default false.
   */
  unsafeFast?: boolean
  /** Major version. Default 18, which npm brings; 15 must be installed by Debian's `postgresql-15`. */
  version?: PostgresVersion
  /** Called with every line of the server's log. An adopted server's log goes to who started it. */
  onLog?: (line: string) => void
}

export interface RunningPostgres {
  /** Connection string of the superuser. Default database: `postgres`. */
  url(database?: string): string
  port: number
  /** Process id of the server. */
  pid: number
  /** True when the server was running already, with the settings of whoever started it. */
  adopted: boolean
  /** Where the data lies, an absolute path. */
  dataDir: string
  /**
   * Stops the server and resolves when it has ended; may be called twice. A server that was adopted from a process that
   * still lives is left to that process.
   */
  stop(): Promise<void>
}

/**
 * Starts PostgreSQL on 127.0.0.1, without password: any local user of this machine can connect, as with every development
 * database. The server ends with the thread that called this (Linux), so call it from the main one.
 *
 * Throws `DevPostgresError`; its `code` says which of `DEV_POSTGRES_ERROR_CODES` happened.
 */
export async function startPostgres(options: StartPostgresOptions): Promise<RunningPostgres> {
  refuseReservedSettings(options.settings)
  const version = options.version ?? 18
  const account = await serverAccount(resolve(options.dataDir))
  const dataDir = await reachableDataDir(options.dataDir, account)
  const bin = await serverBinaries(version, account)
  if (!(await hasDatabase(dataDir, version, account?.uid ?? process.getuid?.() ?? 0))) {
    await initialiseDataDir({ dataDir, bin, version, account, unsafeFast: options.unsafeFast ?? false })
  }

  for (const deadline = Date.now() + LOCK_WAIT_MS; ; await sleep(LOOK_AGAIN_MS)) {
    const running = await settledServer(dataDir)
    if (running) return adopt(running, dataDir)
    const started = await start(options, { bin, dataDir, account })
    if ('stop' in started) return started
    const portLost = /could not bind|could not create any TCP/.test(started.failure)
    if (portLost && options.port) throw portTaken(options.port)
    // The shared memory of a killed server goes with the last of its children.
    const mayPass = portLost || /lock file|pre-existing shared memory/.test(started.failure)
    if (!mayPass || Date.now() > deadline) {
      throw new DevPostgresError(
        'start-failed',
        `PostgreSQL ${version} did not start on ${dataDir}:\n${started.failure}\n`,
        {
          fix: 'read the log above; it is the last that the server said.',
        },
      )
    }
  }
}

function refuseReservedSettings(settings: Record<string, unknown> = {}): void {
  for (const name of Object.keys(settings)) {
    if (!RESERVED_SETTINGS.includes(name.trim().toLowerCase())) continue
    throw new DevPostgresError('reserved-setting', `The setting ${name} cannot be given.`, {
      fix: name === 'port' ? 'use the option `port`.' : 'leave it out.',
    })
  }
}

/**
 * The server that runs on the data, once it is neither starting nor stopping. It must be ready at two looks: one whose
 * parent was killed this instant has not heard of it yet.
 */
async function settledServer(dataDir: string): Promise<Postmaster | undefined> {
  for (let before: Postmaster | undefined; ; await sleep(LOOK_AGAIN_MS)) {
    const now = await readPostmaster(dataDir)
    if (!now) return undefined
    if (!(await isPostmaster(now.pid, dataDir))) {
      // PostgreSQL does not start while that pid belongs to any process of its user. In all other cases the file stays:
      // by it a new server knows that children of the killed one still use the shared memory.
      if (await pidIsReused(now.pid, dataDir)) await rm(join(dataDir, 'postmaster.pid'), { force: true })
      return undefined
    }
    if (now.state === 'ready' && before?.state === 'ready' && before.pid === now.pid) return now
    before = now
  }
}

function adopt({ pid, port }: Postmaster, dataDir: string): RunningPostgres {
  const stop = once(async () => {
    if (!(await isPostmaster(pid, dataDir)) || (await starterLives(pid))) return
    await endServer(
      (signal) => process.kill(pid, signal),
      async () => {
        while (await isPostmaster(pid, dataDir)) await sleep(LOOK_AGAIN_MS)
      },
    )
  })
  return { url: urlOn(port), port, pid, adopted: true, dataDir, stop }
}

async function start(
  options: StartPostgresOptions,
  { bin, dataDir, account }: { bin: string; dataDir: string; account: ServerAccount | undefined },
): Promise<RunningPostgres | { failure: string }> {
  const port = options.port || (await freePort())
  const settings = {
    ...(options.unsafeFast && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...options.settings,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    [STARTER_SETTING]: process.pid,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = await runServer({
    bin,
    dataDir,
    args: ['-D', dataDir, '-p', String(port), ...flags],
    account,
    environment: options.unsafeFast ? { GLIBC_TUNABLES: LARGE_PAGES } : {},
    onLog: options.onLog,
  })
  if ('failure' in server) return server
  const { child, exited } = server
  const stop = once(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    await endServer(
      (signal) => child.kill(signal),
      () => exited,
    )
  })
  return { url: urlOn(port), port, pid: child.pid as number, adopted: false, dataDir, stop }
}

/** SIGINT is a fast shutdown (clients are disconnected), SIGQUIT an immediate one. */
async function endServer(signal: (name: 'SIGINT' | 'SIGQUIT') => void, ended: () => Promise<void>): Promise<void> {
  signal('SIGINT')
  const gone = ended()
  const patience = new AbortController()
  const late = sleep(FAST_STOP_MS, true, { signal: patience.signal }).catch(() => false)
  if (await Promise.race([gone.then(() => false), late])) signal('SIGQUIT')
  await gone
  patience.abort()
}

function once(action: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined
  return () => {
    result ??= action()
    return result
  }
}

function urlOn(port: number): (database?: string) => string {
  return (database = 'postgres') => `postgres://postgres@127.0.0.1:${port}/${encodeURIComponent(database)}`
}

function portTaken(port: number): DevPostgresError {
  return new DevPostgresError('port-taken', `Port ${port} on 127.0.0.1 is in use.`, {
    fix: `stop what uses it, or choose another port (0 takes any free one).`,
  })
}
