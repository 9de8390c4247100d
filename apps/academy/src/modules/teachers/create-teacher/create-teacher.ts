/** Staff create a teacher, who is invited by e-mail to choose a password. */
import { cancel, effect, on, save } from 'cascata'
import { issueInvitation } from '../../../platform/auth/invitation.ts'
import { oweMessages, sendMessage } from '../../../platform/email-messages/email-messages.ts'
import { route } from '../../../platform/http/route.ts'
import { contactOf } from '../../users/contact.queries.ts'
import { createUsers } from '../../users/users.queries.ts'
import { TeacherCreated } from '../teacher.events.ts'
import { Teacher } from '../teacher.ts'
import { SendTeacherInvitation } from './create-teacher.commands.ts'
import { contract } from './create-teacher.contract.ts'
import { invitationFor, PURPOSE } from './invitation.ts'

// Person, account, teacher and event commit together.
export const createTeacher = route('POST /teachers', contract, async ({ input, tx, by }) => {
  const teacher = Teacher.create(input, by.institutionId)
  const taken = await createUsers(tx, by.institutionId, 'teacher', [teacher])
  if (taken) return taken
  await save(tx, teacher, { actor: by.id }) // emits TeacherCreated
  return { id: teacher.id, ...input }
})

// Event → one command.
export const inviteTeacher = on(TeacherCreated, 'invite-teacher', ({ teacherId }) =>
  SendTeacherInvitation({ teacherId }),
)

// Command → one message with a link that works once.
export const sendTeacherInvitation = effect(SendTeacherInvitation, async ({ teacherId }, context) => {
  const contact = await contactOf(context.db, context.tenant, teacherId)
  if (!contact) return cancel('There is no such person any more.')
  const link = await issueInvitation(context, teacherId)
  await oweMessages(context.db, context.tenant, { purpose: PURPOSE, entityId: teacherId }, [teacherId])
  const about = { purpose: PURPOSE, entityId: teacherId, recipientId: teacherId }
  return sendMessage(context, SendTeacherInvitation.retry.attempts, about, invitationFor(contact, link))
})
