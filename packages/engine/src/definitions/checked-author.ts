import { CascataError } from '../errors.ts'
import { storableText } from './encode.ts'
import { TEXT_MAX } from './outside-text.ts'

/** Longest author of a decision: an id or a sign-in. In UTF-16 code units. */
const AUTHOR_MAX = 1_024

/**
 * @param fix for who says nothing.
 * @throws CascataError `bad-option` when the author or the reason is missing or too long, `not-json` when PostgreSQL could
 * not hold it.
 */
export function checkAuthor({ author, reason }: { author: string; reason: string }, fix: string): void {
  checkText('author', author, AUTHOR_MAX, fix)
  checkText('reason', reason, TEXT_MAX, fix)
}

function checkText(name: string, text: string, max: number, fix: string): void {
  if (typeof text !== 'string' || text.trim() === '' || storableText(name, text) === '') {
    throw new CascataError('bad-option', `${name} is missing.`, { fix })
  }
  if (text.length > max) {
    throw new CascataError('bad-option', `${name} has ${text.length} characters.`, { fix: `use at most ${max}.` })
  }
}
