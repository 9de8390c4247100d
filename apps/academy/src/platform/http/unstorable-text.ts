/** Text that the database cannot keep: U+0000, and half of a pair of code units. Nobody types these honestly. */

const isStorable = (text: string) => !text.includes('\0') && text.isWellFormed()

export const isStorableQuery = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).flat().every(isStorable)

/** Where such text stands in a parsed body, values and names alike. */
export function unstorablePaths(value: unknown, path: readonly PropertyKey[] = []): (readonly PropertyKey[])[] {
  if (typeof value === 'string') return isStorable(value) ? [] : [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) =>
    isStorable(key) ? unstorablePaths(each, [...path, key]) : [path],
  )
}
