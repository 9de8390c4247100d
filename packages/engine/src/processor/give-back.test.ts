import fc from 'fast-check'
import { expect, test } from 'vitest'
import { giveBackDelay, nextAfterRefusal } from './give-back.ts'

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

test('what is given back waits longer each time, up to a minute, and never less than half a second', () => {
  fc.assert(
    fc.property(fc.nat(40_000), random, random, (times, a, b) => {
      const wait = giveBackDelay(times, () => a)
      expect(wait).toBeGreaterThanOrEqual(500)
      expect(wait).toBeLessThanOrEqual(60_000)
      expect(giveBackDelay(times + 1, () => b)).toBeGreaterThanOrEqual(times >= 5 ? 30_000 : wait)
    }),
  )
})

test('an outage of an hour makes fewer than 130 attempts of one command', () => {
  fc.assert(
    fc.property(fc.infiniteStream(random), (draws) => {
      const draw = () => draws.next().value as number
      let n = 0
      for (let ms = 0; ms < 3_600_000; n++) ms += giveBackDelay(n, draw)
      expect(n).toBeLessThan(130)
    }),
  )
})

test('what is refused is given back for 7 to 16 minutes, whatever the draws', () => {
  fc.assert(
    fc.property(fc.infiniteStream(random), (draws) => {
      const draw = () => draws.next().value as number
      let sum = 0
      for (let n = 0; ; n++) {
        const next = nextAfterRefusal(n, draw)
        if (!next) break
        sum += next.delayMs
      }
      expect(sum / 60_000).toBeGreaterThan(7)
      expect(sum / 60_000).toBeLessThan(16)
    }),
  )
})
