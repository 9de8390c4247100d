import pg from 'pg'
import { fillHistory } from '../../scripts/testing/history.ts'
import { type RunningContender, startContender } from '../contenders/start-contender.ts'
import { atLeast, draining, interleaved, type Rates } from '../rounds.ts'
import { ratesOf } from './field.ts'
import type { Run, TargetGroup } from './target.ts'

const JOBS = 20_000

/** Millions of finished commands in the tables, against empty ones. */
export const history: TargetGroup = {
  names: ['6a-history'],
  async measure(run) {
    const commands = run.quick ? 1_000_000 : 5_000_000
    const rates = await burdened(run, (done) => done >= run.rounds, {
      label: 'history',
      lay: async (url) => {
        const filled = await fillHistory(url, { commands })
        run.say(`${filled.commands} commands of the past are in the tables`)
        // Finished ones only: what that history left open would be parked or rescued in the first rounds.
        await run.server.withClient(url, (c) => c.query('truncate cascata.command_queue, cascata.event_queue'))
        return async () => {}
      },
    })
    const peer = { name: 'the same with empty tables', rates: ratesOf(rates, 'plain') }
    return [atLeast('6a-history', 0.9, ratesOf(rates, 'history'), peer)]
  },
}

/** A snapshot held for minutes: nothing that is finished meanwhile can be cleaned away. */
export const snapshot: TargetGroup = {
  names: ['6b-snapshot'],
  async measure(run) {
    const heldMs = run.quick ? 90_000 : 300_000
    let since = 0
    const rates = await burdened(run, (done) => done >= run.rounds && performance.now() - since > heldMs, {
      label: 'snapshot',
      lay: async (url) => {
        const holder = new pg.Client({ connectionString: url })
        await holder.connect()
        await holder.query('begin isolation level repeatable read')
        await holder.query('select count(*) from cascata.command_queue')
        since = performance.now()
        return () => holder.end()
      },
    })
    // The first half of the rounds lays the dead rows that the second half has to live with.
    const late = (label: string) => ratesOf(rates, label).slice(ratesOf(rates, label).length >> 1)
    const peer = { name: 'the same without a snapshot', rates: late('plain') }
    return [atLeast('6b-snapshot', 0.8, late('snapshot'), peer)]
  },
}

/** The same drain on two databases, one of which bears a burden. A snapshot holds back its own database only. */
async function burdened(
  { server, say }: Run,
  until: (rounds: number) => boolean,
  burden: { label: string; lay: (url: string) => Promise<() => Promise<void>> },
): Promise<Rates> {
  const running: RunningContender[] = []
  let lift = async () => {}
  const names = { plain: 'bench_plain', burdened: `bench_${burden.label}` }
  try {
    const start = async (name: string) => {
      const url = await server.createDatabase(name)
      const contender = await startContender('cascata', { url, work: 'noop', burdened: true })
      running.push(contender)
      return { url, contender }
    }
    const plain = await start(names.plain)
    const other = await start(names.burdened)
    lift = await burden.lay(other.url)
    for (const contender of running) {
      await contender.enqueue(2_000)
      await contender.drain(2_000)
    }
    const before = () => server.checkpoint()
    return await interleaved(
      [draining('plain', plain.contender, JOBS, before), draining(burden.label, other.contender, JOBS, before)],
      until,
      say,
    )
  } finally {
    await lift()
    for (const contender of running) await contender.close()
    for (const name of Object.values(names)) await server.dropDatabase(name)
  }
}
