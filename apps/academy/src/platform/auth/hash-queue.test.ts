import { expect, test } from 'vitest'
import { Busy } from '../http/busy.ts'
import { createHashQueue } from './hash-queue.ts'

/** Work that ends when it is told to. */
function startable() {
  const started: string[] = []
  const ends = new Map<string, { resolve: () => void; reject: (error: Error) => void }>()
  return {
    started,
    ends,
    work: (name: string) => () => {
      started.push(name)
      return new Promise<void>((resolve, reject) => ends.set(name, { resolve, reject }))
    },
  }
}

test('so many run at once, the others follow in their order, and one too many is refused before it begins', async () => {
  const queue = createHashQueue({ atOnce: 2, waitingMax: 2 })
  const { work, started, ends } = startable()
  const all = ['a', 'b', 'c', 'd'].map((name) => queue(work(name)))
  await expect(queue(work('e'))).rejects.toThrow(Busy)
  expect(started).toEqual(['a', 'b'])
  ends.get('b')?.resolve()
  await all[1]
  await expect.poll(() => started).toEqual(['a', 'b', 'c'])
  ends.get('a')?.resolve()
  ends.get('c')?.resolve()
  await expect.poll(() => started).toEqual(['a', 'b', 'c', 'd'])
  ends.get('d')?.resolve()
  await Promise.all(all)
})

test('work that fails gives its place back', async () => {
  const queue = createHashQueue({ atOnce: 1, waitingMax: 1 })
  const failing = async () => {
    throw new Error('broken')
  }
  await expect(queue(failing)).rejects.toThrow('broken')
  expect(await queue(async () => 'next')).toBe('next')
})
