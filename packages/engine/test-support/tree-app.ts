/** Batches within batches: what each command makes is drawn by the test, and what ran is written down as it ends. */
import {
  type App,
  batch,
  type CommandContext,
  cancel,
  command,
  createApp,
  discard,
  Entity,
  effect,
  event,
  handle,
  module,
  on,
  retryIn,
} from 'cascata'
import type pg from 'pg'
import { z } from 'zod'

/** A command and the batches that it returns. `id` begins with the id of the batch that it is a member of. */
export interface Twig {
  id: string
  mode: 'plain' | 'exclusive' | 'shared' | 'effect'
  fate: 'done' | 'again' | 'cancelled' | 'error'
  batches: Branch[]
}
export interface Branch {
  id: string
  members: Twig[]
}

const twig: z.ZodType<Twig> = z.lazy(() =>
  z.object({
    id: z.string(),
    mode: z.enum(['plain', 'exclusive', 'shared', 'effect']),
    fate: z.enum(['done', 'again', 'cancelled', 'error']),
    batches: z.array(branch),
  }),
)
const branch: z.ZodType<Branch> = z.object({ id: z.string(), members: z.array(twig) })

export const TreePlanted = event('tree.planted', branch)
const Plain = command('twig.plain', twig)
const Exclusive = command('twig.exclusive', twig)
const Shared = command('twig.shared', twig, { transaction: 'shared' })
const Effect = command('twig.effect', twig, { timeout: '3s' }) // a killed one is called again after it
const After = command('branch.after', z.object({ id: z.string(), expected: z.number() }))
const COMMANDS = { plain: Plain, exclusive: Exclusive, shared: Shared, effect: Effect }

/** All that must have run before the command that follows the branch. */
export function size({ members }: Branch): number {
  return members.reduce((sum, { batches }) => sum + 1 + batches.reduce((inner, b) => inner + size(b), 0), 0)
}

export function branchBatch(b: Branch) {
  return batch('branch', b.members, (member) => COMMANDS[member.mode](member))
    .succeedsWhen('all-finished')
    .next(After({ id: b.id, expected: size(b) }))
}

export class Tree extends Entity {
  readonly entityType = 'tree'
  readonly tenant = '00000000-0000-0000-0000-000000000000'
  readonly id: string
  constructor(id: string, planted: Branch) {
    super()
    this.id = id
    this.emit(TreePlanted(planted))
  }
  row() {
    return { table: 'things', key: { id: this.id }, values: {} }
  }
}

/** @param outside a connection of its own: what a command writes down there stays, whatever becomes of its transaction. */
export function treeApp(outside: pg.Pool): App {
  const end = async ({ id, fate, batches }: Twig, { command: { attempt } }: Pick<CommandContext, 'command'>) => {
    if (fate === 'again' && attempt === 1) return retryIn('50ms', 'once more')
    await outside.query(`insert into ledger values ('ran', $1)`, [id])
    if (fate === 'cancelled') return cancel('not wanted')
    if (fate === 'error') return discard('not to be had')
    return batches.map(branchBatch)
  }
  return createApp([
    module('trees', [
      on(TreePlanted, 'grow', (planted) => branchBatch(planted)),
      handle(Plain, end),
      handle(Exclusive, async (data, context) => {
        await context.tx.query('select 1')
        return await end(data, context)
      }),
      handle(Shared, async (data, context) => {
        await context.tx.query('select 1')
        return await end(data, context)
      }),
      effect(Effect, end),
      handle(After, async ({ id, expected }, { tx }) => {
        await tx.query(
          `insert into ledger select case when count(distinct id) = $2 then 'after' else 'early' end, $1
           from ledger where what = 'ran' and starts_with(id, $1 || '/')`,
          [id, expected],
        )
      }),
    ]),
  ])
}
