/** Whether a new password is refused: too short, one that guessers try first, or made of what is known about its owner. */
import { type Refusal, refuse } from '../http/refusal.ts'
import { isCommon, plain } from './common-passwords.ts'
import { lengthOf, PASSWORD_LENGTH_MIN } from './password.fields.ts'

/** Shorter words of a name are in too many good passwords. */
const WORD_LENGTH_MIN = 4
const PRODUCT = ['cascata', 'academy', 'academico', 'academica']

/** @param about the owner's name, address and institution, as far as they are known. */
export function weakPassword(password: string, about: readonly string[] = []): Refusal | undefined {
  if (lengthOf(password) < PASSWORD_LENGTH_MIN) {
    return weak('weak-password', {
      en: `At least ${PASSWORD_LENGTH_MIN} characters. A phrase of several words is good and easy to keep in mind.`,
      pt: `No mínimo ${PASSWORD_LENGTH_MIN} caracteres. Uma frase com várias palavras é boa e fácil de lembrar.`,
    })
  }
  if (isCommon(password)) {
    return weak('common-password', {
      en: 'Many people use this password, and guessers try it first. Choose another, such as a phrase of several words.',
      pt: 'Esta senha é muito usada e é das primeiras que alguém tentaria. Escolha outra, como uma frase com várias palavras.',
    })
  }
  if (lengthOf(withoutWords(password, about)) < PASSWORD_LENGTH_MIN) {
    return weak('personal-password', {
      en: 'It is close to your name, your address, your institution or this product. Choose another.',
      pt: 'Ela se parece com o seu nome, o seu e-mail, a sua instituição ou este produto. Escolha outra.',
    })
  }
  return undefined
}

const weak = (code: string, message: { en: string; pt: string }) => refuse(code, { field: 'password', message })

/** What of it somebody who knows the owner has still to guess. */
function withoutWords(password: string, about: readonly string[]): string {
  const words = [
    ...about
      .map(plain)
      .join(' ')
      .split(/[^\p{L}\p{N}]+/u),
    ...PRODUCT,
  ]
  const longestFirst = words.filter(({ length }) => length >= WORD_LENGTH_MIN).sort((a, b) => b.length - a.length)
  const written = plain(password)
  const rest = longestFirst.reduce((text, word) => text.replaceAll(word, ''), written)
  // Nothing of it is about the owner: its signs count as they are.
  return rest === written ? written : rest.replace(/[^\p{L}\p{N}]/gu, '')
}
