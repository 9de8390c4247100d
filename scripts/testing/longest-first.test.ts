import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { TestSpecification, Vitest } from 'vitest/node'
import { LONGEST, LongestFirst } from './longest-first.ts'

const root = join(import.meta.dirname, '../..')

test('each of the files that take longest is there', () => {
  expect(LONGEST.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('within a group the longest files begin first, and the others stay project by project', async () => {
  const sequencer = new LongestFirst({
    config: { root },
    cache: { getTestSpecificationResult: () => ({ duration: 1 }) },
  } as unknown as Vitest)
  const file = (path: string, name: string, groupOrder: number) =>
    ({
      moduleId: join(root, path),
      project: { name, config: { isolate: false, sequence: { groupOrder } } },
    }) as unknown as TestSpecification
  const [first, second] = LONGEST as [string, string]
  const sorted = await sequencer.sort([
    file('z', 'b', 1),
    file(second, 'b', 1),
    file('y', 'a', 1),
    file('x', 'b', 1),
    file(first, 'a', 1),
    file('w', 'c', 0),
  ])
  expect(sorted.map(({ moduleId }) => moduleId.slice(root.length + 1))).toEqual(['w', first, second, 'y', 'z', 'x'])
})
