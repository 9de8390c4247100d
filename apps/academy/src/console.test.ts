import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ENTITY_LABELS } from './console.ts'

test('every entity has a name that administrators read', () => {
  const modules = join(import.meta.dirname, 'modules')
  const types = globSync('**/*.ts', { cwd: modules }).flatMap(
    (file) => /readonly entityType = '([^']+)'/.exec(readFileSync(join(modules, file), 'utf8'))?.[1] ?? [],
  )
  expect(types.length).toBeGreaterThan(10)
  expect(Object.keys(ENTITY_LABELS).sort()).toEqual(types.sort())
})
