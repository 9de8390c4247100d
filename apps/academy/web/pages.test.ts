/** What the application gathers: a list that is left out is a page that nobody can open; anything else slows the first page. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const modules = join(import.meta.dirname, '../src/modules')
const main = readFileSync(join(import.meta.dirname, 'main.tsx'), 'utf8')
const isList = (file: string) => /\bdefine(Page|HeaderItem)\(/.test(readFileSync(join(modules, file), 'utf8'))
const pages = globSync('**/*.page.tsx', { cwd: modules })

test('pages are listed in `<module>/<module>.page.tsx`', () => {
  const lists = pages.filter(isList)
  expect(lists.length).toBeGreaterThan(5)
  expect(lists.filter((file) => file !== join(dirname(file), `${dirname(file)}.page.tsx`))).toEqual([])
})

test('nothing but lists is gathered', () => {
  const others = pages.filter((file) => dirname(dirname(file)) === '.' && dirname(file) !== '.' && !isList(file))
  expect(others.filter((file) => !main.includes(`'!../src/modules/${file}'`))).toEqual([])
})
