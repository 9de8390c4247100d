import { beforeEach, expect, test } from 'vitest'
import { createKeySequences, type KeyBinding, type KeyPress } from './key-sequences.ts'

let ran: string[]
let now: number
const bind = (...keys: string[]): KeyBinding[] => keys.map((each) => ({ keys: each, run: () => ran.push(each) }))
const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  intoField: false,
  ...more,
})

beforeEach(() => {
  ran = []
  now = 0
})

test('a key, and a sequence that shares its second key', () => {
  const feed = createKeySequences(
    () => bind('o', 'n', 'g c', 'c'),
    () => now,
  )
  for (const key of ['o', 'g', 'c', 'c']) feed(press(key))
  expect(ran).toEqual(['o', 'g c', 'c'])
})

test('a sequence begun and forgotten does nothing later', () => {
  const feed = createKeySequences(
    () => bind('g c'),
    () => now,
  )
  feed(press('g'))
  now = 5000
  expect(feed(press('c'))).toBe(false)
  expect(ran).toEqual([])
})

test('nothing runs while somebody types, or with a modifier', () => {
  const feed = createKeySequences(() => bind('o'))
  feed(press('o', { intoField: true }))
  feed(press('o', { ctrlKey: true }))
  feed(press('o', { metaKey: true }))
  feed(press('o', { altKey: true }))
  expect(ran).toEqual([])
})

test("a page's own key comes before the console's", () => {
  const feed = createKeySequences(() => [{ keys: '/', run: () => ran.push('console') }, ...bind('/')])
  feed(press('/'))
  expect(ran).toEqual(['/'])
})
