/**
 * Passwords that guessers try first: those of published breaches, and a common Portuguese word or name with digits or signs
 * around it. Known to the server only: the lists are half a megabyte.
 */
import { dictionary as breached } from '@zxcvbn-ts/language-common'
import { dictionary as portuguese } from '@zxcvbn-ts/language-pt-br'
import { isPattern } from './password.fields.ts'

const PASSWORDS = new Set<string>(breached['passwords-common'] as readonly string[])
const WORDS = new Set<string>(
  [portuguese['commonWords-pt-br'], portuguese['firstnames-pt-br'], portuguese['lastnames-pt-br']].flatMap((list) =>
    (list as readonly string[]).map(plain),
  ),
)

/** Without regard to case, accents and ways to write a character. */
export function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

const LETTER_OF: Record<string, string> = {
  '@': 'a',
  '4': 'a',
  '0': 'o',
  '1': 'i',
  '!': 'i',
  '3': 'e',
  $: 's',
  '5': 's',
  '7': 't',
}
const withLetters = (text: string) => text.replace(/[@401!3$57]/g, (sign) => LETTER_OF[sign] ?? sign)
const core = (text: string) => text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')

export function isCommon(password: string): boolean {
  const written = plain(password)
  if (isPattern(written)) return true
  return [written, core(written), withLetters(core(written)), core(withLetters(written))].some(
    (text) => PASSWORDS.has(text) || (text !== written && WORDS.has(text)),
  )
}
