/** The refusal of a current password that was typed wrong. */
import { refuse } from '../../../platform/http/refusal.ts'

export function wrongPassword(verified: 'wrong' | 'none') {
  return verified === 'wrong'
    ? refuse('wrong-current-password', {
        field: 'currentPassword',
        message: { en: 'This is not your password.', pt: 'Esta não é a sua senha.' },
      })
    : refuse('no-password', {
        because: 'conflict',
        message: {
          en: 'This account has no password yet. “Forgot the password” makes one.',
          pt: 'Esta conta ainda não tem senha. “Esqueci a senha” cria uma.',
        },
      })
}
