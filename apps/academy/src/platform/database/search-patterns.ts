import { searchWords } from '../search.ts'

/**
 * For `<folded text> like all ($n::text[])`: one pattern a word, in which `%`, `_` and `\` are themselves. No words find
 * everything.
 */
export const searchPatterns = (search = ''): string[] =>
  searchWords(search).map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`)
