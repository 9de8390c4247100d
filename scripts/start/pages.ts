/** The client, built when that is missing or older than what it is made of. */
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { runTool } from './run-tool.ts'
import { ROOT } from './settings.ts'
import { StartError } from './start-error.ts'

export const WEB = join(ROOT, 'apps/academy/web')
const DIST = join(WEB, 'dist')
export const VITE = join(ROOT, 'node_modules/vite/bin/vite.js')

const SOURCES = ['apps/academy/web', 'apps/academy/src', 'packages/console/src', 'package-lock.json']
/** Of the server's files only those count that pages import. */
const IS_SOURCE = /\.(tsx|css|svg|html|json)$|\.(contract|fields|ids|view)\.ts$|\/(ui|i18n|http|web|pages)\/[^.]*\.ts$/

export async function pagesAreBuilt(): Promise<boolean> {
  const built = await stat(join(DIST, 'index.html')).catch(() => undefined)
  return built !== undefined && built.mtimeMs >= (await newest(SOURCES.map((path) => join(ROOT, path))))
}

/**
 * Builds beside and moves into place whole: a running server never serves half of a build, and two builds do not mix.
 * @throws StartError `pages-not-built`.
 */
export async function buildPages(signal: AbortSignal): Promise<void> {
  const beside = join(ROOT, `node_modules/.cache/academy-pages-${process.pid}`)
  const before = `${beside}-before`
  try {
    const args = [VITE, 'build', '--logLevel', 'warn', '--outDir', beside, '--emptyOutDir', WEB]
    await runTool(args, process.env, signal).catch((error: Error) => {
      if (signal.aborted) throw error
      const what = `The build of the client failed:\n${error.message}`
      throw new StartError('pages-not-built', what, 'correct what it says.', error)
    })
    await rename(DIST, before).catch(ignoring('ENOENT'))
    await rename(beside, DIST).catch(ignoring('ENOTEMPTY', 'EEXIST')) // another build was first: its files will do
  } finally {
    for (const folder of [beside, before]) await rm(folder, { recursive: true, force: true })
  }
}

const ignoring =
  (...codes: string[]) =>
  (error: NodeJS.ErrnoException) => {
    if (!codes.includes(error.code ?? '')) throw error
  }

async function newest(paths: string[]): Promise<number> {
  let newestMs = 0
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined)
    if (found?.isFile()) newestMs = Math.max(newestMs, found.mtimeMs)
    if (!found?.isDirectory()) continue
    for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name)
      if (!entry.isFile() || file.startsWith(`${DIST}/`) || !IS_SOURCE.test(file)) continue
      newestMs = Math.max(newestMs, (await stat(file)).mtimeMs)
    }
  }
  return newestMs
}
