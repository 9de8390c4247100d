/** What the server itself says about its state: the file postmaster.pid in its data directory, and its process. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Postmaster {
  pid: number
  port: number
  state: 'starting' | 'ready' | 'stopping'
}

/** Reads postmaster.pid: line 1 is the pid, 4 the port, 8 the state. The process may be gone; see `isPostmaster`. */
export async function readPostmaster(dataDir: string): Promise<Postmaster | undefined> {
  const lines = (await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const pid = Number(lines[0])
  if (!pid) return undefined
  const state = lines[7]?.trim()
  return {
    pid,
    port: Number(lines[3]),
    state: state === 'ready' || state === 'stopping' ? state : 'starting',
  }
}

/** True when `pid` is a server on `dataDir`, and not a zombie or another program that was given a used pid. */
export async function isPostmaster(pid: number, dataDir: string): Promise<boolean> {
  const found = await processOf(pid)
  return found?.command.includes(`-D ${dataDir} `) ?? false
}

/** True when the pid was given to another program since. A server that was killed leaves its file, and pids come again. */
export async function pidIsReused(pid: number, dataDir: string): Promise<boolean> {
  return (await processOf(pid)) !== undefined && !(await isPostmaster(pid, dataDir))
}

/** The setting by which a server remembers which process started it. */
export const STARTER_SETTING = 'cascata.starter_pid'

/** True while the process that started the server is still its parent, so that stopping it is not our business. */
export async function starterLives(pid: number): Promise<boolean> {
  const found = await processOf(pid)
  return found?.command.includes(`${STARTER_SETTING}=${found.parent} `) ?? false
}

/** Parent and command line (arguments joined by spaces, one at the end); `undefined` when it has ended. */
async function processOf(pid: number): Promise<{ parent: number; command: string } | undefined> {
  if (existsSync('/proc/self')) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') // '' for a zombie
    return command
      ? { parent: Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]), command: command.replaceAll('\0', ' ') }
      : undefined
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=,command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }))
  const [, parent, command] = /^\s*(\d+)\s+(.*\S)\s*$/m.exec(stdout) ?? []
  return parent && command ? { parent: Number(parent), command: `${command} ` } : undefined
}
