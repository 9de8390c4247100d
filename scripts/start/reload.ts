/** Watches the sources of the server and tells what a change asks for. The client's own are Vite's business. */
import { watch } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './settings.ts'

const FOLDERS = [
  'apps/academy/bin',
  'apps/academy/src',
  'apps/academy/migrations',
  'packages/engine/src',
  'packages/console/src',
]
/** Editors write a file more than once, and a checkout writes many. */
const SETTLE_MS = 200

export interface Changed {
  /** Names of the files, relative to the repository. */
  files: string[]
  migrations: boolean
  mailbox: boolean
}

export function watchSources(onChange: (changed: Changed) => void, signal: AbortSignal): void {
  const files = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  for (const folder of FOLDERS) {
    watch(join(ROOT, folder), { recursive: true, signal }, (_, name) => {
      if (!name || !/\.(ts|sql)$/.test(name) || /\.test\.ts$/.test(name)) return
      files.add(join(folder, name))
      clearTimeout(timer)
      timer = setTimeout(() => {
        const all = [...files]
        files.clear()
        if (signal.aborted) return
        onChange({
          files: all,
          migrations: all.some((file) => file.endsWith('.sql')),
          mailbox: all.some((file) => file.startsWith('apps/academy/src/mailbox/')),
        })
      }, SETTLE_MS)
    })
  }
}
