/** Staff create a student, who is welcomed by e-mail and chooses a password. */
import { cancel, effect, on, save } from 'cascata'
import { issueInvitation } from '../../../platform/auth/invitation.ts'
import { existing } from '../../../platform/database/existing.ts'
import { institutionClock } from '../../../platform/database/institution-clock.ts'
import { oweMessages, sendMessage } from '../../../platform/email-messages/email-messages.ts'
import { isRefusal } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { contactOf } from '../../users/contact.queries.ts'
import { createUsers } from '../../users/users.queries.ts'
import { StudentCreated } from '../student.events.ts'
import { Student } from '../student.ts'
import { SendStudentWelcomeEmail } from './create-student.commands.ts'
import { contract } from './create-student.contract.ts'
import { enteredCourse } from './welcome.queries.ts'
import { PURPOSE, welcomeFor } from './welcome.ts'

// Person, account, student and event commit together.
export const createStudent = route('POST /students', contract, async ({ input, tx, by }) => {
  const { institutionId } = by
  const offerings = await existing(tx, institutionId, 'course_offerings', [input.courseOfferingId])
  const { today } = await institutionClock(tx, institutionId)
  const student = Student.create(input, offerings.size > 0, { institutionId, today })
  if (isRefusal(student)) return student
  const taken = await createUsers(tx, institutionId, 'student', [student])
  if (taken) return taken
  await save(tx, student, { actor: by.id }) // emits StudentCreated
  return { id: student.id, ...student.person, enrollmentCode: student.enrollmentCode }
})

// Event → one command.
export const welcomeStudent = on(StudentCreated, 'welcome-student', ({ studentId }) =>
  SendStudentWelcomeEmail({ studentId }),
)

// Command → one message with a link that works once.
export const sendStudentWelcomeEmail = effect(SendStudentWelcomeEmail, async ({ studentId }, context) => {
  const contact = await contactOf(context.db, context.tenant, studentId)
  const entered = await enteredCourse(context.db, context.tenant, studentId)
  if (!contact || !entered) return cancel('There is no such student any more.')
  const link = await issueInvitation(context, studentId)
  await oweMessages(context.db, context.tenant, { purpose: PURPOSE, entityId: studentId }, [studentId])
  const about = { purpose: PURPOSE, entityId: studentId, recipientId: studentId }
  return sendMessage(context, SendStudentWelcomeEmail.retry.attempts, about, welcomeFor(contact, entered, link))
})
