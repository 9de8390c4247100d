/** Runs one `postgres` process, from start to its being ready or dead. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { readPostmaster } from './postmaster.ts'
import type { ServerAccount } from './server-account.ts'
import { tiedToUs } from './tied-process.ts'

/** Recovery after a crash can take a while; a server that is silent for this long has a problem. */
const READY_WITHIN_MS = 60_000
const POLL_INTERVAL_MS = 20
const LOG_LINES_MAX = 50

export interface ServerProcess {
  child: ChildProcess
  exited: Promise<void>
}

export interface RunServerOptions {
  bin: string
  dataDir: string
  args: string[]
  account: ServerAccount | undefined
  environment: Readonly<Record<string, string>>
  onLog: ((line: string) => void) | undefined
}

/** Starts the server and waits until it accepts connections; if it never does, returns its last log lines. */
export async function runServer(o: RunServerOptions): Promise<ServerProcess | { failure: string }> {
  const log: string[] = []
  const child = spawnServer(o)
  const exited = new Promise<void>((resolve) => {
    child.once('error', (e) => {
      log.push(e.message)
      resolve()
    })
    child.once('close', () => resolve())
  })
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      log.push(line)
      if (log.length > LOG_LINES_MAX) log.shift()
      o.onLog?.(line)
    })
  }
  let ended = false
  void exited.then(() => {
    ended = true
  })
  for (const deadline = Date.now() + READY_WITHIN_MS; !ended && Date.now() < deadline; ) {
    const postmaster = await readPostmaster(o.dataDir)
    if (postmaster?.pid === child.pid && postmaster?.state === 'ready') return { child, exited }
    await Promise.race([sleep(POLL_INTERVAL_MS), exited])
  }
  child.kill('SIGKILL')
  await exited
  return { failure: log.join('\n') }
}

function spawnServer({ bin, args, account, environment }: RunServerOptions): ChildProcess {
  // SIGINT is a fast shutdown.
  const tied = tiedToUs(join(bin, 'postgres'), args, { account, atOurDeath: 'INT', environment })
  const { program, args: allArgs, options } = tied
  // A group of its own: Ctrl-C in a terminal goes to the whole group, and would end the server before its users.
  return spawn(program, allArgs, { ...options, stdio: ['ignore', 'ignore', 'pipe'], detached: true })
}
