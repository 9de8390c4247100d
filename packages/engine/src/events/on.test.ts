import { event, on } from 'cascata'
import { expect, test } from 'vitest'
import { z } from 'zod'

const Happened = event('happened', z.object({}))

test.each(['0ms', '6m', 0.5] as const)('a timeout of %s is refused', (timeout) => {
  expect(() => on(Happened, 'refused', () => undefined, { timeout })).toThrow('[bad-option] timeout of "refused"')
})

test('a policy for retries is checked like a command’s', () => {
  expect(() => on(Happened, 'refused', () => undefined, { retry: { attempts: 0 } })).toThrow('[bad-option]')
})

test('a handler is tried again through an outage of an hour, unless it says otherwise', () => {
  const { retry } = on(Happened, 'usual', () => undefined)
  const waits = Array.from({ length: retry.attempts - 1 }, (_, n) => Math.min(retry.baseMs * 2 ** n, retry.capMs))
  expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(3_600_000)
  expect(on(Happened, 'own', () => undefined, { retry: { attempts: 3 } }).retry.attempts).toBe(3)
})
