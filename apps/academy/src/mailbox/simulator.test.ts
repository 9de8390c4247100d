import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_SIMULATOR, decide, MODES, type SimulatorSettings, simulatorSchema } from './simulator.ts'

const settings = (more: Partial<SimulatorSettings>): SimulatorSettings => ({ ...DEFAULT_SIMULATOR, ...more })
const to = ['ana@student.example']

describe('decide', () => {
  test('ok accepts', () => {
    expect(decide(DEFAULT_SIMULATOR, { key: 'k', n: 1, to })).toEqual({
      refusal: null,
      failNext: false,
      drop: false,
      delayMs: 0,
    })
  })

  test('the same seed, key and number always give the same, whatever came before', () => {
    const keys = Array.from({ length: 200 }, () => randomUUID())
    const fails = settings({ mode: 'fail-percent', percent: 40, seed: 7 })
    const one = keys.map((key) => decide(fails, { key, n: 1, to }).refusal)
    const again = [...keys].reverse().map((key) => decide(fails, { key, n: 1, to }).refusal)
    expect(again.reverse()).toEqual(one)
    expect(new Set(one)).toEqual(new Set([null, 'unavailable']))
    const otherSeed = keys.map((key) => decide({ ...fails, seed: 8 }, { key, n: 1, to }).refusal)
    expect(otherSeed).not.toEqual(one)
    const nextAttempt = keys.map((key) => decide(fails, { key, n: 2, to }).refusal)
    expect(nextAttempt).not.toEqual(one)
  })

  test.each(['fail-percent', 'drop-after-accept'] as const)('%s hits its share', (mode) => {
    for (const percent of [0, 10, 50, 100]) {
      let hits = 0
      for (let n = 0; n < 4_000; n++) {
        const decision = decide(settings({ mode, percent }), { key: `key-${n}`, n: 1, to })
        if (decision.refusal === 'unavailable' || decision.drop) hits++
      }
      // Four standard deviations of a binomial of 4,000; 0 and 100 are exact.
      const spread = 4 * Math.sqrt((percent / 100) * (1 - percent / 100) * 4_000)
      expect(Math.abs(hits - (percent / 100) * 4_000)).toBeLessThanOrEqual(spread)
    }
  })

  test('what happens when several things apply', () => {
    const all = { failNext: 1, rejectAddresses: to, percent: 100 }
    expect(decide(settings({ ...all, mode: 'down' }), { key: 'k', n: 1, to }).refusal).toBe('down')
    expect(decide(settings({ ...all, mode: 'rate-limit' }), { key: 'k', n: 1, to }).refusal).toBe('rate-limit')
    expect(decide(settings({ ...all, mode: 'fail-percent' }), { key: 'k', n: 1, to })).toMatchObject({
      refusal: 'unavailable',
      failNext: true,
    })
    expect(decide(settings({ ...all, failNext: 0, mode: 'fail-percent' }), { key: 'k', n: 1, to }).refusal).toBe(
      'address',
    )
    expect(decide(settings({ mode: 'slow', delayMs: 5 }), { key: 'k', n: 1, to })).toMatchObject({
      refusal: null,
      delayMs: 5,
    })
    expect(decide(settings({ mode: 'ok', delayMs: 5 }), { key: 'k', n: 1, to }).delayMs).toBe(0)
  })

  test('addresses and domains are refused whatever their case', () => {
    const rejectAddresses = ['ana@student.example', '*@gone.example']
    const refusal = (address: string) =>
      decide(settings({ rejectAddresses }), { key: 'k', n: 1, to: [address] }).refusal
    expect(refusal('Ana@Student.Example')).toBe('address')
    expect(refusal('x@GONE.example')).toBe('address')
    expect(refusal('x@not-gone.example')).toBeNull()
    expect(refusal('ana@student.example.org')).toBeNull()
  })

  test('only an accepted message is dropped, and nothing refused is delayed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MODES),
        fc.integer({ min: 0, max: 100 }),
        fc.nat(3),
        fc.string(),
        fc.integer({ min: 1, max: 50 }),
        (mode, percent, failNext, key, n) => {
          const decision = decide(settings({ mode, percent, failNext }), { key, n, to })
          return decision.refusal === null || (!decision.drop && decision.delayMs === 0)
        },
      ),
    )
  })
})

test('settings: what is left out is at its default, what does not fit is named', () => {
  expect(simulatorSchema.parse({ mode: 'slow' })).toEqual({ ...DEFAULT_SIMULATOR, mode: 'slow' })
  expect(simulatorSchema.parse({ rejectAddresses: [' Ana@X.example '] }).rejectAddresses).toEqual(['ana@x.example'])
  for (const bad of [
    { percent: 101 },
    { failNext: -1 },
    { seed: 1.5 },
    { rejectAddresses: ['ana'] },
    { mod: 'ok' },
    null,
  ]) {
    expect(simulatorSchema.safeParse(bad).success).toBe(false)
  }
})
