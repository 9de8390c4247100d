import { expect, test } from 'vitest'
import { parseAddress, readSearch, stringifyAddress, writeSearch } from './search.ts'

const specs = {
  status: { kind: 'set', of: ['error', 'success'] },
  type: { kind: 'texts' },
  tenant: { kind: 'id' },
  from: { kind: 'instant' },
  limit: { kind: 'choice', of: ['25', '50'] },
  entityId: { kind: 'text' },
} as const

const id = '01990000-0000-7000-8000-000000000001'

test('an address and back', () => {
  const address = `?status=error,success&type=a.b,c&tenant=${id}&from=-24h&limit=50&entityId=42`
  const { values, dropped } = readSearch(specs, parseAddress(address))
  expect(values).toEqual({
    status: ['error', 'success'],
    type: ['a.b', 'c'],
    tenant: id,
    from: '-24h',
    limit: '50',
    entityId: '42',
  })
  expect(dropped).toEqual([])
  expect(stringifyAddress(writeSearch(values))).toBe(address)
})

test('what means nothing is dropped and told', () => {
  const { values, dropped } = readSearch(
    specs,
    parseAddress('?status=error,melted&tenant=42&from=yesterday&limit=7&other=1&entityId=%20'),
  )
  expect(values).toEqual({ status: ['error'] })
  expect(dropped).toEqual(['status', 'tenant', 'from', 'limit', 'entityId'])
})

test('absolute instants are instants; nothing is an empty address', () => {
  expect(readSearch(specs, { from: '2026-03-09T15:00:00.000Z' }).values).toEqual({
    from: '2026-03-09T15:00:00.000Z',
  })
  expect(stringifyAddress({ status: [], from: undefined })).toBe('')
})
