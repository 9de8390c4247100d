import type { App } from '../app/app.ts'
import { handlerData } from '../definitions/validate.ts'
import { carryTrace } from '../postgres/carried-trace.ts'
import type { Tx } from '../postgres/tx.ts'
import { Refused } from './attempt-end.ts'
import type { CommandClaim } from './claim-commands.ts'
import type { CommandContext, CommandHandler } from './handle.ts'
import { addNext, emptyNext, nextText } from './next-json.ts'
import type { NextList } from './outcome.ts'
import type { RunOptions } from './run-options.ts'

/** @throws Refused */
export function dataOf(claim: CommandClaim, { command }: CommandHandler): unknown {
  try {
    return handlerData(claim.type, command.schema, claim.data)
  } catch (cause) {
    throw new Refused('', { cause })
  }
}

/** @param own what only handlers of this kind are given. */
export function contextOf<Own extends { readonly tx?: Tx; readonly db?: Tx }>(
  { services, now }: RunOptions,
  claim: CommandClaim,
  signal: () => AbortSignal,
  own: Own,
): Omit<CommandContext, 'tx'> & Own {
  const { id, type, rootId, claimNo: attempt, failures, batchId, trace } = claim
  carryTrace(own.tx ?? own.db, trace)
  return {
    ...services,
    ...own,
    tenant: claim.tenant,
    command: { id, type, rootId, attempt, failures, batchId, trace },
    get signal() {
      return signal()
    },
    now,
  }
}

export function followUps(app: App, claim: CommandClaim, list: NextList): string | undefined {
  if (list === undefined || list === null) return undefined
  const next = emptyNext()
  const { id: commandId, rootId, batchId, trace } = claim
  const origin = { kind: 'command', commandId, rootId, batchId, trace } as const
  addNext(next, list, origin, (name) => app.commandHandlers.has(name))
  return nextText(next) ?? undefined
}
