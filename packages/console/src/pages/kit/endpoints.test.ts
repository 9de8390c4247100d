import { expect, test } from 'vitest'
import * as contract from '../../contract/index.ts'
import * as endpoints from './endpoints.ts'

test('every address is the one of the contract', () => {
  const named = Object.entries(endpoints)
  expect(named.length).toBeGreaterThan(15)
  for (const [name, { path }] of named)
    expect([name, path]).toEqual([
      name,
      (contract as Record<string, { path?: string } | unknown> as never)[name]['path'],
    ])
})
