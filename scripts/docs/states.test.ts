import { expect, test } from 'vitest'
import { codeBlocks, inRepository } from './documents.ts'

const blocks = (await codeBlocks('docs/states.md')).filter(({ language }) => language === 'mermaid')
const schema = await inRepository('packages/engine/src/postgres/schema.golden.sql')

/** Every column whose values the database checks to be states or outcomes. */
const checked = [
  ...schema.matchAll(/constraint (\w+)_(state|outcome)_check CHECK \(\(\w+ = ANY \(ARRAY\[(.+?)\]\)\)\)/g),
].map(([, table = '', column = '', values = '']) => ({
  name: `${table}.${column}`,
  values: [...values.matchAll(/'([^']+)'/g)].map(([, value]) => value).toSorted(),
}))

test('every state that the database checks has a diagram', () => {
  expect(blocks.map(({ note }) => note?.replace('states of ', '')).toSorted()).toEqual(
    checked.map(({ name }) => name).toSorted(),
  )
})

test.each(checked)('the diagram of $name has exactly its states', ({ name, values }) => {
  const block = blocks.find(({ note }) => note === `states of ${name}`)
  const states = [...(block?.text ?? '').matchAll(/^\s*(\S+) --> (\S+?)(?::.*)?$/gm)].flatMap(([, from, to]) => [
    from,
    to,
  ])
  expect([...new Set(states)].filter((state) => state !== '[*]').toSorted()).toEqual(values)
})
