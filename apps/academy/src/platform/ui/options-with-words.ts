import { type ComboboxParsedItem, isOptionsGroup, type OptionsFilter } from '@mantine/core'
import { isFound, searchWords } from '../search.ts'

/** A choice is searched as a list is. */
export const optionsWithWords: OptionsFilter = ({ options, search, limit }) => {
  const words = searchWords(search)
  let left = limit
  const matching = <T extends { label: string }>(items: readonly T[]): T[] => {
    const found = items.filter(({ label }) => isFound(label, words)).slice(0, left)
    left -= found.length
    return found
  }
  return options.flatMap((item): ComboboxParsedItem[] => {
    if (!isOptionsGroup(item)) return matching([item])
    const items = matching(item.items)
    return items.length > 0 ? [{ ...item, items }] : []
  })
}
