/** What a pie shows: the largest types by name, and the others together. */
export interface TypeCount {
  type: string
  total: number
}

export interface Share<T extends TypeCount> {
  /** Of the type, or `undefined` for all the others. */
  of: T | undefined
  total: number
  share: number
  color: string
  types: number
}

const SLICES_MAX = 6

export function sharesOf<T extends TypeCount>(types: readonly T[]): Share<T>[] {
  const ranked = types.filter(({ total }) => total > 0).toSorted((a, b) => b.total - a.total)
  const sum = ranked.reduce((all, { total }) => all + total, 0)
  const named = ranked.length > SLICES_MAX + 1 ? ranked.slice(0, SLICES_MAX) : ranked
  const rest = ranked.slice(named.length)
  const shares: Share<T>[] = named.map((of, index) => ({
    of,
    total: of.total,
    share: of.total / sum,
    color: `var(--chart-${index < SLICES_MAX ? index + 1 : 'rest'})`,
    types: 1,
  }))
  if (rest.length > 0) {
    const total = rest.reduce((all, each) => all + each.total, 0)
    shares.push({ of: undefined, total, share: total / sum, color: 'var(--chart-rest)', types: rest.length })
  }
  return shares
}
