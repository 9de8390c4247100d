import type { TargetResult } from './rounds.ts'
import { rounded } from './statistics.ts'
import type { WorkloadProfile } from './targets/target.ts'

/** Markdown, which a terminal shows as well. */
export function targetTable(results: readonly TargetResult[]): string {
  const lines = results.map(({ name, value, unit, required, ok, median, spread, peer }) => [
    name,
    `${value} ${unit}`,
    `${unit === 'ratio' ? '≥' : '≤'} ${required}`,
    ok ? 'yes' : '**no**',
    String(median),
    peer ? `${peer.name}: ${rounded(peer.median)}` : '–',
    `${Math.round(spread * 100)} %`,
  ])
  return table(['target', 'value', 'required', 'held', 'our median', 'peer', 'spread'], lines)
}

export function profileTable(profiles: readonly WorkloadProfile[]): string {
  const lines = profiles.map((profile) => [
    profile.workload,
    profile.contender,
    ...[
      profile.statementsPerJob,
      profile.transactionsPerJob,
      profile.walBytesPerJob,
      profile.buffersPerJob,
      profile.nodeCpuUsPerJob,
      profile.postgresCpuUsPerJob,
    ].map((n) => String(rounded(n))),
  ])
  const head = [
    'workload',
    'contender',
    'statements',
    'transactions',
    'WAL bytes',
    'buffers',
    'Node µs',
    'PostgreSQL µs',
  ]
  return table(head, lines)
}

export function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
