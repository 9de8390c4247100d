/** `running.json` in the data folder: who runs on it, and where. Kept while the system runs; its owner alone may read it. */
import { readFileSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from './start-error.ts'

export interface Running {
  /** Of the supervisor. */
  pid: number
  ready: boolean
  url: string
  mailboxUrl: string
  /** Of the role that prepared the database. */
  databaseUrl: string
  /** Name of a part → its process. */
  processes: Record<string, number>
}

const fileIn = (dataDir: string) => join(dataDir, 'running.json')

/** What runs on the data folder; undefined when nothing does, or what did was killed. */
export async function readRunning(dataDir: string): Promise<Running | undefined> {
  const text = await readFile(fileIn(dataDir), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    const running = JSON.parse(text) as Running
    return isSupervisor(running.pid) ? running : undefined
  } catch {
    return undefined // cut off by a full disk
  }
}

/** @throws StartError `already-running`. */
export async function claimDataDir(dataDir: string): Promise<(running: Omit<Running, 'pid'>) => Promise<void>> {
  const other = await readRunning(dataDir)
  if (other && other.pid !== process.pid) {
    throw new StartError(
      'already-running',
      `A system runs on ${dataDir} already: ${other.url}, process ${other.pid}.`,
      'use that one, stop it with Ctrl-C, or start this one with another DATA_DIR.',
    )
  }
  await mkdir(dataDir, { recursive: true })
  let writing = Promise.resolve()
  return (running) => {
    const text = `${JSON.stringify({ pid: process.pid, ...running }, null, 2)}\n`
    const draft = `${fileIn(dataDir)}.${process.pid}`
    writing = writing.then(async () => {
      await writeFile(draft, text, { mode: 0o600 })
      await rename(draft, fileIn(dataDir))
    })
    return writing
  }
}

export async function releaseDataDir(dataDir: string): Promise<void> {
  const running = await readRunning(dataDir)
  if (running?.pid === process.pid) await rm(fileIn(dataDir), { force: true })
}

/** Pids come again: after a kill the file names one that may be anybody's. */
function isSupervisor(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  if (process.platform !== 'linux') return true
  try {
    return /scripts\/(start|dev|serve)\.ts/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
  } catch {
    return false
  }
}
