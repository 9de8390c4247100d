import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Names } from './names.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const never = () => new Promise<never>(() => {})

test('names that do not come are left out after two seconds', async () => {
  const names = new Names({ tenants: never, nameOf: never })
  const given = Promise.all([names.tenant('a'), names.author('b')])
  await vi.advanceTimersByTimeAsync(2_000)
  expect(await given).toEqual([{ id: 'a', name: null }, null])
})

test('names that do not come again are those that were known', async () => {
  const tenants = vi.fn(async () => [{ id: 'a', name: 'Ana' }])
  const names = new Names({ tenants })
  expect(await names.tenant('a')).toEqual({ id: 'a', name: 'Ana' })
  await vi.advanceTimersByTimeAsync(11_000)
  tenants.mockImplementation(never)
  const given = names.tenant('a')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(await given).toEqual({ id: 'a', name: 'Ana' })
})

test('names that come late are there for the next page', async () => {
  const list = Promise.withResolvers<{ id: string; name: string }[]>()
  const tenants = vi.fn(() => list.promise)
  const names = new Names({ tenants })
  const given = names.tenant('a')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(await given).toEqual({ id: 'a', name: null })
  list.resolve([{ id: 'a', name: 'Ana' }])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await names.tenant('a')).toEqual({ id: 'a', name: 'Ana' })
  expect(tenants).toHaveBeenCalledOnce()
})
