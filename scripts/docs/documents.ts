/** What tests ask of the documents: their code blocks, and where each comes from. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const ROOT = join(import.meta.dirname, '../..')

export interface CodeBlock {
  document: string
  line: number
  language: string
  text: string
  /** What the comment above it says: `<!-- from examples/hello/app.ts -->`, `<!-- states of … -->`. */
  note: string | undefined
}

export const inRepository = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8')

/** All documents but those of the packages that have tests of their own for them. */
export async function documents(): Promise<string[]> {
  const git = [
    'ls-files',
    '--cached',
    '--others',
    '--exclude-standard',
    '--',
    '*.md',
    'docs/*.md',
    'packages/engine/*.md',
  ]
  const { stdout } = await promisify(execFile)('git', git, { cwd: ROOT })
  return stdout.split('\n').filter((name) => /^([^/]+\.md|docs\/.*|packages\/engine\/.*)$/.test(name))
}

export async function codeBlocks(document: string): Promise<CodeBlock[]> {
  const lines = (await inRepository(document)).split('\n')
  const blocks: CodeBlock[] = []
  for (let at = 0; at < lines.length; at++) {
    const [, language] = /^```(\w*)/.exec(lines[at] ?? '') ?? []
    if (language === undefined) continue
    const end = lines.indexOf('```', at + 1)
    const note = /^<!-- (.+) -->$/.exec(lines[at - 1] ?? '')?.[1]
    blocks.push({ document, line: at + 1, language, text: lines.slice(at + 1, end).join('\n'), note })
    at = end
  }
  return blocks
}
