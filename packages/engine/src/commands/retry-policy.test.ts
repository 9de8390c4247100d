import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CascataError } from '../errors.ts'
import { Rejected } from './rejected.ts'
import { nextTry, type RetryOptions, retryPolicy } from './retry-policy.ts'

const DAY = 86_400_000
const options = fc.record(
  {
    attempts: fc.integer({ min: 1, max: 1_000 }),
    backoff: fc.constantFrom('none', 'fixed', 'linear', 'exponential'),
    base: fc.integer({ min: 0, max: 60_000 }),
    cap: fc.integer({ min: 60_000, max: DAY }),
    jitter: fc.constantFrom('none', 'full'),
  },
  { requiredKeys: ['attempts', 'cap'] },
) as fc.Arbitrary<RetryOptions & { attempts: number; cap: number }>
const failures = fc.integer({ min: 1, max: 1_200 })
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const error = new Error('x')

test('it is tried again exactly while the failures are fewer than the attempts', () => {
  fc.assert(
    fc.property(options, failures, (o, n) => {
      expect(nextTry(retryPolicy(o), n, error) !== undefined).toBe(n < o.attempts)
    }),
  )
})

test('a wait is finite, never negative and never above the cap', () => {
  fc.assert(
    fc.property(options, failures, random, (o, n, r) => {
      const wait = nextTry(retryPolicy({ ...o, attempts: 1_000 }), Math.min(n, 999), error, () => r)?.delayMs as number
      expect(Number.isFinite(wait) && wait >= 0 && wait <= o.cap).toBe(true)
    }),
  )
})

test('without jitter waits grow as the backoff says, and never shrink', () => {
  const grows = { none: () => 0, fixed: () => 1, linear: (n: number) => n, exponential: (n: number) => 2 ** (n - 1) }
  fc.assert(
    fc.property(options, fc.integer({ min: 1, max: 900 }), (o, n) => {
      const policy = retryPolicy({ ...o, attempts: 1_000, jitter: 'none' })
      const wait = (k: number) => nextTry(policy, k, error)?.delayMs as number
      expect(wait(n)).toBe(Math.min(grows[policy.backoff](n) * policy.baseMs, policy.capMs))
      expect(wait(n + 1)).toBeGreaterThanOrEqual(wait(n))
    }),
  )
})

test('full jitter lies between nothing and the wait without it', () => {
  fc.assert(
    fc.property(options, failures, random, (o, n, r) => {
      const plain = nextTry(retryPolicy({ ...o, jitter: 'none' }), n, error)?.delayMs
      const jittered = nextTry(retryPolicy({ ...o, jitter: 'full' }), n, error, () => r)?.delayMs
      if (plain === undefined) expect(jittered).toBeUndefined()
      else expect(jittered).toBe(plain * r)
    }),
  )
})

test("a service's Retry-After is honoured when it is longer than the policy's wait, and never shortens it", () => {
  fc.assert(
    fc.property(options, failures, random, fc.integer({ min: 0, max: DAY }), (o, n, r, retryAfterMs) => {
      const policy = retryPolicy(o)
      const asked = nextTry(policy, n, new Rejected('429', { retryable: true, retryAfterMs }), () => r)
      const own = nextTry(policy, n, error, () => r)
      expect(asked?.delayMs).toBe(own && Math.max(own.delayMs, retryAfterMs))
    }),
  )
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -5, 0, '120', null, {}])(
  'a Retry-After of %o is left aside',
  (retryAfterMs) => {
    const policy = retryPolicy({ base: '10s', jitter: 'none' })
    const asked = new Rejected('429', { retryable: true, retryAfterMs: retryAfterMs as never })
    expect(nextTry(policy, 1, asked)).toEqual(nextTry(policy, 1, error))
  },
)

test.each([1e9, 1e12, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE])(
  "a Retry-After of %o is cut at a day, or at the policy's cap where that is longer",
  (retryAfterMs) => {
    const asked = new Rejected('429', { retryable: true, retryAfterMs })
    expect(nextTry(retryPolicy(), 1, asked)?.delayMs).toBe(DAY)
    expect(nextTry(retryPolicy({ cap: '3d' }), 1, asked)?.delayMs).toBe(3 * DAY)
  },
)

test('what cannot get better is not tried again', () => {
  const policy = retryPolicy()
  expect(nextTry(policy, 1, new Rejected('no such mailbox', { retryable: false }))).toBeUndefined()
  expect(nextTry(policy, 1, new CascataError('bad-data', 'x', { fix: 'x' }))).toBeUndefined()
  expect(nextTry(policy, 1, new CascataError('not-json', 'x', { fix: 'x' }))).toBeUndefined()
  const picky = retryPolicy({ retryable: (e) => e instanceof RangeError })
  expect(nextTry(picky, 1, error)).toBeUndefined()
  expect(nextTry(picky, 1, new RangeError())).toBeDefined()
})

test('`retryable` is asked about every error but a final `Rejected`', () => {
  const policy = retryPolicy({ retryable: () => true })
  expect(nextTry(policy, 1, new CascataError('bad-data', 'x', { fix: 'x' }))).toBeDefined()
  expect(nextTry(policy, 1, new CascataError('not-json', 'x', { fix: 'x' }))).toBeDefined()
  expect(nextTry(policy, 1, new Rejected('no such mailbox', { retryable: false }))).toBeUndefined()
})

test('the default waits of a command sum to an hour or more, however they are drawn', () => {
  const policy = retryPolicy()
  const sumOf = (draw: () => number) => {
    let sum = 0
    for (let n = 1; ; n++) {
      const next = nextTry(policy, n, error, draw)
      if (!next) return sum
      sum += next.delayMs
    }
  }
  // 20,000 draws whose seed a failure prints, each from a generator of its own.
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      expect(sumOf(generator(seed))).toBeGreaterThanOrEqual(3_600_000)
    }),
    { numRuns: 20_000 },
  )
  expect(sumOf(() => 0.5)).toBeGreaterThan(5 * 3_600_000)
})

/** Mulberry32: uniform, and the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

test('a `retryable` that throws does not lose the command', () => {
  const policy = retryPolicy({
    retryable: () => {
      throw new Error('a bug')
    },
  })
  expect(nextTry(policy, 1, error)).toBeDefined()
})

test('the reason says in words why the next try is when it is', () => {
  const policy = retryPolicy({ base: '10s', cap: '30s' })
  expect(nextTry(policy, 3, new Rejected('429', { retryable: true, retryAfterMs: 60_000 }), () => 0.5)?.why).toBe(
    'exponential 10000 ms × 2^2, capped at 30000 ms, full jitter → 15000 ms, the service asked for 60000 ms → 60000 ms',
  )
})
