/**
 * A second factor: people turn it on with a code of their app, are given recovery codes, and turn it off again. Whatever
 * changes, its owner is told by e-mail, in the same transaction.
 */
import { cancel, effect } from 'cascata'
import { type CodeForm, createAuthenticators, formOf, WRONG_CODE } from '../../../platform/auth/authenticators.ts'
import { oweMessages, sendMessage } from '../../../platform/email-messages/email-messages.ts'
import { PROBLEMS } from '../../../platform/http/problem.ts'
import { type Refusal, refuse } from '../../../platform/http/refusal.ts'
import { isWait, type RouteContext, route, type Wait } from '../../../platform/http/route.ts'
import { turnedOffBy } from '../authenticator.queries.ts'
import { contactOf } from '../contact.queries.ts'
import { wrongPassword } from '../own-account/wrong-password.ts'
import { SendAuthenticatorEmail, tellOfAuthenticator } from './authenticator.commands.ts'
import {
  beginAuthenticator as beginContract,
  confirmAuthenticator as confirmContract,
  renewRecoveryCodes as renewContract,
  turnOffAuthenticator as turnOffContract,
} from './authenticator.contract.ts'
import { authenticatorEmail, PURPOSE } from './authenticator-email.ts'

/** For so long after signing in, whoever asks is who signed in. */
const FRESH_MS = 10 * 60_000

type Asked = Pick<RouteContext<never>, 'by' | 'tx' | 'services' | 'ownAccount'>

export const beginAuthenticator = route(
  'PUT /api/me/authenticator',
  beginContract,
  async ({ input, ...asked }) => {
    const { by, tx, services } = asked
    const refused = await proven(asked, input.currentPassword)
    if (refused) return refused
    const contact = await contactOf(tx, by.institutionId, by.id)
    const names = { issuer: contact?.institution ?? '', label: by.email }
    const begun = await createAuthenticators(services.secretBox).begin(tx, by, names)
    return begun ?? alreadyOn()
  },
  { limited: true },
)

export const confirmAuthenticator = route(
  'PUT /api/me/authenticator/confirmation',
  confirmContract,
  async ({ input, by, tx, services, ownAccount }) => {
    if (formOf(input.code) !== 'of-app') return notOfApp()
    const authenticators = createAuthenticators(services.secretBox)
    const confirm = () => authenticators.confirm(tx, by, input.code, by.sessionId)
    const recoveryCodes = await ownAccount.tryCode(by, confirm, (is) =>
      is === 'wrong' ? 'wrong' : is === 'none' ? 'not-compared' : 'right',
    )
    if (isWait(recoveryCodes)) return recoveryCodes
    if (recoveryCodes === 'wrong') return refusedCode('wrong-code')
    if (recoveryCodes === 'none') return notBegun()
    await tellOfAuthenticator(tx, by, 'on')
    ownAccount.changed(by, 'authenticator-on')
    return { recoveryCodes }
  },
  { limited: true },
)

export const turnOffAuthenticator = route(
  'PUT /api/me/authenticator/off',
  turnOffContract,
  async ({ input, ...asked }) => {
    const { by, tx, services, ownAccount } = asked
    const refused = await withCode(asked, input)
    if (refused) return refused
    await createAuthenticators(services.secretBox).turnOff(tx, by)
    await tellOfAuthenticator(tx, by, 'off')
    ownAccount.changed(by, 'authenticator-off')
    return { turnedOff: true as const }
  },
  { limited: true },
)

export const renewRecoveryCodes = route(
  'PUT /api/me/authenticator/recovery-codes',
  renewContract,
  async ({ input, ...asked }) => {
    const { by, tx, services, ownAccount } = asked
    const refused = await withCode(asked, input)
    if (refused) return refused
    const recoveryCodes = await createAuthenticators(services.secretBox).renewRecoveryCodes(tx, by)
    await tellOfAuthenticator(tx, by, 'recovery-codes-renewed')
    ownAccount.changed(by, 'recovery-codes-renewed')
    return { recoveryCodes }
  },
  { limited: true },
)

