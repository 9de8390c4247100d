import { parseArgs } from 'node:util'

export const TARGET_NAMES = [
  '1-noop',
  '2a-exclusive',
  '2b-exclusive-vs-pgbench',
  '2c-shared',
  '2d-vs-pgboss',
  '3-batch',
  '4-emit',
  '5a-p50',
  '5b-p99',
  '5c-no-notify-p99',
  '6a-history',
  '6b-snapshot',
  '7-enqueue',
  '8-memory',
  '9-workflow-p50',
] as const
export type TargetName = (typeof TARGET_NAMES)[number]

export interface BenchOptions {
  quick: boolean
  json: boolean
  growth: boolean
  only: readonly TargetName[]
}

/** A flag that nobody can follow. */
export class BadFlag extends Error {}

export const USAGE = `npm run bench -- [--quick] [--only <target>]… [--json] [--growth]

  --quick   at most ten minutes: 1,000,000 finished rows instead of 5,000,000, five rounds instead of nine
  --only    one target, or several when repeated: ${TARGET_NAMES.slice(0, 5).join(', ')},
            ${TARGET_NAMES.slice(5).join(', ')}
  --json    one JSON object on standard output, and nothing else there
  --growth  instead of the targets, the growth curves; writes docs/benchmarks/*.svg and the tables of docs/benchmarks.md`

/** @throws BadFlag with a message for whoever typed it. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { quick, json, growth, only } = parsed(args)
  for (const name of only) {
    if (!(TARGET_NAMES as readonly string[]).includes(name)) {
      throw new BadFlag(`There is no target "${name}". These are: ${TARGET_NAMES.join(', ')}.`)
    }
  }
  if (growth && only.length > 0) throw new BadFlag('--growth measures curves; --only chooses targets. Use one of them.')
  return { quick, json, growth, only: only.length > 0 ? (only as TargetName[]) : TARGET_NAMES }
}

function parsed(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        growth: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
      },
    })
    return values
  } catch (error) {
    throw new BadFlag((error as Error).message)
  }
}
