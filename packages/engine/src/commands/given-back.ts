import { CascataError } from '../errors.ts'
import type { Trouble } from '../postgres/trouble.ts'
import { attemptError } from '../processor/attempt-error.ts'
import { giveBackDelay, nextAfterRefusal } from '../processor/give-back.ts'
import { type CommandClaim, CRASHES_MAX } from './claim-commands.ts'
import type { Timed } from './run-options.ts'
import type { Settlement } from './settle-commands.ts'

/**
 * How often, a minute apart at last, a command is given back that met a full disk or the like in a statement of its own: an
 * hour. From then on that counts as its failure, for a statement may want more memory than there will ever be.
 */
const SERVER_STATES_MAX = 60

/** Outcomes that count no failure and ask for less than this could be a loop. */
const SHORT_MS = 1_000
const SHORT_IN_A_ROW_MAX = 10

const PLACES: Record<Trouble['place'], string> = {
  connecting: 'Connecting as the role of the handlers',
  beginning: 'Beginning the transaction',
  statement: 'A statement',
  calling: 'Storing the intent of the call, so that nothing was called,',
  committing: 'The commit',
}

/**
 * What becomes of a command that met trouble which is no failure of its handler.
 *
 * An outage gives it back as often as it lasts. A lost session may be the doing of its own statement, a query that takes the
 * server's memory for instance, and is counted as a daemon's death is: twice, then it runs as a suspect; five times, then it
 * ends in error.
 * @returns undefined: it counts as a failure after all.
 */
export function givenBack(claim: CommandClaim, { kind, place, error }: Trouble, timed: Timed): Settlement | undefined {
  if (kind === 'loss') return afterLoss(claim, error, timed)
  if (place === 'statement' && claim.releases >= SERVER_STATES_MAX) return undefined
  return {
    ...timed,
    outcome: 'released',
    final: false,
    failed: false,
    counter: 'releases',
    delayMs: giveBackDelay(claim.releases),
    why: `given back ${claim.releases + 1} in a row, no failure counted`,
    error: { class: 'Released', message: `${PLACES[place]} failed: ${attemptError(error).message}`, stack: null },
  }
}

function afterLoss(claim: CommandClaim, thrown: unknown, timed: Timed): Settlement {
  const crashes = claim.crashes + 1
  const said = attemptError(thrown).message
  if (crashes >= CRASHES_MAX) {
    const message = `${crashes} times its session or its daemon was lost with this command in flight; it is not tried again. The last time: ${said}`
    return {
      ...timed,
      outcome: 'error',
      final: true,
      failed: true,
      error: { class: 'CrashLoop', message, stack: null },
    }
  }
  const message = `The session ended with this command in flight; nothing of that run was saved: ${said}`
  return {
    ...timed,
    outcome: 'lost',
    final: false,
    failed: false,
    counter: 'crashes',
    delayMs: giveBackDelay(claim.crashes),
    why: `lost ${crashes} of ${CRASHES_MAX} times, no failure counted`,
    error: { class: 'SessionLost', message, stack: null },
  }
}

/** The command's data, or its type, is nothing that this daemon knows. @returns undefined: refused for long enough. */
export function refused(claim: CommandClaim, thrown: unknown, timed: Timed): Settlement | undefined {
  const next = nextAfterRefusal(claim.refusals)
  if (!next) return undefined
  const error = attemptError(thrown)
  return { ...timed, outcome: 'released', final: false, failed: false, counter: 'refusals', ...next, error }
}

/** Snoozes and rejections that are not counted: ten in a row of less than a second each, then a second apart. */
export function shortWait({ releases }: CommandClaim, delayMs: number): Pick<Settlement, 'delayMs' | 'counter'> {
  if (delayMs >= SHORT_MS) return { delayMs }
  return { delayMs: releases < SHORT_IN_A_ROW_MAX ? delayMs : SHORT_MS, counter: 'releases' }
}

/** What is told together: the same trouble at the same place. */
export function troubleKind({ kind, place, error }: Trouble): string {
  const { code } = (error ?? {}) as { code?: unknown }
  return `${kind} ${place} ${typeof code === 'string' ? code : ''}`
}

/** For `onError`: what keeps commands from running. */
export function givenBackError({ kind, place, error }: Trouble, commands: number): CascataError {
  const what = kind === 'loss' ? 'The session of a handler was lost' : `${PLACES[place]} failed`
  const many = commands === 1 ? 'One command' : `${commands.toLocaleString('en')} commands`
  return new CascataError('given-back', `${what}: ${attemptError(error).message}. ${many} met that.`, {
    fix: 'look after the database; commands come back by themselves, and calls that are held wait for a decision.',
    cause: error,
  })
}
