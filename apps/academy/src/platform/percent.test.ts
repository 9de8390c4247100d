import { expect, test } from 'vitest'
import { frequencyLimitText, frequencyText, percentText } from './percent.ts'

test('weights and progress have no decimals, and no space before the sign', () => {
  expect([percentText(20, 'pt-BR'), percentText(33.3, 'en')]).toEqual(['20%', '33%'])
})

test('attendance has one decimal, in the way of the language', () => {
  expect([90.7, 82.35, 100, 0].map((value) => frequencyText(value, 'pt-BR'))).toEqual([
    '90,7%',
    '82,3%',
    '100,0%',
    '0,0%',
  ])
  expect(frequencyText(81.4, 'en')).toBe('81.4%')
})

test('attendance below a limit is not shown as the limit', () => {
  expect([frequencyText(74.99, 'en'), frequencyLimitText(75, 'en')]).toEqual(['74.9%', '75.0%'])
  expect(frequencyLimitText(75.25, 'pt-BR')).toBe('75,25%')
})

test('every tenth is shown as itself', () => {
  for (let tenths = 0; tenths <= 1000; tenths++)
    expect(frequencyText(tenths / 10, 'en')).toBe(`${(tenths / 10).toFixed(1)}%`)
})
