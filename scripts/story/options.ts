import { parseArgs } from 'node:util'

export interface StoryOptions {
  students: number
  /** Percentage of delivery attempts that the mail service fails. */
  fail: number
  /** How often the Daemon is killed. */
  kill: number
  /** Of the failures and of the moments of the kills. */
  seed: number
  /** After a kill, how soon the next attempt must have ended, in seconds. */
  resume: number
  json: boolean
}

export class UsageError extends Error {}

export const USAGE = `npm run story -- [--students 1000] [--fail 5] [--kill 20] [--seed 7] [--json]

  --students n   size of the class, 1 to 100000           default 100
  --fail p       percentage of attempts that fail, 0–95   default 0
  --kill n       how often the Daemon is killed, 0 to 100 default 0
  --seed s       of failures and kills, 0 to 2147483647   default 1
  --resume s     seconds within which work must resume    default 5
  --json         the last line of the output is one JSON object`

/** @throws UsageError */
export function storyOptions(args: string[]): StoryOptions {
  const text = { type: 'string' } as const
  let values: { students?: string; fail?: string; kill?: string; seed?: string; resume?: string; json?: boolean }
  try {
    ;({ values } = parseArgs({
      args,
      options: { students: text, fail: text, kill: text, seed: text, resume: text, json: { type: 'boolean' } },
    }))
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
  const whole = (name: keyof Omit<typeof values, 'json'>, standard: number, min: number, max: number) => {
    const given = values[name]
    if (given === undefined) return standard
    const number = Number(given)
    if (given.trim() !== '' && Number.isInteger(number) && number >= min && number <= max) return number
    throw new UsageError(`--${name} is "${given}", and must be a whole number from ${min} to ${max}.`)
  }
  return {
    students: whole('students', 100, 1, 100_000),
    fail: whole('fail', 0, 0, 95),
    kill: whole('kill', 0, 0, 100),
    seed: whole('seed', 1, 0, 2_147_483_647),
    resume: whole('resume', 5, 1, 60),
    json: values.json ?? false,
  }
}
