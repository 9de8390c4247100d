/** Where files go that the server's account must reach, when the checkout is closed to it. Used by root only. */
import { createHash } from 'node:crypto'
import { chmod, mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** In /var/lib and not in /tmp: development data outlives a restart, and nobody but root can put files there first. */
const OPEN_FOLDER = '/var/lib/cascata-dev-postgres'

/** The folder that stands in for the closed `dataDir`: the same path always gives the same one, two paths never do. */
export function standInFor(dataDir: string): string {
  const key = createHash('sha256').update(dataDir).digest('hex').slice(0, 16)
  return join(OPEN_FOLDER, `${basename(dataDir)}-${key}`)
}

/** Makes the open folder, enterable by all and writable by root alone, and returns its path. */
export async function openFolder(): Promise<string> {
  await mkdir(OPEN_FOLDER, { recursive: true })
  await chmod(OPEN_FOLDER, 0o755)
  return OPEN_FOLDER
}
