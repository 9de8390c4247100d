/**
 * Staff turn two-step verification off for somebody of their institution who lost the app and its recovery codes. The password
 * stays; whatever is open ends, the owner is told by e-mail, and why is kept.
 */
import { uuidv7 } from 'cascata'
import { auditEntriesOf } from '../../../platform/audit/audit-entries.ts'
import { createAuthenticators } from '../../../platform/auth/authenticators.ts'
import { notFound, refuse } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { tellOfAuthenticator } from '../authenticator/authenticator.commands.ts'
import { contactOf } from '../contact.queries.ts'
import {
  listTurnedOff as listContract,
  turnOffAuthenticatorOf as turnOffContract,
} from './turn-off-authenticator.contract.ts'

/** As the rows have it that are kept. */
const ACTION = 'authenticator-withdrawn'

export const turnOffAuthenticatorOf = route(
  'PUT /people/:userId/authenticator/off',
  turnOffContract,
  async ({ input: { userId, reason }, tx, by, services, ownAccount }) => {
    if (userId === by.id || userId === by.openedBy) return ownOne()
    const account = { id: userId, institutionId: by.institutionId }
    if (!(await contactOf(tx, account.institutionId, account.id))) {
      return noSuchPerson()
    }
    if (!(await createAuthenticators(services.secretBox).turnOffAndEndSessions(tx, account))) return notOn()
    await tx.query(
      `insert into academy.audit_entries (institution_id, id, actor_id, action, subject_id, reason)
       values ($1, $2, $3, $4, $5, $6)`,
      [by.institutionId, uuidv7(), by.openedBy ?? by.id, ACTION, userId, reason],
    )
    await tellOfAuthenticator(tx, account, 'off-by-staff')
    ownAccount.changed(account, 'authenticator-off')
    return { turnedOff: true as const }
  },
)

export const listTurnedOff = route(
  'GET /people/:userId/authenticator/off',
  listContract,
  async ({ input: { userId }, tx, by: { institutionId } }) => {
    if (!(await contactOf(tx, institutionId, userId))) return noSuchPerson()
    return { earlier: await auditEntriesOf(tx, { institutionId, userId, action: ACTION }) }
  },
)

const noSuchPerson = () =>
  notFound('person-not-found', { en: 'There is no such person.', pt: 'Esta pessoa não existe.' })

const ownOne = () =>
  refuse('own-authenticator', {
    because: 'conflict',
    message: {
      en: 'This is your own account: turn two-step verification off in My account, or ask a colleague.',
      pt: 'Esta conta é a sua: desligue a verificação em duas etapas em Minha conta, ou peça a um colega.',
    },
  })

const notOn = () =>
  refuse('authenticator-not-on', {
    because: 'conflict',
    message: {
      en: 'Two-step verification of this person is off.',
      pt: 'A verificação em duas etapas desta pessoa está desligada.',
    },
  })
