/**
 * One process that is kept alive.
 *
 *     start → ready (its own words say so) → dies → started again at once; one that dies before that waits longer each time
 *     start → dies before it was ever ready → `start` rejects with the last that it said
 *     stop  → SIGTERM, and SIGKILL when the patience ends
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from './start-error.ts'

const SETPRIV = '/usr/bin/setpriv'
/** Who was ready did not die of its start, and comes back after this, however soon it died. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5_000
const FIRST_READY_WITHIN_MS = 60_000
const LAST_LINES = 20

export interface SupervisedOptions {
  name: string
  /** Arguments of `node`. */
  args: string[]
  env: NodeJS.ProcessEnv
  /** Matches the line by which it says that it is ready. */
  ready: RegExp
  onLine: (line: string) => void
  onChange: (change: Change) => void
}

export type Change =
  | { kind: 'started'; pid: number }
  | { kind: 'died'; how: string; waitMs: number }
  | { kind: 'back'; pid: number; afterMs: number }

export class Supervised {
  readonly name: string
  readonly #options: SupervisedOptions
  readonly #first = Promise.withResolvers<void>()
  readonly #stopping = new AbortController()
  #child: ChildProcess | undefined
  #exited: Promise<void> = Promise.resolve()
  #restarts = Promise.resolve()
  #wasReady = false
  #expectsEnd = false
  #waitMs = FIRST_WAIT_MS

  constructor(options: SupervisedOptions) {
    this.name = options.name
    this.#options = options
    this.#first.promise.catch(() => {}) // whoever started it is told; nobody else need ask
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Resolves when it is ready for the first time. */
  start(): Promise<void> {
    this.#spawn(undefined)
    const late = setTimeout(
      () => this.#first.reject(this.#neverReady('was silent for a minute', [])),
      FIRST_READY_WITHIN_MS,
    )
    return this.#first.promise.finally(() => clearTimeout(late))
  }

  /** Ends it gently and starts it anew: its code has changed. */
  restart(graceMs: number): Promise<void> {
    this.#restarts = this.#restarts.then(async () => {
      if (this.#stopping.signal.aborted) return
      this.#expectsEnd = true
      await this.#end(graceMs)
      this.#expectsEnd = false
      if (!this.#stopping.signal.aborted) this.#spawn(performance.now())
    })
    return this.#restarts
  }

  /** Whoever still waits for its start is told that there will be none. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort()
    this.#first.reject(this.#neverReady('was stopped', []))
    await this.#end(graceMs)
  }

  /** For the last moment of our own process, when nothing can be awaited. */
  killNow(): void {
    this.#stopping.abort()
    if (this.#isRunning()) this.#child?.kill('SIGKILL')
  }

  #isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  async #end(graceMs: number): Promise<void> {
    if (this.#isRunning()) this.#child?.kill('SIGTERM')
    const patience = new AbortController()
    const late = sleep(graceMs, true, { signal: patience.signal }).catch(() => false)
    if (await Promise.race([this.#exited.then(() => false), late])) this.#child?.kill('SIGKILL')
    patience.abort()
    await this.#exited
  }

  #spawn(diedAtMs: number | undefined): void {
    const { args, env, ready, onLine, onChange } = this.#options
    // The kernel ends it with us, even when we are killed. A group of its own: Ctrl-C must reach it through us, in our order.
    const tied = process.platform === 'linux' && existsSync(SETPRIV)
    const program = tied ? SETPRIV : process.execPath
    const all = tied ? ['--pdeathsig=KILL', process.execPath, ...args] : args
    const child = spawn(program, all, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    const last: string[] = []
    let readySeen = false
    const hear = (line: string) => {
      last.push(line)
      if (last.length > LAST_LINES) last.shift()
      onLine(line)
      if (readySeen || !ready.test(line)) return
      readySeen = true
      if (diedAtMs !== undefined) onChange({ kind: 'back', pid: child.pid ?? 0, afterMs: performance.now() - diedAtMs })
      this.#wasReady = true
      this.#first.resolve()
    }
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', hear)
    this.#child = child
    if (child.pid) onChange({ kind: 'started', pid: child.pid })
    const ended = Promise.withResolvers<void>()
    this.#exited = ended.promise
    child.once('error', (error) => {
      last.push(error.message)
      this.#first.reject(this.#neverReady('did not start', last))
      ended.resolve()
    })
    child.once('close', (code, signal) => {
      ended.resolve()
      if (this.#stopping.signal.aborted || this.#expectsEnd) return
      const how = signal ?? `exit code ${code}`
      if (!this.#wasReady) {
        this.#first.reject(this.#neverReady(`ended (${how})`, last))
        return
      }
      if (readySeen) this.#waitMs = FIRST_WAIT_MS
      const waitMs = this.#waitMs
      this.#waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
      onChange({ kind: 'died', how, waitMs })
      const diedMs = performance.now()
      sleep(waitMs, undefined, { signal: this.#stopping.signal }).then(
        () => {
          if (!this.#isRunning()) this.#spawn(diedMs)
        },
        () => {},
      )
    })
  }

  #neverReady(how: string, last: string[]): StartError {
    const said = last.length > 0 ? `; the last that it said:\n${last.join('\n')}` : ' and said nothing.'
    return new StartError(
      'process-failed',
      `${this.name} ${how} before it was ready${said}`,
      'correct what it says, and start again.',
    )
  }
}
