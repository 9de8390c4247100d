/** The database that the system runs on: an embedded PostgreSQL of ours, or the one that DATABASE_URL names. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres } from '@cascata/dev-postgres'
import pg from 'pg'
import { StartError } from './start-error.ts'

const OLDEST = 15
const LOOK_EVERY_MS = 500

export interface Database {
  url: string
  /** For people: version, and where it is. */
  description: string
  stop(): Promise<void>
}

/** An embedded PostgreSQL whose data is in the folder. One that dies is started again, saying so. */
export async function embeddedDatabase(dataDir: string, say: (text: string) => void): Promise<Database> {
  const folder = join(dataDir, 'postgres')
  let server = await startPostgres({ dataDir: folder })
  const stopping = new AbortController()
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await sleep(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => {})
      if (stopping.signal.aborted || isAlive(server.pid)) continue
      say('PostgreSQL ended; starting it again')
      server = await startPostgres({ dataDir: folder, port: server.port }).catch((error) => {
        say(`PostgreSQL does not start: ${(error as Error).message}`)
        return server
      })
      if (isAlive(server.pid)) say('PostgreSQL is back')
    }
  })()
  const url = server.url('postgres')
  try {
    return {
      url,
      description: `PostgreSQL ${await versionOf(url)}, embedded, data in ${server.dataDir}`,
      stop: async () => {
        stopping.abort()
        await watching
        await server.stop()
      },
    }
  } catch (error) {
    stopping.abort()
    await server.stop()
    throw error
  }
}

/** @throws StartError `postgres-unreachable`, `postgres-too-old`. */
export async function givenDatabase(url: string): Promise<Database> {
  const version = await versionOf(url)
  if (Number.parseInt(version, 10) < OLDEST) {
    throw new StartError(
      'postgres-too-old',
      `${place(url)} is PostgreSQL ${version}.`,
      `upgrade it to ${OLDEST} or later, or unset DATABASE_URL for an embedded one.`,
    )
  }
  return { url, description: `PostgreSQL ${version} at ${place(url)}`, stop: async () => {} }
}

async function versionOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {}) // shows in the query under way
  try {
    await client.connect()
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    return rows[0]?.server_version.split(' ')[0] ?? ''
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string }
    throw new StartError(
      'postgres-unreachable',
      `${place(url)} does not let us in: ${message || code}.`,
      fixOf(code),
      error,
    )
  } finally {
    await client.end().catch(() => {})
  }
}

function fixOf(code: string): string {
  if (code === '3D000') return 'create the database, or correct its name in DATABASE_URL.'
  if (code.startsWith('28')) return 'correct user and password in DATABASE_URL, or let them in (pg_hba.conf).'
  return 'start it, correct host and port in DATABASE_URL, or unset DATABASE_URL for an embedded one.'
}

/** Without user and password. */
function place(url: string): string {
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === 'EPERM'
  }
}
