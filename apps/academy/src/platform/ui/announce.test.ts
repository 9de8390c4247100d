import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { announce, announcements } from './announce.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.runAllTimers()
  vi.useRealTimers()
})

const heard = () => announcements.now().map(({ text }) => text)

test('the same sentence, said twice, is there twice: each is an addition', () => {
  announce('Copied')
  const [first] = announcements.now()
  announce('Copied')
  expect(heard()).toEqual(['Copied', 'Copied'])
  expect(announcements.now()[0]).toBe(first)
  expect(announcements.now()[1]?.id).not.toBe(first?.id)
})

test('each goes after its own time, and listeners are told', () => {
  const told = vi.fn()
  const leave = announcements.subscribe(told)
  announce('One')
  vi.advanceTimersByTime(6_000)
  announce('Two')
  vi.advanceTimersByTime(6_000)
  expect(heard()).toEqual(['Two'])
  vi.advanceTimersByTime(6_000)
  expect(heard()).toEqual([])
  expect(told).toHaveBeenCalledTimes(4)
  leave()
  announce('Three')
  expect(told).toHaveBeenCalledTimes(4)
})
