import { expect, test } from 'vitest'
import type { CommandClaim } from './claim-commands.ts'
import { WaitingClaims } from './waiting-claims.ts'

test('claims are taken in their order, however many wait and however they are taken', () => {
  const waiting = new WaitingClaims()
  const taken: unknown[] = []
  let added = 0
  for (const [more, fewer] of [
    [3_000, 1],
    [10, 1_500],
    [5_000, 2_000],
    [1, 10_000],
    [2, 1],
  ] as const) {
    for (let i = 0; i < more; i++) waiting.push({ id: String(added++) } as CommandClaim)
    expect(waiting.at(0)?.id).toBe(String(taken.length))
    taken.push(...waiting.take(fewer).map(({ id }) => Number(id)))
    expect(waiting.length).toBe(added - taken.length)
  }
  expect(waiting.at(1)).toBeUndefined()
  expect(taken).toEqual(Array.from({ length: taken.length }, (_, i) => i))
})
