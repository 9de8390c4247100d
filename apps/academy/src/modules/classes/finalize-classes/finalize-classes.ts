/**
 * Staff finalize classes: results are decided and stand from then on, every student is told theirs once, in the app and by
 * e-mail, and whoever finalized is told how that went. Read top to bottom.
 */
import { batch, cancel, effect, handle, on, save } from 'cascata'
import { cancelMessage, oweMessages, sendMessage } from '../../../platform/email-messages/email-messages.ts'
import { isRefusal } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { notify, notifyOnce } from '../../notifications/notifications.queries.ts'
import { contactOf } from '../../users/contact.queries.ts'
import { finalize } from '../change-class-status/change-class-status.contract.ts'
import { ClassesFinalized } from '../class.events.ts'
import { ClassFinalization } from '../class-finalization.ts'
import { changeEach, lockListed } from '../listed-classes.queries.ts'
import { freeze, resultsOf, ruleOf, whatIsOpen } from './decide-results.ts'
import { NotifyStaffResultsFailed, NotifyStaffResultsSent, SendResultNotice } from './finalize-classes.commands.ts'
import { finalizedBy, resultsToTell, studentsToTell, tally } from './result-notice.queries.ts'
import { emailFor, PURPOSE, resultNotice, resultsIncomplete, resultsSent } from './result-notice.ts'

// Request → rules → results, frozen → one event for all of the classes.
export const finalizeClasses = route('PUT /classes/finalize', finalize, async ({ input, tx, by }) => {
  const listed = await lockListed(tx, by.institutionId, input.classes)
  if (isRefusal(listed)) return listed
  const rule = await ruleOf(tx, by.institutionId, input.missingNotes)
  const open = await whatIsOpen(tx, by.institutionId, input.classes, rule)
  const finalization = new ClassFinalization(by)
  const refusal = changeEach(listed, ({ klass }) => klass.finalize(open(klass.id), finalization.id))
  if (refusal) return refusal
  await freeze(tx, by.institutionId, await resultsOf(tx, by.institutionId, input.classes, rule), rule)
  const [workflowId = ''] = await save(tx, finalization, { actor: by.id }) // emits ClassesFinalized
  for (const { klass } of listed) await save(tx, klass, { actor: by.id })
  return { classes: listed.length, finalizationId: finalization.id, workflowId }
})

// Event → one batch, a command for each student, and the command that follows when all went out.
export const tellResults = on(ClassesFinalized, 'tell-results', async ({ finalizationId }, { tx, tenant }) =>
  batch(PURPOSE, await studentsToTell(tx, tenant, finalizationId), (studentId) =>
    SendResultNotice({ finalizationId, studentId }),
  )
    .next(NotifyStaffResultsSent({ finalizationId }))
    .onFailure(NotifyStaffResultsFailed({ finalizationId })),
)

// One member: a notification under a key, so that another try finds it there, and the same results by e-mail.
export const sendResultNotice = effect(SendResultNotice, async ({ finalizationId, studentId }, context) => {
  const { db, tenant, key, publicUrl } = context
  const results = await resultsToTell(db, tenant, finalizationId, studentId)
  await notifyOnce(db, tenant, key, resultNotice(finalizationId, results), [studentId])
  await oweMessages(db, tenant, { purpose: PURPOSE, entityId: finalizationId }, [studentId])
  const about = { purpose: PURPOSE, entityId: finalizationId, recipientId: studentId }
  const contact = await contactOf(db, tenant, studentId)
  if (!contact) {
    await cancelMessage(context, about, 'no-address')
    return cancel('There is no such student any more.')
  }
  return sendMessage(context, SendResultNotice.retry.attempts, about, emailFor(contact, results, publicUrl))
})

// The batch succeeded: whoever finalized is told, also when there was nobody, and after a repair.
export const notifyStaffResultsSent = handle(NotifyStaffResultsSent, async ({ finalizationId }, { tx, tenant }) => {
  const count = await tally(tx, tenant, finalizationId)
  await notify(tx, tenant, resultsSent(finalizationId, count), [await finalizedBy(tx, tenant, finalizationId)])
})

// Or it has failed: no further try will follow.
export const notifyStaffResultsFailed = handle(NotifyStaffResultsFailed, async ({ finalizationId }, { tx, tenant }) => {
  const count = await tally(tx, tenant, finalizationId)
  await notify(tx, tenant, resultsIncomplete(finalizationId, count), [await finalizedBy(tx, tenant, finalizationId)])
})
