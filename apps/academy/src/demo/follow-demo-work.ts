/**
 * Follows the work of the demonstration until the Daemon has nothing of it left to do. On the way students pay what they are
 * asked for, as they would at the payment gateway's page: one refuses, and one has not paid yet.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { SINGLE_TENANT } from 'cascata'
import type pg from 'pg'
import { withTenant } from '../platform/database/with-tenant.ts'
import { DEMO_INSTITUTIONS, institutionId } from './people.ts'

export type DemoWork = { succeeded: number; failed: number; left: number }

export type FollowOptions = {
  /** Hears the counts so far. */
  tell?: (work: DemoWork) => void
  /** Then it goes on without anybody watching. Default 20 s. */
  withinMs?: number
  signal?: AbortSignal
}

const LOOK_EVERY_MS = 150

type Pools = { web: pg.Pool; console: pg.Pool }

export async function followDemoWork(
  pools: Pools,
  { tell = () => {}, withinMs = 20_000, signal }: FollowOptions = {},
): Promise<DemoWork> {
  const untilMs = performance.now() + withinMs
  let isPaid = false
  for (;;) {
    const work = await workOf(pools.console)
    tell(work)
    const waits = signal?.aborted || performance.now() > untilMs
    if (waits || (work.left === 0 && isPaid && (await paying(pools.web)) === 0)) return work
    if (work.left === 0 && !isPaid) {
      isPaid = true
      await pay(pools.web)
    }
    await sleep(LOOK_EVERY_MS, undefined, signal ? { signal } : {}).catch(() => {})
  }
}

/** Commands that wait for their time, or for a batch, are not to be waited for. */
async function workOf(console: pg.Pool): Promise<DemoWork> {
  return withTenant(
    console,
    { institutionId: SINGLE_TENANT },
    async (tx) => {
      const { rows } = await tx.query<DemoWork>(
        `select count(*) filter (where status = 'success')::int as succeeded,
           count(*) filter (where status = 'error')::int as failed,
           (select count(*) from cascata.event_queue where tenant = any($1::uuid[]) and state in ('pending', 'processing'))::int
             + count(*) filter (where status in ('pending', 'processing'))::int as left
         from cascata.command_statuses where tenant = any($1::uuid[])`,
        [DEMO_INSTITUTIONS.map(({ key }) => institutionId(key))],
      )
      return rows[0] ?? { succeeded: 0, failed: 0, left: 0 }
    },
    { readOnly: true },
  )
}

const TENANT = institutionId(DEMO_INSTITUTIONS[0].key)

/** Charges that the gateway has, and whose end is not known here; all but the last will be paid or refused. */
async function requested(web: pg.Pool): Promise<{ pay_url: string }[]> {
  return withTenant(
    web,
    { institutionId: TENANT },
    async (tx) =>
      (
        await tx.query<{ pay_url: string }>(
          `select pay_url from academy.charges where status = 'requested' order by id`,
        )
      ).rows,
    { readOnly: true },
  )
}

const paying = async (web: pg.Pool) => Math.max(0, (await requested(web)).length - 1)

async function pay(web: pg.Pool): Promise<void> {
  const charges = (await requested(web)).slice(0, -1)
  await Promise.all(
    charges.map(
      ({ pay_url: url }, index) =>
        fetch(url, {
          method: 'POST',
          body: new URLSearchParams({ choice: index === 0 ? 'refuse' : 'pay' }),
          redirect: 'manual',
          signal: AbortSignal.timeout(5_000),
        }).catch(() => {}), // not paid, then
    ),
  )
}
