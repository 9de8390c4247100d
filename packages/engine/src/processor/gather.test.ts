import { expect, test } from 'vitest'
import { Gather } from './gather.ts'

test('each item has an answer of its own: one that fails or takes longer is no matter of its neighbours', async () => {
  const later = Promise.withResolvers<string>()
  const groups: number[][] = []
  const gather = new Gather<number, string>(async (group) => {
    groups.push([...group])
    return group.map((n) => (n === 2 ? Promise.reject(new Error('no')) : n === 3 ? later.promise : `${n}`))
  }, 10)
  const [one, two, three, four] = [1, 2, 3, 4].map((n) => gather.add(n))
  await expect(one).resolves.toBe('1')
  await expect(two).rejects.toThrow('no')
  await expect(four).resolves.toBe('4')
  await expect(gather.add(5)).resolves.toBe('5')
  later.resolve('at last')
  await expect(three).resolves.toBe('at last')
  expect(groups).toEqual([[1, 2, 3, 4], [5]])
})
