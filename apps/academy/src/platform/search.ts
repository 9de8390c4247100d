/**
 * How a list is searched, wherever: case, accents and apostrophes do not count, nor how a letter is encoded, and every word
 * that is typed is to be there, in any order. `academy.folded` is the same in SQL; a test holds the two equal.
 */

/** Apostrophes in all their forms: O’Brien and D'Ávila are found with and without. */
const APOSTROPHES = /['`´‘’ʼ′]/g
/** Marks that stand above or below a letter once it is taken apart, and characters without a width. */
const MARKS =
  /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g

export const folded = (text: string): string =>
  text.replace(APOSTROPHES, '').normalize('NFD').replace(MARKS, '').toLowerCase().replaceAll('ς', 'σ')

/** What is looked for, word by word. */
export const searchWords = (search: string): string[] => folded(search).split(/\s+/).filter(Boolean)

export const isFound = (text: string, words: readonly string[]): boolean => {
  const where = folded(text)
  return words.every((word) => where.includes(word))
}
