import { expect, test } from 'vitest'
import { createTranslate } from '../i18n/words.ts'
import { createFormat } from '../kit/format.ts'
import { plannedWaits, whyInWords } from './retry-words.ts'

const say = (language: 'en' | 'pt-BR', recorded: string) =>
  whyInWords(recorded, createTranslate(language), createFormat(language, 'UTC').ms)

test('what the engine recorded is told in the language of the reader', () => {
  const recorded = 'exponential 5000 ms × 2^2, capped at 15000 ms, full jitter → 13400 ms'
  expect(say('en', recorded)).toBe('exponential, 5 s × 2^2, capped at 15 s, random up to that → 13.4 s')
  expect(say('pt-BR', recorded)).toBe('exponencial, 5 s × 2^2, limitado a 15 s, sorteado até aí → 13,4 s')
  expect(say('en', 'fixed 2000 ms, the service asked for 30000 ms → 30000 ms')).toBe(
    'fixed, 2 s, the service asked to wait 30 s',
  )
})

test("a handler's own reason stays as it is", () => {
  expect(say('pt-BR', 'the gateway opens at 08:00')).toBe('the gateway opens at 08:00')
})

test('planned waits grow and are capped', () => {
  const policy = { attempts: 5, backoff: 'exponential', baseMs: 5000, capMs: 15_000 } as const
  expect(plannedWaits(policy)).toEqual([5000, 10_000, 15_000, 15_000])
  expect(plannedWaits({ ...policy, backoff: 'linear' })).toEqual([5000, 10_000, 15_000, 15_000])
  expect(plannedWaits({ ...policy, backoff: 'none' })).toEqual([0, 0, 0, 0])
  expect(plannedWaits({ ...policy, attempts: 1 })).toEqual([])
  expect(plannedWaits({ ...policy, attempts: 1000 })).toHaveLength(8)
})
