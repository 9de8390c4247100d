/** A document that names a path that is not there sends its reader nowhere: finds those in all *.md of the repository. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '../..')

export interface NamedPath {
  line: number
  /** As the document writes it. */
  written: string
  /** Relative to the root of the repository. */
  path: string
}

/**
 * The paths that a document names: targets of relative links and images, and `code` that starts with a folder of the root
 * or is a file's name with a folder before it. Fenced blocks are left out, and so is code with a placeholder in it
 * (`<noun>`, `*`, `…`). In the changelog only links count: it speaks of files as they were.
 */
export function pathsNamedIn(document: string, text: string, rootFolders: string[]): NamedPath[] {
  const found: NamedPath[] = []
  let fence: string | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const mark = /^\s*(```+|~~~+)/.exec(line)?.[1]
    if (mark) {
      if (fence === undefined) fence = mark
      else if (mark.startsWith(fence)) fence = undefined
      continue
    }
    if (fence !== undefined) continue
    const add = (written: string, path: string) => found.push({ line: index + 1, written, path: normalize(path) })
    const prose = line.replaceAll(/`[^`]*`/g, '')
    for (const [, angled, bare] of prose.matchAll(/\]\((?:<([^>]+)>|([^)\s]+))[^)]*\)/g))
      addLink(angled ?? bare ?? '', add)
    for (const [, target] of prose.matchAll(/^\s*\[[^\]]+\]:\s+(\S+)/g)) addLink(target ?? '', add)
    if (document.endsWith('CHANGELOG.md')) continue
    for (const [, code = ''] of line.matchAll(/`([^`]+)`/g)) {
      const [, path] = /^([\w.@-]+(?:\/[\w.@-]+)*\/?)(?::\d+)?$/.exec(code) ?? []
      if (path?.includes('/') && rootFolders.includes(path.split('/')[0] ?? '')) add(code, path)
    }
  }
  return found

  function addLink(target: string, add: (written: string, path: string) => void): void {
    const path = target.replace(/[#?].*$/, '')
    if (path === '' || /^[a-z][a-z0-9+.-]*:/i.test(target)) return // an anchor in this document, or another site
    add(target, path.startsWith('/') ? path.slice(1) : join(dirname(document), decodeURIComponent(path)))
  }
}

if (import.meta.main) {
  const rootFolders = (await readdir(ROOT, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .map((entry) => entry.name)
  const git = ['ls-files', '--cached', '--others', '--exclude-standard', '--', '*.md']
  const { stdout } = await promisify(execFile)('git', git, { cwd: ROOT })
  const documents = stdout.split('\n').filter((name) => name !== '' && existsSync(join(ROOT, name)))
  let named = 0
  for (const document of documents) {
    for (const { line, written, path } of pathsNamedIn(
      document,
      await readFile(join(ROOT, document), 'utf8'),
      rootFolders,
    )) {
      named++
      if (existsSync(join(ROOT, path))) continue
      console.error(`${document}:${line} names ${written}, and there is no ${path}`)
      process.exitCode = 1
    }
  }
  console.log(`${documents.length} documents name ${named} paths`)
}
