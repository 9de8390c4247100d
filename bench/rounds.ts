import type { Done } from './contenders/contender-process.ts'
import type { RunningContender } from './contenders/start-contender.ts'
import { median, rounded, spread } from './statistics.ts'

/** Something that is measured once a round: a contender's drain, pgbench, plain inserts. @returns jobs per second. */
export interface Entrant {
  readonly label: string
  round(): Promise<number>
}

/** Rates by label, one a round, in the order of the rounds. */
export type Rates = ReadonlyMap<string, readonly number[]>

/**
 * Every entrant once a round, each round in another order: what the machine does beside us then meets all alike.
 * @param until asked after each round; true ends the measurement.
 */
export async function interleaved(
  entrants: readonly Entrant[],
  until: (rounds: number) => boolean,
  say: (line: string) => void,
): Promise<Rates> {
  const rates = new Map(entrants.map(({ label }) => [label, [] as number[]]))
  for (let round = 0; ; round++) {
    for (let i = 0; i < entrants.length; i++) {
      const { label, round: measure } = entrants[(i + round) % entrants.length] as Entrant
      rates.get(label)?.push(await measure())
    }
    say(`round ${round + 1}: ${[...rates].map(([label, own]) => `${label} ${rounded(own.at(-1) ?? 0)}/s`).join(', ')}`)
    if (until(round + 1)) return rates
  }
}

/** Of each round the ratio of both: the machine's own changes from round to round fall out. */
export function ratios(ours: readonly number[], peers: readonly number[]): number[] {
  return ours.map((rate, round) => rate / (peers[round] as number))
}

/** What one target gave; the shape of the JSON output. */
export interface TargetResult {
  readonly name: string
  /** What is compared with `required`. */
  readonly value: number
  readonly unit: string
  readonly required: number
  readonly ok: boolean
  /** Our own median, in `medianUnit`. */
  readonly median: number
  /** Of the value over the rounds: (Q3 − Q1) / median. */
  readonly spread: number
  /** Whom we are measured against, and its median; null: a fixed bound. */
  readonly peer: { readonly name: string; readonly median: number } | null
}

/** At least `required` times as fast as the peer, by the median of the rounds' ratios. */
export function atLeast(
  name: string,
  required: number,
  ours: readonly number[],
  peer: { name: string; rates: readonly number[] },
): TargetResult {
  const of = ratios(ours, peer.rates)
  const value = rounded(median(of))
  return {
    name,
    value,
    unit: 'ratio',
    required,
    ok: value >= required,
    median: rounded(median(ours)),
    spread: rounded(spread(of)),
    peer: { name: peer.name, median: rounded(median(peer.rates)) },
  }
}

/** At most `required`, whatever others do. */
export function atMost(
  name: string,
  required: number,
  value: number,
  unit: string,
  samples: readonly number[],
): TargetResult {
  return {
    name,
    value: rounded(value),
    unit,
    required,
    ok: rounded(value) <= required,
    median: rounded(median(samples)),
    spread: rounded(spread(samples)),
    peer: null,
  }
}

/** Enqueues, then drains, `n` jobs; the rate is the drain's. */
export function draining(
  label: string,
  contender: RunningContender,
  n: number,
  before: () => Promise<void>,
  onEnqueued: (done: Done) => void = () => {},
): Entrant {
  return {
    label,
    round: async () => {
      onEnqueued(await contender.enqueue(n))
      await before()
      const { ms } = await contender.drain(n)
      return (n / ms) * 1_000
    },
  }
}
