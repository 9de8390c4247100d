/** What the three lists have in common: bounds, cursor, keys by index, then the rows of one page. */
import { decodeCursor } from './cursor.ts'
import { type Bounds, type Key, keyPage, type PageRequest, type Source } from './keyset.ts'
import type { Parameters, Reader } from './read.ts'
import { instantMs } from './time-range.ts'

export interface ListInput {
  tenant?: string | undefined
  from?: string | undefined
  to?: string | undefined
  limit: number
  cursor?: string | undefined
}

export function pageRequest(input: ListInput, now = Date.now()): PageRequest {
  return {
    tenant: input.tenant?.toLowerCase(),
    from: instantMs(input.from, now),
    to: instantMs(input.to, now),
    cursor: decodeCursor(input.cursor),
    limit: input.limit,
  }
}

export async function list<T>(
  db: Reader,
  input: ListInput,
  kind: 'event' | 'command' | 'batch',
  sources: (p: Parameters, bounds: Bounds) => Source[],
  rowsOf: (keys: Key[]) => Promise<T[]>,
) {
  const { keys, next, previous } = await keyPage(db, pageRequest(input), kind, sources)
  const items = await rowsOf(keys)
  return { items, page: { limit: input.limit, next, previous }, asOf: new Date().toISOString() }
}
