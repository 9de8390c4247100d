import { migrate } from 'cascata'
import { INSERT_ROW, ROWS_TABLE } from '../contenders/contender.ts'
import { pgbench } from '../pgbench.ts'
import { atLeast, type Entrant, ratios, type TargetResult } from '../rounds.ts'
import type { Server } from '../server.ts'
import { median, rounded, spread } from '../statistics.ts'
import { measureField, ratesOf, type Starter } from './field.ts'
import type { TargetGroup } from './target.ts'

const JOBS = 8_000

const starter = (label: string, contender: Starter['contender'], work: Starter['options']['work']): Starter => ({
  label,
  contender,
  options: { work },
  jobs: JOBS,
})
const EXCLUSIVE = starter('cascata exclusive', 'cascata', 'row')
// For the record: the targets are of commits that wait for the disk, as the peers' do.
const ASYNCHRONOUS = starter('cascata exclusive, asynchronous', 'cascata', 'asynchronous')
const SHARED = starter('cascata shared', 'cascata', 'shared')
const GRAPHILE = starter('graphile-worker', 'graphile-worker', 'row')
const PG_BOSS = starter('pg-boss', 'pg-boss', 'row')
const PG_BOSS_TRANSACTIONAL = starter('pg-boss transactional', 'pg-boss', 'transactional')

/** Who runs for which target. */
const NEEDED: Record<string, readonly Starter[]> = {
  '2a-exclusive': [EXCLUSIVE, ASYNCHRONOUS, GRAPHILE],
  '2b-exclusive-vs-pgbench': [EXCLUSIVE],
  '2c-shared': [SHARED, GRAPHILE],
  '2d-vs-pgboss': [EXCLUSIVE, SHARED, PG_BOSS, PG_BOSS_TRANSACTIONAL],
}

/** Commands that write one row. */
export const rows: TargetGroup = {
  names: Object.keys(NEEDED),
  async measure(run) {
    const wanted = Object.keys(NEEDED).filter((name) => run.wanted.has(name))
    const starters = [...new Set(wanted.flatMap((name) => NEEDED[name] ?? []))]
    const others = wanted.includes('2b-exclusive-vs-pgbench') ? [await pgbenchEntrant(run.server)] : []
    const { drained } = await measureField(run, 'row', starters, others)
    const rates = (who: Starter) => ratesOf(drained, who.label)
    const peer = (who: Starter) => ({ name: who.label, rates: rates(who) })
    return wanted.map((name): TargetResult => {
      switch (name) {
        case '2a-exclusive':
          return atLeast(name, 0.9, rates(EXCLUSIVE), peer(GRAPHILE))
        case '2b-exclusive-vs-pgbench':
          return atLeast(name, 0.8, rates(EXCLUSIVE), { name: 'pgbench', rates: ratesOf(drained, 'pgbench') })
        case '2c-shared':
          return atLeast(name, 1.8, rates(SHARED), peer(GRAPHILE))
        default:
          return againstPgBoss(name, rates)
      }
    })
  },
}

/** Both of our modes against both of its kinds of worker; the worst of the four is the value. */
function againstPgBoss(name: string, rates: (who: Starter) => readonly number[]): TargetResult {
  const pairs = [EXCLUSIVE, SHARED].flatMap((ours) =>
    [PG_BOSS, PG_BOSS_TRANSACTIONAL].map((peer) => ({ ours, peer, of: ratios(rates(ours), rates(peer)) })),
  )
  const worst = pairs.reduce((a, b) => (median(a.of) <= median(b.of) ? a : b))
  const value = rounded(median(worst.of))
  return {
    name,
    value,
    unit: 'ratio',
    required: 1.2,
    ok: value >= 1.2,
    median: rounded(median(rates(worst.ours))),
    spread: rounded(spread(worst.of)),
    peer: { name: `${worst.peer.label}, by ${worst.ours.label}`, median: rounded(median(rates(worst.peer))) },
  }
}

const CLIENTS = 16
const TOKEN = '00000000-0000-4000-8000-000000000000'
const TENANT = '00000000-0000-0000-0000-000000000000'

/**
 * The statements of an exclusive command in as many round trips, by pgbench: fence and row in the first, commit in the
 * second. What it is spared: claiming (the rows are claimed beforehand), the attempts, validation, a handler, Node.
 */
async function pgbenchEntrant(server: Server): Promise<Entrant> {
  const url = await server.createDatabase('bench_row_pgbench')
  await migrate({ url })
  await server.withClient(url, (client) => client.query(ROWS_TABLE))
  return {
    label: 'pgbench',
    round: async () => {
      // UUIDs of this instant, numbered at their end.
      const hex = Date.now().toString(16).padStart(12, '0')
      const prefix = `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-`
      await server.withClient(url, (client) => client.query(claimedCommands(prefix)))
      await server.checkpoint()
      return pgbench({ url, script: script(prefix), clients: CLIENTS, transactions: JOBS / CLIENTS })
    },
  }
}

const idOf = (prefix: string, k: string): string => `('${prefix}' || lpad(to_hex(${k}), 12, '0'))::uuid`

const claimedCommands = (prefix: string): string => `
  with c as materialized (select ${idOf(prefix, 'k')} as id from generate_series(0, ${JOBS - 1}) k), facts as (
    insert into cascata.commands (tenant, id, type, data, lane, priority, root_id, origin)
    select '${TENANT}', id, 'bench.write-row', '{"job":1}', 1, 0, id, 'direct' from c)
  insert into cascata.command_queue (tenant, id, type, root_id, lane, priority, state, claim_no, token, claimed_by)
  select '${TENANT}', id, 'bench.write-row', id, 1, 0, 'processing', 1, '${TOKEN}', '${TOKEN}' from c`

const script = (prefix: string): string => `
\\set k :client_id * ${JOBS / CLIENTS} + :i
\\set i :i + 1
\\startpipeline
begin;
select cascata.fence('${TENANT}', ${idOf(prefix, ':k::integer')}, '${TOKEN}', true);
${INSERT_ROW.replace('$1', ':k').replace('$2', `'written by pgbench'`)};
\\endpipeline
\\startpipeline
commit;
\\endpipeline
`
