import { execFile } from 'node:child_process'
import { access, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The embedded PostgreSQL ships no pgbench; Debian's postgresql-15 does, and it drives any server. */
const PROGRAM = join(process.env['CASCATA_POSTGRES_15_BIN'] ?? '/usr/lib/postgresql/15/bin', 'pgbench')

export interface PgbenchOptions {
  url: string
  script: string
  clients: number
  /** Transactions of each client, or `seconds`. */
  transactions?: number
  seconds?: number
}

/** @returns transactions per second, without the time of connecting. @throws Error when it is missing or one failed. */
export async function pgbench({ url, script, clients, transactions, seconds }: PgbenchOptions): Promise<number> {
  await access(PROGRAM).catch(() => {
    throw new Error(`There is no ${PROGRAM}. On Debian 12: apt-get install postgresql-15.`)
  })
  const folder = await mkdtemp(join(tmpdir(), 'cascata-pgbench-'))
  try {
    await chmod(folder, 0o755)
    const file = join(folder, 'script.sql')
    await writeFile(file, script)
    const { hostname, port, username, pathname } = new URL(url)
    const amount = transactions === undefined ? ['-T', String(seconds)] : ['-t', String(transactions)]
    const args = ['-n', '-M', 'prepared', '-c', String(clients), '-j', '2', ...amount, '-D', 'i=0', '-f', file]
    const where = ['-h', hostname, '-p', port, '-U', username, pathname.slice(1)]
    const { stdout } = await promisify(execFile)(PROGRAM, [...args, ...where])
    const tps = /tps = ([\d.]+) \(without/.exec(stdout)?.[1]
    if (!tps || !/number of failed transactions: 0 /.test(stdout)) throw new Error(`pgbench said:\n${stdout}`)
    return Number(tps)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
