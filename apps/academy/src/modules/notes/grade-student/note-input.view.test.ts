import { expect, test } from 'vitest'
import { readNote } from './note-input.view.ts'

test('a grade is typed with a comma or a point', () => {
  expect(['7', ' 7,5 ', '7.25', '0', '10,'].map(readNote)).toEqual(
    [7, 7.5, 7.25, 0, 10].map((note) => ({ kind: 'note', note })),
  )
})

test('nothing takes a grade back; what is no number takes back nothing', () => {
  expect(readNote('  ')).toEqual({ kind: 'note', note: null })
  for (const typed of ['sete', '7,5,1', '1e3', '--1']) expect(readNote(typed)).toEqual({ kind: 'unreadable' })
})

test('what is out of range is the server’s to refuse', () => {
  expect(readNote('-1')).toEqual({ kind: 'note', note: -1 })
  expect(readNote('11,234')).toEqual({ kind: 'note', note: 11.234 })
})
