/** The log of the API: what it may keep of an error, and an outage of the database as two lines. */
import { createOutageLog } from 'cascata'
import type { Pools } from '../database/pools.ts'

export type Log = {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** @param log takes the lines; errors that are logged with the answer come as `err`. */
export function createServerLog(log: Log, pools: Pools): Log {
  const isOfOutage = createOutageLog({
    answers: async () => {
      await Promise.all([pools.web, pools.auth, pools.console].map((pool) => pool.query('select 1')))
      return true
    },
    // The end is as loud as the beginning: whoever reads errors alone has to see it.
    print: (line) => log.error({}, line),
  })
  const serverLog: Log = {
    info: (fields, message) => log.info(fields, message),
    error: (fields, message) => {
      if (!('err' in fields)) return log.error(fields, message)
      if (!isOfOutage(fields.err)) log.error({ ...fields, err: loggable(fields.err) }, message)
    },
  }
  for (const pool of [pools.web, pools.auth, pools.console]) {
    pool.on('error', (error) => serverLog.error({ err: error }, 'a database connection was lost'))
  }
  return serverLog
}

/** Without the database's `detail`, which quotes the values of a row: addresses and names are none of a log's business. */
function loggable(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code, constraint, table } = error as { code?: unknown; constraint?: unknown; table?: unknown }
  return { type: error.name, message: error.message, code, constraint, table, stack: error.stack }
}
