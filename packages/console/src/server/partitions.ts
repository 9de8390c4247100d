import type { listPartitions, ResponseOf } from '../contract/index.ts'
import type { Reader } from './read.ts'
import { iso } from './recorded.ts'

type Response = ResponseOf<typeof listPartitions>
type Table = Response['ranges'][number]['tables'][number]

interface WeekRow {
  week: Date
  until: Date
  open: number
  past_retention: boolean
  droppable: boolean
}

interface PartRow {
  table: Table['table']
  partition: string
  rows_estimated: number | null
  table_bytes: number
  index_bytes: number
  dead_rows: number
  vacuumed_at: Date | null
}

// The engine's own report, the one that its retention goes by: what would be dropped here is what would be dropped there.
const WEEKS = `
  select week, until, (open_commands + open_events + open_batches)::integer as open, past_retention, droppable
  from cascata.retention_report($1::integer * interval '1 day') order by week desc`

const PARTS = `
  select p.relname as table, c.relname as partition, case when c.reltuples < 0 then null else c.reltuples end as rows_estimated,
    pg_table_size(c.oid)::double precision as table_bytes, pg_indexes_size(c.oid)::double precision as index_bytes,
    coalesce(s.n_dead_tup, 0)::integer as dead_rows, greatest(s.last_vacuum, s.last_autovacuum) as vacuumed_at
  from pg_class c join pg_inherits i on i.inhrelid = c.oid join pg_class p on p.oid = i.inhparent
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_stat_all_tables s on s.relid = c.oid
  where n.nspname = 'cascata' and p.relname in ('events', 'commands', 'attempts', 'event_handlings') and c.relkind = 'r'`

const QUEUES = `
  select c.relname as table, case when c.reltuples < 0 then null else c.reltuples end as rows_estimated,
    pg_total_relation_size(c.oid)::double precision as bytes, coalesce(s.n_dead_tup, 0)::integer as dead_rows
  from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_stat_all_tables s on s.relid = c.oid
  where n.nspname = 'cascata' and c.relname in ('event_queue', 'command_queue', 'batches', 'batch_failures') order by 1`

export async function partitionsOf(db: Reader, keepDays: number | undefined): Promise<Response> {
  const now = (await db.row<{ now: Date }>('select now() as now'))?.now ?? new Date()
  const weeks = await db.rows<WeekRow>(WEEKS, [keepDays ?? null])
  const parts = Map.groupBy(await db.rows<PartRow>(PARTS), (part) => part.partition.slice(-8))
  const queues = await db.rows<{ table: string; rows_estimated: number | null; bytes: number; dead_rows: number }>(
    QUEUES,
  )
  const ranges = weeks.map((week): Response['ranges'][number] => {
    const tables = (parts.get(week.week.toISOString().slice(0, 10).replaceAll('-', '')) ?? []).map(tableOf)
    return {
      from: week.week.toISOString(),
      to: week.until.toISOString(),
      state: week.week > now ? 'ahead' : week.until > now ? 'current' : 'closed',
      tables: tables.sort((a, b) => a.table.localeCompare(b.table)),
      bytes: tables.reduce((sum, table) => sum + table.tableBytes + table.indexBytes, 0),
      unfinished: week.open,
      retention:
        keepDays === undefined
          ? null
          : !week.past_retention
            ? 'kept-too-young'
            : week.droppable
              ? 'drops'
              : 'kept-unfinished',
    }
  })
  const dropped = ranges.filter((range) => range.retention === 'drops')
  return {
    asOf: now.toISOString(),
    ranges,
    wouldDrop:
      keepDays === undefined
        ? null
        : {
            ranges: dropped.length,
            partitions: dropped.reduce((sum, range) => sum + range.tables.length, 0),
            rowsEstimated: dropped.reduce(
              (sum, { tables }) => sum + tables.reduce((n, t) => n + (t.rowsEstimated ?? 0), 0),
              0,
            ),
            bytes: dropped.reduce((sum, range) => sum + range.bytes, 0),
          },
    queues: queues.map((row) => ({
      table: row.table,
      rowsEstimated: row.rows_estimated,
      bytes: row.bytes,
      deadRows: row.dead_rows,
    })),
    aheadUntil: ranges[0]?.to ?? null,
  }
}

const tableOf = (part: PartRow): Table => ({
  table: part.table,
  partition: part.partition,
  rowsEstimated: part.rows_estimated,
  tableBytes: part.table_bytes,
  indexBytes: part.index_bytes,
  deadRows: part.dead_rows,
  vacuumedAt: iso(part.vacuumed_at),
})
