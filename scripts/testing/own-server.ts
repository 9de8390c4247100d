import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type PostgresVersion, startPostgres } from '@cascata/dev-postgres'
import pg from 'pg'
import { isAlive } from './postgres-servers.ts'

/** A PostgreSQL that a test or a benchmark has for itself: with fsync on, as in production, and gone once it is stopped. */
export interface OwnServer {
  url(database?: string): string
  readonly port: number
  readonly pid: number
  /** Ends it without a word to its clients or to the disk, and starts it again on the same port: it recovers. */
  crash(): Promise<void>
  /** Stops it, and starts it again on the same port after so long. */
  away(ms: number): Promise<void>
  stop(): Promise<void>
}

/** @param settings as in postgresql.conf. */
export async function ownServer(settings: Record<string, string | number>): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'cascata-own-server-'))
  await chmod(folder, 0o755) // the account that runs PostgreSQL must get in
  const version = Number(process.env['CASCATA_TEST_PG'] ?? 18) as PostgresVersion
  const start = (port: number) => startPostgres({ dataDir: join(folder, 'data'), port, settings, version })
  let running = await start(0)
  const { port } = running
  return {
    url: (database) => running.url(database),
    port,
    get pid() {
      return running.pid
    },
    async crash() {
      process.kill(running.pid, 'SIGQUIT')
      while (isAlive(running.pid)) await sleep(5)
      running = await start(port)
    },
    async away(ms) {
      await running.stop()
      await sleep(ms)
      running = await start(port)
    },
    async stop() {
      await deserted(running.url()).catch(() => {})
      await running.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A pool that has ended is not heard any more while its connections go: told that the server goes, they would end the run. */
async function deserted(url: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  const others = `select 1 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`
  for (let looks = 0; looks < 100 && (await client.query(others)).rowCount !== 0; looks++) await sleep(20)
  await client.end()
}
