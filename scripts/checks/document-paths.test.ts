import { expect, test } from 'vitest'
import { pathsNamedIn } from './document-paths.ts'

const folders = ['docs', 'packages', 'scripts']
const paths = (text: string, document = 'docs/guides/one.md') =>
  pathsNamedIn(document, text, folders).map(({ path }) => path)

test('links and images count from the document, or from the root when they begin with a slash', () => {
  expect(paths('[a](../states.md#open) ![b](pic.png "Title") [c](/LICENSE) [d](<with space.md>)')).toEqual([
    'docs/states.md',
    'docs/guides/pic.png',
    'LICENSE',
    'docs/guides/with space.md',
  ])
  expect(paths('[ref]: ./two.md')).toEqual(['docs/guides/two.md'])
})

test('anchors, other sites and code that looks like a link do not count', () => {
  expect(paths('[a](#here) [b](https://example.org/x.md) [c](mailto:a@example.org) `[d](none.md)`')).toEqual([])
})

test('code that begins with a folder of the root counts from the root, with or without a line', () => {
  expect(paths('see `packages/engine/src/index.ts:12`, `scripts/` and `docs/states.md`')).toEqual([
    'packages/engine/src/index.ts',
    'scripts/',
    'docs/states.md',
  ])
})

test('other code, placeholders and fenced blocks do not count', () => {
  expect(paths('`save(tx, entity)` `packages` `and/or` `packages/<name>/src` `docs/*.md` `npm run docs/x y`')).toEqual(
    [],
  )
  expect(paths('````\n```\n[a](none.md)\n````\n[b](real.md)\n~~~\n`docs/none.md`\n~~~')).toEqual([
    'docs/guides/real.md',
  ])
})

test('the changelog may speak of files as they were, but its links must lead somewhere', () => {
  expect(paths('`docs/removed.md` [a](docs/states.md)', 'CHANGELOG.md')).toEqual(['docs/states.md'])
})

test('it says on which line', () => {
  expect(pathsNamedIn('a.md', '\n\n[x](y.md)', folders)).toEqual([{ line: 3, written: 'y.md', path: 'y.md' }])
})
