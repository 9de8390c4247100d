import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@cascata/dev-postgres'

/** A PostgreSQL whose data are gone once it is stopped, on settings of the caller's. */
export async function startOwnPostgres(settings: Record<string, string | number>) {
  const folder = await mkdtemp(join(tmpdir(), 'cascata-bench-'))
  await chmod(folder, 0o755) // the account that runs PostgreSQL must get in
  const running = await startPostgres({ dataDir: join(folder, 'data'), settings })
  return {
    url: (database?: string) => running.url(database),
    port: running.port,
    pid: running.pid,
    stop: async () => {
      await running.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
