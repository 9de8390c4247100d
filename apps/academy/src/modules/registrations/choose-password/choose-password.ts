/** A password is chosen with a link that came by e-mail: of an invitation, or because the old one was forgotten. */
import { tokenHash } from '../../../platform/auth/link-token.ts'
import { notFound, refuse } from '../../../platform/http/refusal.ts'
import { type Accounts, entering, type PasswordLink, publicRoute } from '../../../platform/http/route.ts'
import { weakPasswordOf } from '../../users/weak-password.queries.ts'
import { choosePassword as chooseContract, readPasswordLink as readContract } from './choose-password.contract.ts'

/** An hour's worth from one network: a campus on its first day. */
const TRIED_MAX = 2_000

const tried = (accounts: Accounts, network: string) =>
  accounts.limit([{ subject: `password links from ${network}`, max: TRIED_MAX }])

export const readPasswordLink = publicRoute(
  'POST /passwords/read',
  readContract,
  async ({ input, accounts, network }) => {
    const limited = await tried(accounts, network)
    if (limited) return limited
    const link = await accounts.readPasswordLink(tokenHash(input.token))
    if (link.is !== 'open') return closed(link)
    return { name: link.name, email: link.email, purpose: link.purpose }
  },
)

export const choosePassword = publicRoute(
  'POST /passwords',
  chooseContract,
  async ({ input, within, accounts, network }) => {
    const limited = await tried(accounts, network)
    if (limited) return limited
    const known = await accounts.readPasswordLink(tokenHash(input.token))
    if (known.is !== 'open') return closed(known)
    const { userId: id, institutionId } = known
    const weak = await within(institutionId, (tx) => weakPasswordOf(tx, { institutionId, id }, input.password))
    if (weak) return weak
    const link = await accounts.choosePassword(tokenHash(input.token), input.password)
    if (link.is !== 'open') return closed(link)
    const { userId, accessVersion, hasAuthenticator: codeNeeded } = link
    return entering({ userId, accessVersion, codeNeeded }, { chosen: true as const, signedIn: !codeNeeded })
  },
)

function closed({ is }: Exclude<PasswordLink, { is: 'open' }>) {
  if (is === 'unknown') {
    return notFound('invalid-password-token', {
      en: 'This link is not valid, or not any more. Ask for another with your e-mail address.',
      pt: 'Este link não é válido, ou não é mais. Peça outro com o seu e-mail.',
    })
  }
  return is === 'used'
    ? refuse('password-token-used', {
        because: 'conflict',
        message: {
          en: 'This link was used already. Sign in with the password that was chosen, or ask for another link.',
          pt: 'Este link já foi usado. Entre com a senha escolhida, ou peça outro link.',
        },
      })
    : refuse('password-token-expired', {
        because: 'conflict',
        message: {
          en: 'This link has expired. Ask for another with your e-mail address, or have your institution invite you again.',
          pt: 'Este link venceu. Peça outro com o seu e-mail, ou peça à instituição que convide você de novo.',
        },
      })
}
