/** A forgotten password: whoever has the address gets a link by e-mail; whoever asks learns nothing. */
import { cancel, done, effect, on, SINGLE_TENANT, save } from 'cascata'
import { publicRoute } from '../../../platform/http/route.ts'
import { PasswordRequest } from '../password-request.ts'
import { PasswordForgotten } from '../registration.events.ts'
import { resetEmail } from './reset-email.ts'
import { issueResetLinks } from './reset-links.ts'
import { SendResetPasswordEmail } from './reset-password.commands.ts'
import { contract } from './reset-password.contract.ts'

/** An hour's worth. */
const ASKED_MAX = { address: 5, network: 400 }

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

// One message with a link for each account of the address. A second try carries the same links; what was asked is forgotten
// when it is answered.
export const sendResetPasswordEmail = effect(SendResetPasswordEmail, async ({ requestId }, context) => {
  const { db, mail, publicUrl, key, signal } = context
  const accounts = await issueResetLinks(context, requestId)
  const forget = () => db.query('select academy_auth.forget_password_request($1)', [requestId])
  const [first] = accounts
  if (!first) {
    await forget()
    return cancel('Nobody signs in with this address.')
  }
  const { providerId } = await mail.send({ ...resetEmail([first, ...accounts.slice(1)], publicUrl), key, signal })
  await forget()
  return done(undefined, { providerId })
})
