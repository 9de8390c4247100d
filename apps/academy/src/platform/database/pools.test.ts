import { expect, test } from 'vitest'
import { SettingError } from '../setting-error.ts'
import { openPools } from './pools.ts'

const url = 'postgres://nobody@127.0.0.1:1/none'
const urls = { web: url, auth: url, console: url }

test.each([2_000, 0, -1, 2_500.5, Number.NaN, Number.POSITIVE_INFINITY])('an answerMs of %d is refused', (answerMs) => {
  const open = () => openPools(urls, { answerMs })
  expect(open).toThrow(SettingError)
  expect(open).toThrow(
    `answerMs is "${answerMs}". Fix: use a whole number from 2001 to 2147483647: the server ends a statement 2000 ms sooner, and to it 0 is no limit.`,
  )
})

test('the least answerMs leaves the server a millisecond', async () => {
  const pools = openPools(urls, { answerMs: 2_001 })
  expect(pools.console.options).toMatchObject({ statement_timeout: 1, query_timeout: 2_001 })
  await pools.close()
})
