/** A system of one's own, on free ports and a data folder that goes when it ends: for the story and for tests. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { tryPort } from './ports.ts'
import { type Running, readRunning } from './running-file.ts'
import { ROOT } from './settings.ts'
import { StartError } from './start-error.ts'

const LOOK_EVERY_MS = 50

export interface OwnSystem {
  /** As of now: processes change when one is started again. */
  running(): Promise<Running>
  child: ChildProcess
  dataDir: string
  /** Of the API, on this machine. */
  port: number
  /** Everything that it has printed. */
  output(): string
  /** Ends it with a signal (SIGTERM), removes the folder, and returns its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export interface OwnSystemOptions {
  /** Default `start`. */
  verb?: 'start' | 'serve'
  env?: NodeJS.ProcessEnv
  onLine?: (line: string) => void
  /** Gives up waiting for it to be ready. */
  signal?: AbortSignal
}

/** @throws StartError `process-failed` with all that it said, when it ends before it is ready. */
export async function startOwnSystem({
  verb = 'start',
  env = {},
  onLine,
  signal,
}: OwnSystemOptions = {}): Promise<OwnSystem> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cascata-own-'))
  await chmod(dataDir, 0o755) // the account that runs PostgreSQL must be able to enter
  const all: NodeJS.ProcessEnv = { ...(await withoutSettings()), DATA_DIR: dataDir, ...env }
  const child = spawn(process.execPath, [join(ROOT, `scripts/${verb}.ts`)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: all,
    detached: true, // Ctrl-C is for who started it, who then ends it
  })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      onLine?.(line)
    })
  }
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
  let ended = false
  void exited.then(() => {
    ended = true
  })
  const killNow = () => child.kill('SIGKILL')
  process.once('exit', killNow) // its processes and its database go with it
  const stop = async (how: NodeJS.Signals = 'SIGTERM') => {
    child.kill(how)
    const code = await exited
    process.off('exit', killNow)
    await rm(dataDir, { recursive: true, force: true, maxRetries: 20 })
    return code
  }
  while (!ended && !signal?.aborted) {
    const running = await readRunning(all['DATA_DIR'] ?? dataDir)
    if (running?.ready) {
      return {
        running: () => runningOn(all['DATA_DIR'] ?? dataDir),
        child,
        dataDir,
        port: Number(all['PORT']),
        output: () => lines.join('\n'),
        stop,
      }
    }
    await Promise.race([sleep(LOOK_EVERY_MS), exited])
  }
  await stop()
  signal?.throwIfAborted()
  throw new StartError(
    'process-failed',
    `The system ended before it was ready:\n${lines.join('\n')}`,
    'correct what it says.',
  )
}

async function runningOn(dataDir: string): Promise<Running> {
  const running = await readRunning(dataDir)
  if (!running) throw new Error(`Nothing runs on ${dataDir}.`)
  return running
}

/** Our environment without what would lead it to another's database, ports or provider. */
async function withoutSettings(): Promise<NodeJS.ProcessEnv> {
  const { DATABASE_URL, PUBLIC_URL, HOST, MAIL_URL, MAIL_FROM, MAIL_API_KEY, MAIL_USER, MAIL_PASSWORD, ...rest } =
    process.env
  const ports: number[] = []
  while (ports.length < 3) {
    const port = await tryPort('127.0.0.1', 0)
    if (!ports.includes(port)) ports.push(port)
  }
  return {
    ...rest,
    PORT: String(ports[0]),
    MAILBOX_PORT: String(ports[1]),
    MAILBOX_SMTP_PORT: String(ports[2]),
  }
}
