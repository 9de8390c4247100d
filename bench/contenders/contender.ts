/** One of those that are compared: a job queue on PostgreSQL, in its best documented configuration. */
export interface Contender {
  /** Makes its schema in an empty database, and the table that handlers write to. */
  prepare(): Promise<void>
  /** Stores `n` jobs, as fast as it can. Nothing runs meanwhile. */
  enqueue(n: number): Promise<void>
  /**
   * Runs what is stored and stops. @returns milliseconds from the start of the first handler until the database holds no
   * unfinished job: starting and stopping a worker is nobody's throughput.
   */
  drain(n: number): Promise<number>
  close(): Promise<void>
}

/**
 * - `noop`: the handler does nothing;
 * - `row`: it writes one row, with whatever atomicity the contender gives;
 * - `shared`, `transactional`, `asynchronous`: as `row`, in the mode of that name (the last: `synchronousCommit: false`).
 */
export type Work = 'noop' | 'row' | 'shared' | 'transactional' | 'asynchronous'

export const CONTENDERS = ['cascata', 'graphile-worker', 'pg-boss', 'bullmq'] as const
export type ContenderName = (typeof CONTENDERS)[number]

export interface ContenderOptions {
  url: string
  work: Work
  /** Bytes of a job's payload besides its number. Default 0. */
  payloadBytes?: number
  /** cascata: all jobs of one enqueue are members of one batch. */
  batch?: boolean
  /** cascata: jobs are spread over so many tenants. Default 1. */
  tenants?: number
  /** cascata: do not start a worker of one's own; others drain. */
  watchOnly?: boolean
  /** cascata: the daemon says when it is done, since asking would read what burdens the tables. Against itself only. */
  burdened?: boolean
}

/** What handlers write: a row that names its job, so that lost and doubled work would show. */
export const ROWS_TABLE = 'create table if not exists bench_rows (job bigint not null, note text not null)'
export const INSERT_ROW = 'insert into bench_rows (job, note) values ($1, $2)'

/** Jobs stored by one call: the documented way of each to store many. */
export const ENQUEUE_CHUNK = 10_000
