/** The link was followed: the institution, its first person and their account are made in one transaction, and they are in. */
import { SINGLE_TENANT, uuidv7 } from 'cascata'
import { tokenHash } from '../../../platform/auth/link-token.ts'
import { weakPassword } from '../../../platform/auth/weak-password.ts'
import { isRefusal, notFound, type Refusal, refuse } from '../../../platform/http/refusal.ts'
import { type Accounts, entering, FIRST_ACCESS_VERSION, publicRoute } from '../../../platform/http/route.ts'
import { createInstitution } from '../../institutions/institutions.queries.ts'
import { type Claim, claimRegistration, registrationByToken } from '../registration.queries.ts'
import { closedRegistration } from '../registration-closed.ts'
import {
  finishRegistration as finishContract,
  readRegistration as readContract,
} from './finish-registration.contract.ts'

/** An hour's worth from one network: nobody guesses 256 bits, and each try costs us a hash. */
const TRIED_MAX = 600

const tried = (accounts: Accounts, network: string) =>
  accounts.limit([{ subject: `registration links from ${network}`, max: TRIED_MAX }])

export const readRegistration = publicRoute(
  'POST /registrations/read',
  readContract,
  async ({ input, within, accounts, network, services }) => {
    const shut = closedRegistration(services.features)
    if (shut) return shut
    const limited = await tried(accounts, network)
    if (limited) return limited
    const registration = await within(SINGLE_TENANT, (tx) => registrationByToken(tx, tokenHash(input.token)))
    const closed = refusalOf(stateOf(registration))
    if (closed || !registration) return closed ?? unknownLink()
    return { email: registration.email, demoData: registration.demo_data }
  },
)

export const finishRegistration = publicRoute(
  'PUT /registrations',
  finishContract,
  async ({ input, within, accounts, network, services }) => {
    const shut = closedRegistration(services.features)
    if (shut) return shut
    const limited = await tried(accounts, network)
    if (limited) return limited
    const registration = await within(SINGLE_TENANT, (tx) => registrationByToken(tx, tokenHash(input.token)))
    const closed = refusalOf(stateOf(registration))
    if (closed || !registration) return closed ?? unknownLink()
    const weak = weakPassword(input.password, [registration.email, input.institutionName])
    if (weak) return weak
    const { id, institution_id: institutionId, demo_data: demoData, email, locale } = registration
    const passwordHash = await accounts.hashPassword(input.password)
    const staff = { id: uuidv7(), name: email, email, locale, passwordHash }
    const refused = await within(institutionId, async (tx) => {
      const refusal = refusalOf(await claimRegistration(tx, id))
      const { institutionName: name, timeZone } = input
      return refusal ?? createInstitution(tx, { id: institutionId, name, timeZone, demoData, staff })
    })
    if (isRefusal(refused)) return refused
    return entering({ userId: staff.id, accessVersion: FIRST_ACCESS_VERSION }, { institutionId, demoData })
  },
)

/** What a claim would say now. */
function stateOf(registration: { status: 'pending' | 'finished'; expired: boolean } | undefined): Claim {
  if (!registration) return 'unknown'
  if (registration.status === 'finished') return 'finished'
  return registration.expired ? 'expired' : 'claimed'
}

const unknownLink = () =>
  notFound('invalid-registration-token', {
    en: 'This link is not valid. Register again to get another.',
    pt: 'Este link não é válido. Cadastre-se de novo para receber outro.',
  })

function refusalOf(claim: Claim): Refusal | undefined {
  switch (claim) {
    case 'claimed':
      return undefined
    case 'unknown':
      return unknownLink()
    case 'finished':
      return refuse('user-already-registered', {
        because: 'conflict',
        message: {
          en: 'This registration is finished already. Sign in.',
          pt: 'Este cadastro já foi concluído. Entre com a sua conta.',
        },
      })
    case 'expired':
      return refuse('registration-expired', {
        because: 'conflict',
        message: {
          en: 'This link has expired. Register again to get another.',
          pt: 'Este link venceu. Cadastre-se de novo para receber outro.',
        },
      })
  }
}
