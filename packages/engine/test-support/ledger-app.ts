/** An application whose every deed is a row of `ledger`, for tests that kill the processes which run it. */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type App,
  batch,
  command,
  createApp,
  Entity,
  type EventValue,
  effect,
  event,
  handle,
  type Module,
  module,
  on,
  SINGLE_TENANT,
  uuidv7,
} from 'cascata'
import { z } from 'zod'

const id = z.object({ id: z.string() })
const write = 'insert into ledger (what, id) values ($1, $2)'

export const PlanRequested = event('plan.requested', z.object({ id: z.string(), members: z.number() }))
export const DeathRequested = event('death.requested', z.object({ id: z.string(), deaths: z.number() }))
export const Noted = event('noted', id)
const Plan = command('plan', z.object({ id: z.string(), members: z.number() }))
export const Write = command('write', id, { retry: { attempts: 3, base: '10ms' } })
const Close = command('close', id)
/** Writes, and then waits for ever with its transaction open, unless it is not the first claim. */
export const Hang = command('hang', id, { timeout: '1d' })
/** Takes a while each time. */
export const Linger = command('linger', id)
/** Waits for ever and asks nothing of the database. */
export const Wait = command('wait', id, { timeout: '1d' })
export const Die = command('die', z.object({ id: z.string(), deaths: z.number() }))
export const Call = command('call', id)

/** A row that states facts. */
export class Thing extends Entity {
  readonly entityType = 'thing'
  readonly tenant: string
  readonly id = uuidv7()

  constructor(events: readonly EventValue[], tenant: string = SINGLE_TENANT) {
    super()
    this.tenant = tenant
    for (const one of events) this.emit(one)
  }

  row() {
    return { table: 'things', key: { id: this.id }, values: {} }
  }
}

function dieUnless(enough: boolean): void {
  if (!enough) process.kill(process.pid, 'SIGKILL')
}

/** @param without stored names of event handlers that an older deployment does not have. */
export function ledgerApp(without: readonly string[] = []): App {
  return createApp([ledgerModule(without)])
}

export function ledgerModule(without: readonly string[] = []): Module {
  const handlers = [
    on(PlanRequested, 'plan', (data) => Plan(data)),
    on(DeathRequested, 'die', async ({ id, deaths }, { tx, event }) => {
      const { rows } = await tx.query<{ n: number }>(
        `select count(*)::integer as n from cascata.event_handlings where event_id = $1 and outcome = 'lost'`,
        [event.id],
      )
      dieUnless((rows[0]?.n ?? 0) >= deaths)
      return Write({ id: `survived ${id}` })
    }),
    on(Noted, 'old', ({ id }) => Write({ id: `old ${id}` })),
    on(Noted, 'new', ({ id }) => Write({ id: `new ${id}` })),
  ]
  return module('ledger', [
    ...handlers.filter(({ handlerName }) => !without.includes(handlerName)),
    handle(Plan, ({ id, members }) =>
      batch(
        'writes',
        Array.from({ length: members }, (_, i) => i),
        (i) => Write({ id: `${id}/${i}` }),
      ).next(Close({ id })),
    ),
    handle(Write, async ({ id }, { tx }) => {
      await tx.query(write, ['write', id])
    }),
    handle(Close, async ({ id }, { tx }) => {
      await tx.query(write, ['close', id])
    }),
    handle(Hang, async ({ id }, { tx, command }) => {
      await tx.query(write, ['hang', id])
      if (command.attempt === 1) await new Promise(() => {})
    }),
    handle(Linger, async ({ id }, { tx }) => {
      await sleep(700)
      await tx.query(write, ['linger', id])
    }),
    handle(Wait, () => new Promise<void>(() => {})),
    handle(Die, async ({ id, deaths }, { tx, command }) => {
      dieUnless(command.attempt > deaths)
      await tx.query(write, ['die', id])
    }),
    effect(Call, async ({ id }, { db, key, command }) => {
      await db.query(write, ['call', `${id} ${key}`])
      if (command.attempt === 1) await new Promise(() => {})
    }),
  ])
}
