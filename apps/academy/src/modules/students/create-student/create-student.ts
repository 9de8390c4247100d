/** Staff create a student, who is welcomed by e-mail and chooses a password. */
import { batch, cancel, effect, on, save } from 'cascata'
import { sendInvitation } from '../../../platform/auth/invitation.ts'
import { existing } from '../../../platform/database/existing.ts'
import { institutionClock } from '../../../platform/database/institution-clock.ts'
import { isRefusal } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { invitedIn, limitInvitations } from '../../people/invitations.queries.ts'
import { InvitedAgain } from '../../people/person.events.ts'
import { refuseNobody } from '../../people/reserved-address.queries.ts'
import { contactOf } from '../../users/contact.queries.ts'
import { createUsers } from '../../users/users.queries.ts'
import { StudentCreated } from '../student.events.ts'
import { Student } from '../student.ts'
import { SendStudentWelcomeEmail } from './create-student.commands.ts'
import { contract } from './create-student.contract.ts'
import { enteredCourse } from './welcome.queries.ts'
import { PURPOSE, welcomeFor } from './welcome.ts'

// Person, account, student and event commit together.
export const createStudent = route(
  'POST /students',
  contract,
  async ({ input, tx, by, limit, services }) => {
    const { institutionId } = by
    const nobody = await refuseNobody({ tx, by, services }, input.email)
    if (nobody) return nobody
    const limited = await limitInvitations({ tx, by, limit })
    if (limited) return limited
    const offerings = await existing(tx, institutionId, 'course_offerings', [input.courseOfferingId])
    const { today } = await institutionClock(tx, institutionId)
    const student = Student.create(input, offerings.size > 0, { institutionId, today })
    if (isRefusal(student)) return student
    const taken = await createUsers(tx, institutionId, 'student', [student])
    if (taken) return taken
    await save(tx, student, { actor: by.id }) // emits StudentCreated
    return { id: student.id, ...student.person, enrollmentCode: student.enrollmentCode }
  },
  { limited: true },
)

// Event → one command.
export const welcomeStudent = on(StudentCreated, 'welcome-student', ({ studentId }) =>
  SendStudentWelcomeEmail({ studentId }),
)

// Or: those who never came are invited again → one command for each.
export const inviteStudentsAgain = on(InvitedAgain, 'invite-students-again', async (round, { tx, tenant }) =>
  round.role === 'student'
    ? batch('student-invitations', await invitedIn(tx, tenant, round.roundId), (studentId) =>
        SendStudentWelcomeEmail({ studentId, roundId: round.roundId }),
      )
    : undefined,
)

// Command → one message with a link that works once.
export const sendStudentWelcomeEmail = effect(SendStudentWelcomeEmail, async ({ studentId, roundId }, context) => {
  const contact = await contactOf(context.db, context.tenant, studentId)
  const entered = await enteredCourse(context.db, context.tenant, studentId)
  if (!contact || !entered) return cancel('There is no such student any more.')
  const about = { purpose: PURPOSE, entityId: roundId ?? studentId, recipientId: studentId }
  return sendInvitation(context, SendStudentWelcomeEmail.retry.attempts, about, contact, (link) =>
    welcomeFor(contact, entered, link),
  )
})
