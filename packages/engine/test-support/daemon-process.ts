import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface DaemonProcess {
  readonly process: ChildProcess
  readonly pid: number
  /** Sends the signal and waits for the end. @returns the exit code; null when the signal ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>
  readonly ended: Promise<number | null>
}

/** Options of the daemon in the child, besides its database. */
export interface ChildOptions {
  /** `ledger` (default): `ledger-app.ts`; `tree`: `tree-app.ts`. */
  app?: 'ledger' | 'tree'
  concurrency?: number
  commandsMax?: number
  eventsMax?: number
  leaseMs?: number
  pollMs?: number
  without?: readonly string[]
}

/** A daemon in a process of its own, which may be killed. Resolves when it works. */
export async function startDaemonProcess(url: string, options: ChildOptions = {}): Promise<DaemonProcess> {
  const main = fileURLToPath(new URL('./daemon-main.ts', import.meta.url))
  const child = fork(main, [url, JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'compile-cache') }, // they start many times
  })
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const ready = once(child, 'message')
  const first = await Promise.race([ready.then(() => 'ready' as const), ended])
  if (first !== 'ready') throw new Error(`The daemon ended with ${first} before it was ready:\n${errors}`)
  return {
    process: child,
    pid: child.pid as number,
    ended,
    async end(signal) {
      child.kill(signal)
      return await ended
    },
  }
}
