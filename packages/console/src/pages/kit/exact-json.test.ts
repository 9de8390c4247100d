import { expect, test } from 'vitest'
import { ExactNumber, parseExact, prettyExact } from './exact-json.ts'

test('a number that JavaScript would round stays as it is written', () => {
  const read = parseExact('{"id": 9007199254740993, "price": 12.5, "n": 7}') as Record<string, unknown>
  expect(read['id']).toBeInstanceOf(ExactNumber)
  expect((read['id'] as ExactNumber).toISOString()).toBe('9007199254740993')
  expect([read['price'], read['n']]).toEqual([12.5, 7])
})

test('the text is indented and loses nothing', () => {
  expect(prettyExact('{"a":[1,9007199254740993],"b":{},"c":[],"d":"x\\"y","e":null}')).toBe(
    '{\n  "a": [\n    1,\n    9007199254740993\n  ],\n  "b": {},\n  "c": [],\n  "d": "x\\"y",\n  "e": null\n}',
  )
})
