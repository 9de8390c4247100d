import { expect, test } from 'vitest'
import { replaced } from './growth.ts'
import { BadFlag, parseOptions, TARGET_NAMES } from './options.ts'
import { svg } from './plot.ts'
import { targetTable } from './report.ts'
import { atLeast, atMost, type Entrant, interleaved } from './rounds.ts'
import { median, percentile, rounded, spread } from './statistics.ts'

test('without flags every target is measured in full', () => {
  expect(parseOptions([])).toEqual({ quick: false, json: false, growth: false, only: TARGET_NAMES })
})

test('--only chooses, and may be repeated', () => {
  const options = parseOptions(['--quick', '--json', '--only', '1-noop', '--only=8-memory'])
  expect(options).toEqual({ quick: true, json: true, growth: false, only: ['1-noop', '8-memory'] })
})

test.each([
  [['--only', 'noop'], 'There is no target "noop". These are: 1-noop, '],
  [['--fast'], "Unknown option '--fast'"],
  [['quick'], "Unexpected argument 'quick'"],
  [['--only'], "Option '--only <value>' argument missing"],
  [['--growth', '--only', '1-noop'], '--growth measures curves'],
])('%j is refused in words', (args, message) => {
  expect(() => parseOptions(args)).toThrow(BadFlag)
  expect(() => parseOptions(args)).toThrow(message)
})

test('medians, percentiles and spreads', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(percentile([5, 1, 4, 2, 3], 0.99)).toBe(5)
  expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3)
  expect(percentile([7], 0)).toBe(7)
  expect(spread([1, 2, 3, 4, 5])).toBeCloseTo(2 / 3)
  expect(spread([0, 0])).toBe(0)
  expect(() => median([])).toThrow(RangeError)
  expect(rounded(1_234.5)).toBe(1_230)
  expect(rounded(0)).toBe(0)
})

test('a ratio is that of the rounds, not of two medians', () => {
  const result = atLeast('1-noop', 1.6, [10, 40, 30], { name: 'peer', rates: [5, 10, 20] })
  expect(result).toEqual({
    name: '1-noop',
    value: 2,
    unit: 'ratio',
    required: 1.6,
    ok: true,
    median: 30,
    spread: 1.25,
    peer: { name: 'peer', median: 10 },
  })
  expect(atLeast('1-noop', 2.1, [10, 40, 30], { name: 'peer', rates: [5, 10, 20] }).ok).toBe(false)
})

test('a bound holds from below', () => {
  expect(atMost('5a-p50', 10, 4.2, 'ms', [4, 4.2, 5])).toMatchObject({ value: 4.2, ok: true, peer: null })
  expect(atMost('5a-p50', 10, 10.1, 'ms', [4, 10.1, 12]).ok).toBe(false)
})

test('each round begins with another entrant', async () => {
  const order: string[] = []
  const entrant = (label: string): Entrant => ({
    label,
    round: async () => order.push(label),
  })
  const rates = await interleaved(
    [entrant('a'), entrant('b')],
    (rounds) => rounds === 3,
    () => {},
  )
  expect(order.join('')).toBe('abbaab')
  expect([...rates.keys()]).toEqual(['a', 'b'])
  expect(rates.get('a')).toHaveLength(3)
})

test('the table says plainly what was missed', () => {
  const text = targetTable([atMost('5a-p50', 10, 12, 'ms', [12])])
  expect(text.split('\n').at(-1)).toBe('| 5a-p50 | 12 ms | ≤ 10 | **no** | 12 | – | 0 % |')
})

test('a run writes between its marks, and nowhere else', () => {
  const document = 'before\n<!-- growth: written by the run -->\nold\n<!-- end of growth -->\nafter\n'
  const written = 'before\n<!-- growth: written by the run -->\n\nnew\n\n<!-- end of growth -->\nafter\n'
  expect(replaced(document, 'growth', 'new')).toBe(written)
  expect(replaced(written, 'growth', 'new')).toBe(written)
  expect(() => replaced(document, 'targets', 'new')).toThrow('no part "targets"')
})

test('a plot begins at zero and names what it shows', () => {
  const series = [
    {
      label: 'a & b',
      points: [
        { x: 10, y: 500 },
        { x: 1_000, y: 1_900 },
      ],
    },
  ]
  const drawn = svg({ title: 'Growth', x: 'rows', y: 'per second', series })
  expect(drawn).toMatch(/^<svg [^>]*role="img" aria-label="Growth">/)
  for (const word of ['a &amp; b', '>0<', '>2 k<', '>10<', '>1 k<', 'rows', 'per second']) expect(drawn).toContain(word)
  expect(drawn).not.toContain('NaN')
})
