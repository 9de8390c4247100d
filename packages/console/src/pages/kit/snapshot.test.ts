import { expect, test } from 'vitest'
import { freshIn, withNews } from './snapshot.ts'

const rows = (...ids: string[]) => ids.map((id) => ({ id }))

test('new rows are counted, and shown rows that moved are none', () => {
  expect(freshIn(rows('c', 'b', 'a'), rows('e', 'd', 'c'), 3)).toEqual({ count: 2, more: false })
  expect(freshIn(rows('c', 'b', 'a'), rows('f', 'e', 'd'), 3)).toEqual({ count: 3, more: true })
})

test('an older row that takes the place of one that left the filter is not new', () => {
  expect(freshIn(rows('e', 'd'), rows('e', 'c'), 2)).toEqual({ count: 0, more: false })
})

test('on a page that was not full, whatever was not there is new', () => {
  expect(freshIn(rows(), rows('a'), 25)).toEqual({ count: 1, more: false })
})

test('rows learn what became of them and stay where they are', () => {
  const shown = [
    { id: 'b', status: 'pending' },
    { id: 'a', status: 'success' },
  ]
  expect(
    withNews(shown, [
      { id: 'c', status: 'pending' },
      { id: 'b', status: 'success' },
    ]),
  ).toEqual([
    { id: 'b', status: 'success' },
    { id: 'a', status: 'success' },
  ])
})
