import { expect, test } from 'vitest'
import { addressOf, listCommands } from '../../contract/index.ts'
import { httpCall } from './address.ts'

test('parameters are in the path, filters in the query, as the contract writes them', () => {
  const request = { limit: 50, status: ['error', 'pending'], error: 'a b&c' }
  const { method, url, body } = httpCall('GET /commands', { ...request, type: [], cursor: undefined })
  const expected = addressOf(listCommands, request as never)
  expect([method, body]).toEqual([expected.method, undefined])
  const queryOf = (address: string) => [...new URL(address, 'http://console').searchParams].toSorted()
  expect(queryOf(url)).toEqual(queryOf(expected.url))
  expect(httpCall('GET /events/:eventId', { eventId: 'evt_1/2' }).url).toBe('/events/evt_1%2F2')
})

test('what changes something has a body', () => {
  expect(
    httpCall('POST /commands/:commandId/reprocess', { commandId: 'cmd_1', reason: 'fixed', data: undefined }),
  ).toEqual({
    method: 'POST',
    url: '/commands/cmd_1/reprocess',
    body: '{"reason":"fixed"}',
  })
})
