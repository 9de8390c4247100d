/** A list stays as it was read, while its rows learn what has become of them; what is new waits to be asked for. */
interface Row {
  id: string
}

export interface Fresh {
  count: number
  /** There may be more than were looked at. */
  more: boolean
}

/** Ids grow with time: what is older than the last row shown is no news, it only moved up. */
export function freshIn<R extends Row>(shown: readonly R[], now: readonly R[], limit: number): Fresh {
  const known = new Set(shown.map(({ id }) => id))
  const last = shown.length >= limit ? shown.at(-1)?.id : undefined
  const news = now.filter(({ id }) => !known.has(id) && (last === undefined || id > last))
  return { count: news.length, more: news.length > 0 && news.length >= limit }
}

export function withNews<R extends Row>(shown: readonly R[], now: readonly R[]): readonly R[] {
  const latest = new Map(now.map((row) => [row.id, row]))
  return shown.map((row) => latest.get(row.id) ?? row)
}
