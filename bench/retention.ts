/**
 * What it costs to let a week of history go: dropping its partitions against deleting its rows, as JSON.
 * `npm run bench:retention -- [--commands 500000]`
 *
 * Of a history of twelve weeks the old ones go one after the other, dropped and deleted in turns. Deleting leaves its work
 * to vacuum as well, which is counted; that the space is then free for reuse but not given back is not.
 */
import { availableParallelism, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { migrate } from 'cascata'
import type pg from 'pg'
import { fillHistory } from '../scripts/testing/history.ts'
import { Server } from './server.ts'
import { median, rounded, spread } from './statistics.ts'

const WEEKS = 12
const FACTS = ['events', 'commands', 'attempts', 'event_handlings'] as const

interface Cost {
  ms: number
  walBytes: number
}

const { values } = parseArgs({ options: { commands: { type: 'string', default: '500000' } } })
const commands = Number(values.commands)
if (!Number.isInteger(commands) || commands < 1_000) {
  console.error(`--commands ${values.commands}: give a whole number of at least 1000.`)
  process.exit(2)
}

const server = await Server.start()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void server.stop().finally(() => process.exit(1)))
}
try {
  const url = await server.createDatabase('retention')
  await migrate({ url })
  const history = await fillHistory(url, { commands, weeks: WEEKS })
  const costs = await server.withClient(url, (client) => measure(client))
  console.log(
    JSON.stringify({
      history: { commands: history.commands, weeks: WEEKS },
      week: { drop: summary(costs.drop), delete: summary(costs.delete) },
      machine: { cpus: availableParallelism(), load: rounded(loadavg()[0] ?? 0), postgres: await server.version() },
    }),
  )
} finally {
  await server.stop()
}

async function measure(client: pg.Client): Promise<Record<'drop' | 'delete', Cost[]>> {
  const costs = { drop: [] as Cost[], delete: [] as Cost[] }
  // What an old batch's next command waits for is given up by retention; here it would only make weeks differ.
  await client.query(`delete from cascata.command_queue where state = 'awaiting'`)
  const { rows: weeks } = await client.query<{ week: Date }>(
    `select week from cascata.retention_report(interval '7 days') where droppable and rows_estimate > 0 order by week`,
  )
  for (const [at, { week }] of weeks.entries()) {
    const how = at % 2 === 0 ? 'drop' : 'delete'
    await client.query('checkpoint')
    costs[how].push(await cost(client, () => (how === 'drop' ? drop(client, week) : deleteRows(client, week))))
  }
  return costs
}

async function cost(client: pg.Client, work: () => Promise<void>): Promise<Cost> {
  const wal = async () => {
    const { rows } = await client.query<{ n: number }>(
      `select (pg_current_wal_insert_lsn() - '0/0')::double precision as n`,
    )
    return rows[0]?.n ?? 0
  }
  const before = await wal()
  const startedMs = performance.now()
  await work()
  const ms = performance.now() - startedMs
  return { ms, walBytes: (await wal()) - before }
}

async function drop(client: pg.Client, week: Date): Promise<void> {
  for (let what: string | undefined = 'dropped'; what !== 'gone'; ) {
    const { rows } = await client.query<{ what: string }>(`select cascata.drop_week($1, interval '7 days') as what`, [
      week,
    ])
    what = rows[0]?.what
    if (what === 'kept') throw new Error(`The week of ${week.toISOString()} was not dropped.`)
  }
}

async function deleteRows(client: pg.Client, week: Date): Promise<void> {
  for (const fact of FACTS) {
    const partition = `cascata.${fact}_${week.toISOString().slice(0, 10).replaceAll('-', '')}`
    await client.query(`delete from ${partition}`)
    await client.query(`vacuum ${partition}`)
  }
}

function summary(costs: readonly Cost[]) {
  const ms = costs.map((each) => each.ms)
  return {
    weeks: costs.length,
    medianMs: rounded(median(ms)),
    spread: rounded(spread(ms)),
    medianWalBytes: rounded(median(costs.map(({ walBytes }) => walBytes))),
  }
}