/** A session that somebody left open, or lost, is not enough. */
async function proven({ by, ownAccount }: Asked, password: string | undefined): Promise<Refusal | Wait | undefined> {
  if (by.openedBy !== undefined) return ofSomebodyElse()
  if (password === undefined) {
    if (!(await ownAccount.hasPassword(by))) return wrongPassword('none')
    return Date.now() - by.signedInAt.getTime() < FRESH_MS ? undefined : passwordNeeded()
  }
  const verified = await ownAccount.verifyPassword(by, password)
  if (isWait(verified)) return verified
  return verified === 'right' ? undefined : wrongPassword(verified)
}

async function withCode(
  asked: Asked,
  { currentPassword, code }: { currentPassword: string; code: string },
): Promise<Refusal | Wait | undefined> {
  const { by, tx, services, ownAccount } = asked
  const authenticators = createAuthenticators(services.secretBox)
  if (!(await authenticators.of(tx, by))) return notOn()
  const refused = await proven(asked, currentPassword)
  if (refused) return refused
  const form = formOf(code)
  if (!form) return refusedCode('not-a-code')
  const used = await ownAccount.tryCode(
    by,
    () => authenticators.use(tx, by, code),
    (is) => (is === 'wrong' ? 'wrong' : 'right'),
  )
  if (isWait(used)) return used
  if (used === 'wrong') return refusedCode(WRONG_CODE[form])
  if (used === 'recovery-code') ownAccount.changed(by, 'recovery-code-used')
  return undefined
}

/** In the words that sign-in has for it. */
function refusedCode(code: (typeof WRONG_CODE)[CodeForm] | 'not-a-code'): Refusal {
  const [, en, pt] = PROBLEMS[code]
  return refuse(code, { field: 'code', message: { en, pt } })
}

/** While an app is set up there are no recovery codes yet. */
const notOfApp = () =>
  refuse('not-a-code', {
    field: 'code',
    message: { en: 'Type the six digits that the app shows.', pt: 'Digite os seis dígitos que o aplicativo mostra.' },
  })

const passwordNeeded = () =>
  refuse('password-needed', {
    field: 'currentPassword',
    message: {
      en: 'It is a while since you signed in. Type your password.',
      pt: 'Faz um tempo que você entrou. Digite a sua senha.',
    },
  })

const alreadyOn = () =>
  refuse('authenticator-already-on', {
    because: 'conflict',
    message: {
      en: 'Two-step verification is on already. To use another app, turn it off first.',
      pt: 'A verificação em duas etapas já está ligada. Para usar outro aplicativo, desligue-a antes.',
    },
  })

const notBegun = () =>
  refuse('authenticator-not-begun', {
    because: 'conflict',
    message: {
      en: 'There is nothing to confirm: begin to set up an app first.',
      pt: 'Não há o que confirmar: comece a configurar um aplicativo antes.',
    },
  })

const notOn = () =>
  refuse('authenticator-not-on', {
    because: 'conflict',
    message: { en: 'Two-step verification is off.', pt: 'A verificação em duas etapas está desligada.' },
  })

const ofSomebodyElse = () =>
  refuse('not-your-account', {
    because: 'forbidden',
    message: {
      en: 'You came in by a door of the demonstration: this account is not yours to change.',
      pt: 'Você entrou por uma porta da demonstração: esta conta não é sua para mudar.',
    },
  })

// Command → one message, whoever changed it.
export const sendAuthenticatorEmail = effect(SendAuthenticatorEmail, async ({ changeId, userId, change }, context) => {
  const contact = await contactOf(context.db, context.tenant, userId)
  if (!contact) return cancel('There is no such account any more.')
  await oweMessages(context.db, context.tenant, { purpose: PURPOSE, entityId: changeId }, [userId])
  const about = { purpose: PURPOSE, entityId: changeId, recipientId: userId }
  const account = { id: userId, institutionId: context.tenant }
  const message = authenticatorEmail(contact, change, {
    publicUrl: context.publicUrl,
    turnedOffBy: await turnedOffBy(context.db, account),
    operatorContact: context.operatorContact,
  })
  return sendMessage(context, SendAuthenticatorEmail.retry.attempts, about, message)
})
