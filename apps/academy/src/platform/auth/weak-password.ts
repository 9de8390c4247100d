import { type Refusal, refuse } from '../http/refusal.ts'
import { isStrong, PASSWORD_LENGTH_MIN } from './password.fields.ts'

export function weakPassword(password: string): Refusal | undefined {
  if (isStrong(password)) return undefined
  return refuse('weak-password', {
    field: 'password',
    message: {
      en: `At least ${PASSWORD_LENGTH_MIN} characters, with a digit, a lower-case letter, an upper-case letter and a symbol.`,
      pt: `No mínimo ${PASSWORD_LENGTH_MIN} caracteres, com um número, uma letra minúscula, uma maiúscula e um símbolo.`,
    },
  })
}
