import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type CodeBlock, codeBlocks, documents, inRepository, ROOT } from './documents.ts'

const all = (await Promise.all((await documents()).map(codeBlocks))).flat()
const scripts = Object.keys((JSON.parse(await inRepository('package.json')) as { scripts: object }).scripts)
const named = (block: CodeBlock) => [`${block.document}:${block.line}`, block] as const

test('the documents have code blocks', () => {
  expect(all.length).toBeGreaterThan(10)
})

test.each(all.filter(({ language }) => ['ts', 'sql', 'text', ''].includes(language)).map(named))(
  '%s is the text of the file that it names',
  async (_, { note, text }) => {
    const [, path = ''] = /^from (\S+)$/.exec(note ?? '') ?? []
    expect(path, 'Write <!-- from path/of/file --> on the line above the block.').not.toBe('')
    expect(await inRepository(path)).toContain(text)
  },
)

// `npm start` and its kind are run by tests of their own; here, that what a document tells to type is there.
const isTyped = ({ language, note }: CodeBlock) => language === 'sh' && note !== 'run by the test'

test.each(all.filter(isTyped).map(named))('%s holds commands that exist', (_, { text }) => {
  for (const line of text.split('\n').filter((each) => each.trim() !== '' && !each.startsWith('#'))) {
    expect(exists(line.replace(/\s+#.*$/, '')), line).toBe(true)
  }
})

test.each(all.filter(({ language }) => language === 'mermaid').map(named))(
  '%s says what it is compared with',
  (_, { note }) => {
    expect(note).toMatch(/^states of \w+\.\w+$/)
  },
)

test('no block is of another kind', () => {
  expect(all.filter(({ language }) => !['ts', 'sql', 'text', '', 'sh', 'mermaid'].includes(language))).toEqual([])
})

function exists(line: string): boolean {
  const words = line.split(/\s+/).filter((word) => !/^[A-Z_]+=/.test(word))
  const [program, first = '', second = ''] = words
  if (program === 'npm') return scripts.includes(first === 'run' ? second : first)
  if (program === 'node') return existsSync(join(ROOT, first))
  return program === 'git' && first === 'clone'
}
