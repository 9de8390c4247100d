/** A forgotten password: whoever has the address gets a link by e-mail; whoever asks learns nothing. */
import { cancel, done, effect, on, SINGLE_TENANT, save } from 'cascata'
import { linkToken, tokenHash } from '../../../platform/auth/link-token.ts'
import { publicRoute } from '../../../platform/http/route.ts'
import { PasswordRequest } from '../password-request.ts'
import { PasswordForgotten } from '../registration.events.ts'
import { RESET_MINUTES, type ResetContact, resetEmail } from './reset-email.ts'
import { SendResetPasswordEmail } from './reset-password.commands.ts'
import { contract } from './reset-password.contract.ts'

/** An hour's worth. */
const ASKED_MAX = { address: 5, network: 400 }
const MINUTE_MS = 60_000

export const resetPassword = publicRoute(
  'POST /password-resets',
  contract,
  async ({ input, within, accounts, network, locale }) => {
    const limited = await accounts.limit([
      { subject: `new password of ${input.email}`, max: ASKED_MAX.address },
      { subject: `new passwords from ${network}`, max: ASKED_MAX.network },
    ])
    if (limited) return limited
    await within(SINGLE_TENANT, (tx) => save(tx, new PasswordRequest({ email: input.email, locale })))
    return { accepted: true as const }
  },
)

export const answerPasswordRequest = on(PasswordForgotten, 'answer-password-request', ({ requestId }) =>
  SendResetPasswordEmail({ requestId }),
)

// A second try carries the same link; what was asked is forgotten when it is answered.
export const sendResetPasswordEmail = effect(
  SendResetPasswordEmail,
  async ({ requestId }, { db, mail, publicUrl, secretBox, key, signal, now }) => {
    const token = linkToken(secretBox, requestId)
    const expiresAt = new Date(now().getTime() + RESET_MINUTES * MINUTE_MS)
    const { rows } = await db.query<ResetContact>(
      'select name, email, locale from academy_auth.issue_reset_token($1, $2, $3)',
      [requestId, tokenHash(token), expiresAt],
    )
    const [contact] = rows
    if (!contact) {
      await db.query('select academy_auth.forget_password_request($1)', [requestId])
      return cancel('Nobody signs in with this address.')
    }
    const { providerId } = await mail.send({ ...resetEmail(contact, publicUrl, token), key, signal })
    await db.query('select academy_auth.forget_password_request($1)', [requestId])
    return done(undefined, { providerId })
  },
)
