/**
 * A teacher creates an activity; every enrolled student hears of it once, in the app and by e-mail, and the teacher is
 * told how that went. Read top to bottom: the numbers are the steps in ARCHITECTURE.md.
 */
import { batch, cancel, effect, handle, on, save } from 'cascata'
import { cancelMessage, oweMessages, sendMessage } from '../../../platform/email-messages/email-messages.ts'
import { isRefusal } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { activelyEnrolled, lockClass } from '../../classes/classes.queries.ts'
import { notify } from '../../notifications/notifications.queries.ts'
import { ClassActivityCreated } from '../class-activity.events.ts'
import { usedWeights } from '../class-activity.queries.ts'
import { ClassActivity } from '../class-activity.ts'
import { contactOf, outlineOf, tally } from './announcement.queries.ts'
import { emailFor, emailsIncomplete, emailsSent, newActivity, PURPOSE } from './announcement.ts'
import {
  CreateNewClassActivityNotification,
  NotifyTeacherEmailsFailed,
  NotifyTeacherEmailsSent,
  SendNewClassActivityEmail,
} from './create-class-activity.commands.ts'
import { contract } from './create-class-activity.contract.ts'

// 0–3 · request → rule → event. The row and the event commit together.
export const createClassActivity = route('POST /activities', contract, async ({ input, tx, by }) => {
  const klass = await lockClass(tx, input.classId)
  const activity = ClassActivity.create(input, klass, await usedWeights(tx, by.institutionId, input.classId), by)
  if (isRefusal(activity)) return activity
  const [workflowId = ''] = await save(tx, activity, { actor: by.id }) // emits ClassActivityCreated
  return { id: activity.id, workflowId }
})

// 4–7 · event → one command.
export const notifyClass = on(ClassActivityCreated, 'notify-class', ({ activityId }) =>
  CreateNewClassActivityNotification({ activityId }),
)

// 8–11 · command → in-app notices, a batch of e-mails, and the command that follows when all went out: one transaction.
export const createNotification = handle(CreateNewClassActivityNotification, async ({ activityId }, { tx, tenant }) => {
  const activity = await outlineOf(tx, tenant, activityId)
  const students = await activelyEnrolled(tx, activity.classId)
  const studentIds = students.map(({ id }) => id)
  await notify(tx, tenant, newActivity(activity), studentIds)
  await oweMessages(tx, tenant, { purpose: PURPOSE, entityId: activityId }, studentIds)
  return batch(PURPOSE, studentIds, (studentId) => SendNewClassActivityEmail({ activityId, studentId }))
    .next(NotifyTeacherEmailsSent({ activityId }))
    .onFailure(NotifyTeacherEmailsFailed({ activityId }))
})

// A · one member: no transaction is open while the mail service answers; a crash may send twice, hence the key.
export const sendNewClassActivityEmail = effect(
  SendNewClassActivityEmail,
  async ({ activityId, studentId }, context) => {
    const about = { purpose: PURPOSE, entityId: activityId, recipientId: studentId }
    const contact = await contactOf(context.db, context.tenant, activityId, studentId)
    if (!contact) {
      await cancelMessage(context, about, 'left-the-class')
      return cancel('The student has left the class.')
    }
    return sendMessage(context, SendNewClassActivityEmail.retry.attempts, about, emailFor(contact, context.publicUrl))
  },
)

// B · batch succeeded → the teacher is told; also when there was nobody, and after a repair.
export const notifyTeacherEmailsSent = handle(NotifyTeacherEmailsSent, async ({ activityId }, { tx, tenant }) => {
  const activity = await outlineOf(tx, tenant, activityId)
  await notify(tx, tenant, emailsSent(activity, await tally(tx, tenant, activityId)), [activity.teacherId])
})

// B · or it has failed: no further try will follow, so the teacher is told how many went out.
export const notifyTeacherEmailsFailed = handle(NotifyTeacherEmailsFailed, async ({ activityId }, { tx, tenant }) => {
  const activity = await outlineOf(tx, tenant, activityId)
  await notify(tx, tenant, emailsIncomplete(activity, await tally(tx, tenant, activityId)), [activity.teacherId])
})
