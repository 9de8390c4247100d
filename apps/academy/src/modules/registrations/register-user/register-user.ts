/** Somebody asks to come in by e-mail address; the answer tells them nothing about who has an account, the e-mail does. */
import { cancel, done, effect, on, SINGLE_TENANT, save } from 'cascata'
import { linkToken, tokenHash } from '../../../platform/auth/link-token.ts'
import { publicRoute } from '../../../platform/http/route.ts'
import { refuseReserved } from '../../../platform/mail/reserved-address.ts'
import { UserRegistered } from '../registration.events.ts'
import { forgetRegistration, lockRegistrationOf, registrationById } from '../registration.queries.ts'
import { Registration } from '../registration.ts'
import { closedRegistration, unavailableDemoData } from '../registration-closed.ts'
import { accountExistsEmail, confirmationEmail } from './register-email.ts'
import { SendUserRegisterEmailConfirmation } from './register-user.commands.ts'
import { contract } from './register-user.contract.ts'

/** An hour's worth: enough for a campus behind one address, too little to fill anybody's mailbox. */
const ASKED_MAX = { address: 5, network: 400 }

// Request → registration → event. Known or not, it is the same work and the same answer.
export const registerUser = publicRoute(
  'POST /registrations',
  contract,
  async ({ input, within, accounts, network, locale, services }) => {
    const { email, demoData = null } = input
    const refused =
      closedRegistration(services.features) ??
      unavailableDemoData(services.features, demoData) ??
      (services.mailReachesPeople ? refuseReserved(email) : undefined)
    if (refused) return refused
    const limited = await accounts.limit([
      { subject: `registration of ${email}`, max: ASKED_MAX.address },
      { subject: `registrations from ${network}`, max: ASKED_MAX.network },
    ])
    if (limited) return limited
    await within(SINGLE_TENANT, async (tx) => {
      const earlier = await lockRegistrationOf(tx, email)
      const hashOf = (id: string) => tokenHash(linkToken(services.secretBox, id))
      const registration = Registration.ask({ email, demoData, locale }, earlier, hashOf, new Date())
      if (earlier && earlier.id !== registration.id) await forgetRegistration(tx, earlier.id)
      await save(tx, registration) // emits UserRegistered
    })
    return { accepted: true as const }
  },
)

// Event → one e-mail.
export const confirmRegistration = on(UserRegistered, 'confirm-registration', ({ registrationId }) =>
  SendUserRegisterEmailConfirmation({ registrationId }),
)

// The link, or the word that it was used already. A second try carries the same link.
export const sendUserRegisterEmailConfirmation = effect(
  SendUserRegisterEmailConfirmation,
  async ({ registrationId }, { db, mail, publicUrl, secretBox, key, signal }) => {
    const registration = await registrationById(db, registrationId)
    if (!registration) return cancel('The registration was replaced by a newer one.')
    const { rows } = await db.query<{ has: boolean }>('select academy_auth.has_account($1) as has', [
      registration.email,
    ])
    const hasAccount = rows[0]?.has === true
    const message =
      registration.status === 'finished'
        ? accountExistsEmail(registration, publicUrl)
        : confirmationEmail(registration, { publicUrl, token: linkToken(secretBox, registrationId), hasAccount })
    const { providerId } = await mail.send({ ...message, key, signal })
    return done(undefined, { providerId })
  },
)
