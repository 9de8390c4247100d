/** Before a run that has page tests, once: the client is built. Tests find the folder with `inject('pages')`. */
import { cp, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { VITE, WEB } from '../start/pages.ts'
import { runTool } from '../start/run-tool.ts'
import { StartError } from '../start/start-error.ts'

const BUILD_MS_MAX = 180_000
/** The variable that names a folder with the client as it is now: a check has built it, and it is copied. */
export const BUILT_PAGES = 'CASCATA_TEST_BUILT_PAGES'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder with the built client. */
    pages: string
  }
}

export default async function buildPages(project: TestProject) {
  project.provide('pages', '')
  if (!hasPageTests(project)) return undefined
  const pages = await mkdtemp(join(tmpdir(), 'academy-pages-'))
  const remove = () => rm(pages, { recursive: true, force: true })
  try {
    const built = process.env[BUILT_PAGES]
    await (built ? copyBuilt(built, pages) : build(pages))
  } catch (error) {
    await remove()
    throw error
  }
  project.provide('pages', pages)
  return remove
}

/**
 * Copies a client that is built already.
 * @throws StartError `bad-setting` for a folder without one.
 */
export async function copyBuilt(built: string, folder: string): Promise<void> {
  const page = await stat(join(built, 'index.html')).catch(() => undefined)
  if (!page?.isFile()) {
    throw new StartError(
      'bad-setting',
      `${BUILT_PAGES} names ${built}, and no index.html of a built client is there.`,
      `unset ${BUILT_PAGES}: the tests then build the client themselves.`,
    )
  }
  await cp(built, folder, { recursive: true })
}

/** In a process of its own, as what people get: beside tests, NODE_ENV would have it carry React's development build. */
async function build(folder: string): Promise<void> {
  const args = [VITE, 'build', '--logLevel', 'error', '--outDir', folder, '--emptyOutDir', WEB]
  await runTool(args, { ...process.env, NODE_ENV: 'production' }, AbortSignal.timeout(BUILD_MS_MAX))
}

function hasPageTests({ vitest }: TestProject): boolean {
  if (vitest.config.watch) return true // what the next run will need is not known yet
  return vitest.state.getPaths().some((path) => path.endsWith('.page.test.ts'))
}
