/** Chooses, checks and makes the data directory. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { folderClosedTo } from './closed-folder.ts'
import { DevPostgresError } from './dev-postgres-error.ts'
import { openFolder, standInFor } from './open-folder.ts'
import type { ServerAccount } from './server-account.ts'
import type { PostgresVersion } from './server-binaries.ts'
import { tiedToUs } from './tied-process.ts'

/** Where the data will lie: as asked, or in a folder keyed by that path when the server's account cannot go there. */
export async function reachableDataDir(asked: string, account: ServerAccount | undefined): Promise<string> {
  const dataDir = resolve(asked)
  if (!account || !(await folderClosedTo(account, dirname(dataDir)))) return dataDir
  await openFolder()
  return standInFor(dataDir)
}

/** True when a database is there. Throws when it is another's, of another version, or the folder holds other files. */
export async function hasDatabase(dataDir: string, version: PostgresVersion, uid: number): Promise<boolean> {
  const found = await stat(dataDir).catch(() => undefined)
  if (!found) return false
  if (!existsSync(join(dataDir, 'PG_VERSION'))) {
    if ((await readdir(dataDir)).length === 0) return false
    throw new DevPostgresError('data-directory-not-empty', `${dataDir} holds files, but no database.`, {
      fix: 'choose another folder, or empty this one.',
    })
  }
  if (found.uid !== uid) {
    throw new DevPostgresError(
      'data-directory-not-ours',
      `${dataDir} belongs to uid ${found.uid}, we would run as ${uid}.`,
      {
        fix: `run as that user, or remove the folder (the data in it will be lost): ${dataDir}`,
      },
    )
  }
  const made = Number(await readFile(join(dataDir, 'PG_VERSION'), 'utf8'))
  if (made !== version) {
    throw new DevPostgresError(
      'data-directory-other-version',
      `${dataDir} was made by PostgreSQL ${made}, not ${version}.`,
      {
        fix: `ask for version ${made}, or choose another folder.`,
      },
    )
  }
  return true
}

export interface InitialiseOptions {
  dataDir: string
  bin: string
  version: PostgresVersion
  account: ServerAccount | undefined
  /** Skips flushing to disk: for data that may be lost. */
  unsafeFast: boolean
}

/** Makes an empty cluster beside `dataDir` and moves it there whole: a kill in the middle leaves no half of one. */
export async function initialiseDataDir(o: InitialiseOptions): Promise<void> {
  await mkdir(dirname(o.dataDir), { recursive: true }) // not with `mode` 0700: the parents would get it too
  await removeAbandonedParts(o.dataDir)
  const part = await mkdtemp(`${o.dataDir}.part-${process.pid}-`) // mode 0700, as PostgreSQL demands
  try {
    if (o.account) await chown(part, o.account.uid, o.account.gid)
    // 18 has a locale of its own that is the same on every machine; 15 must take the system's.
    const locale = o.version === 18 ? ['--locale-provider=builtin', '--locale=C.UTF-8'] : ['--locale=C.UTF-8']
    const cluster = [`--pgdata=${part}`, '--username=postgres', '--auth=trust', '--encoding=UTF8']
    const args = [...cluster, ...locale, ...(o.unsafeFast ? ['--no-sync'] : [])]
    // Of other signals initdb only makes a note, and goes on.
    const initdb = tiedToUs(join(o.bin, 'initdb'), args, { account: o.account, atOurDeath: 'KILL' })
    await promisify(execFile)(initdb.program, initdb.args, initdb.options)
    await rename(part, o.dataDir)
  } catch (cause) {
    await rm(part, { recursive: true, force: true })
    if (existsSync(join(o.dataDir, 'PG_VERSION'))) return // another process was first: its cluster will do
    throw new DevPostgresError('start-failed', `initdb could not make ${o.dataDir}: ${(cause as Error).message}`, {
      fix: 'read the message of initdb above.',
      cause,
    })
  }
}

/** Parts carry the pid of their maker; those of processes that have ended are rubbish. */
async function removeAbandonedParts(dataDir: string): Promise<void> {
  const parent = dirname(dataDir)
  const prefix = `${basename(dataDir)}.part-`
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue
    const maker = Number.parseInt(name.slice(prefix.length), 10)
    if (!processExists(maker)) await rm(join(parent, name), { recursive: true, force: true })
  }
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === 'EPERM'
  }
}
