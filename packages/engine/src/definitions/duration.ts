import { CascataError } from '../errors.ts'

/** A length of time: milliseconds, or a number with its unit: `'250ms'`, `'10s'`, `'5m'`, `'2h'`, `'1d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

const DURATION_MS_MAX = 3_650 * 86_400_000

/** @throws CascataError `bad-option` for anything negative, not finite, without a known unit, or above ten years. */
export function milliseconds(duration: Duration): number {
  const text = typeof duration === 'number' ? `${duration}ms` : duration
  const match = /^(\d+(?:\.\d+)?(?:e\+?\d+)?)(ms|s|m|h|d)$/.exec(text)
  if (!match) {
    throw new CascataError('bad-option', `"${duration}" is no length of time.`, {
      fix: "use milliseconds or a number with a unit, e.g. 500, '10s', '5m', '2h', '1d'.",
    })
  }
  const ms = Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS]
  if (ms <= DURATION_MS_MAX) return ms
  throw new CascataError('bad-option', `"${duration}" is longer than ten years.`, { fix: 'use at most 3650d.' })
}
