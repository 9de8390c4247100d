import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/**
 * Runs a program to its end on our terminal and returns its exit code. A signal that we get meanwhile goes to it, and when
 * it has ended, so do we: nothing stays behind.
 */
export async function runCommand(program: string, args: string[], cwd: string): Promise<number> {
  const child = spawn(program, args, { cwd, stdio: 'inherit' })
  let ended: NodeJS.Signals | undefined
  const pass = (signal: NodeJS.Signals) => {
    ended = signal
    // Ctrl-C in a terminal reaches the whole foreground group, the child too.
    if (!(signal === 'SIGINT' && process.stdin.isTTY)) child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, pass)
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exitCode, signal) => resolve(exitCode ?? 128 + constants.signals[signal ?? 'SIGKILL']))
  })
  for (const signal of signals) process.off(signal, pass)
  if (ended) process.exit(128 + constants.signals[ended])
  return code
}
