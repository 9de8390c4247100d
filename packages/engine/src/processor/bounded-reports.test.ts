import { afterEach, expect, test, vi } from 'vitest'
import { BoundedReports } from './bounded-reports.ts'

afterEach(() => vi.useRealTimers())

test('the first of a kind is told at once, the others once in ten seconds with their number, and silence ends it', () => {
  vi.useFakeTimers()
  const told: string[] = []
  const reports = new BoundedReports<string>((last, n) => told.push(`${n} ${last}`))
  const tellEach = (kind: string, n: number) => {
    for (let i = 1; i <= n; i++) reports.add(kind, `${kind}${i}`)
  }
  tellEach('a', 100)
  tellEach('b', 1)
  expect(told.splice(0)).toEqual(['1 a1', '1 b1'])
  vi.advanceTimersByTime(9_999)
  expect(told).toEqual([])
  vi.advanceTimersByTime(1)
  expect(told.splice(0)).toEqual(['99 a100'])
  tellEach('a', 3)
  expect(told).toEqual([])
  vi.advanceTimersByTime(10_000)
  expect(told.splice(0)).toEqual(['3 a3'])
  vi.advanceTimersByTime(60_000)
  tellEach('a', 1)
  expect(told).toEqual(['1 a1'])
})
