/** The client, built when that is missing or older than what it is made of. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { runTool } from './run-tool.ts'
import { ROOT } from './settings.ts'
import { StartError } from './start-error.ts'

export const WEB = join(ROOT, 'apps/academy/web')
export const VITE = join(ROOT, 'node_modules/vite/bin/vite.js')

const SOURCES = ['apps/academy/web', 'apps/academy/src', 'packages/console/src', 'package-lock.json']
/** Of the server's files only those count that pages import. */
const IS_SOURCE = /\.(tsx|css|svg|html|json)$|\.(contract|fields|ids|view)\.ts$|\/(ui|i18n|http|web|pages)\/[^.]*\.ts$/

export async function pagesAreBuilt(): Promise<boolean> {
  const built = await stat(join(WEB, 'dist/index.html')).catch(() => undefined)
  return built !== undefined && built.mtimeMs >= (await newest(SOURCES.map((path) => join(ROOT, path))))
}

/** @throws StartError `pages-not-built`. */
export async function buildPages(signal: AbortSignal): Promise<void> {
  await runTool([VITE, 'build', '--logLevel', 'warn', WEB], process.env, signal).catch((error: Error) => {
    throw signal.aborted
      ? error
      : new StartError(
          'pages-not-built',
          `The build of the client failed:\n${error.message}`,
          'correct what it says.',
          error,
        )
  })
}

async function newest(paths: string[]): Promise<number> {
  let newestMs = 0
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined)
    if (found?.isFile()) newestMs = Math.max(newestMs, found.mtimeMs)
    if (!found?.isDirectory()) continue
    for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name)
      if (!entry.isFile() || file.startsWith(join(WEB, 'dist')) || !IS_SOURCE.test(file)) continue
      newestMs = Math.max(newestMs, (await stat(file)).mtimeMs)
    }
  }
  return newestMs
}
