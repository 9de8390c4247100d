/** The table of what the description promises: no row without a place and a test, no address that no page has. */

import { globSync } from 'node:fs'
import { expect, test } from 'vitest'
import { inRepository } from './documents.ts'

const rows = (await inRepository('docs/description.md'))
  .split('\n')
  .filter((line) => /^\| (?!the description|---)/.test(line) && !/^\|-/.test(line))
  .map((line) =>
    line
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.replaceAll('|', '').trim()),
  )

test('every promise has a place, and a test that is linked', () => {
  expect(rows.length).toBeGreaterThan(40)
  const incomplete = rows.filter(
    ([promise, where, shownBy, ...more]) =>
      more.length > 0 || !promise || !where || !/\]\(\.\.\/\S+\.test\.ts\)/.test(shownBy ?? ''),
  )
  expect(incomplete).toEqual([])
})

test('addresses of pages exist', async () => {
  const files = globSync(['apps/academy/src/modules/*/*.page.tsx', 'packages/console/src/pages/app.tsx'])
  const sources = (await Promise.all(files.map(inRepository))).join('\n')
  const named = rows.flatMap(([, where = '']) =>
    [...where.matchAll(/`(\/(?:app|adm)\/[a-z-]+)/g)].map(([, path = '']) => path),
  )
  expect(named.length).toBeGreaterThan(15)
  const missing = named.filter(
    (path) => !sources.includes(`'${path}`) && !sources.includes(`'${path.slice('/adm'.length)}`),
  )
  expect(missing).toEqual([])
})
