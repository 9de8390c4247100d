/** Staff create a teacher, who is invited by e-mail to choose a password. */
import { batch, cancel, effect, on, save } from 'cascata'
import { sendInvitation } from '../../../platform/auth/invitation.ts'
import { route } from '../../../platform/http/route.ts'
import { invitedIn, limitInvitations } from '../../people/invitations.queries.ts'
import { InvitedAgain } from '../../people/person.events.ts'
import { refuseNobody } from '../../people/reserved-address.queries.ts'
import { contactOf } from '../../users/contact.queries.ts'
import { createUsers } from '../../users/users.queries.ts'
import { TeacherCreated } from '../teacher.events.ts'
import { Teacher } from '../teacher.ts'
import { SendTeacherInvitation } from './create-teacher.commands.ts'
import { contract } from './create-teacher.contract.ts'
import { invitationFor, PURPOSE } from './invitation.ts'

// Person, account, teacher and event commit together.
export const createTeacher = route(
  'POST /teachers',
  contract,
  async ({ input, tx, by, limit, services }) => {
    const nobody = await refuseNobody({ tx, by, services }, input.email)
    if (nobody) return nobody
    const limited = await limitInvitations({ tx, by, limit })
    if (limited) return limited
    const teacher = Teacher.create(input, by.institutionId)
    const taken = await createUsers(tx, by.institutionId, 'teacher', [teacher])
    if (taken) return taken
    await save(tx, teacher, { actor: by.id }) // emits TeacherCreated
    return { id: teacher.id, ...input }
  },
  { limited: true },
)

// Event → one command.
export const inviteTeacher = on(TeacherCreated, 'invite-teacher', ({ teacherId }) =>
  SendTeacherInvitation({ teacherId }),
)

// Or: those who never came are invited again → one command for each.
export const inviteTeachersAgain = on(InvitedAgain, 'invite-teachers-again', async (round, { tx, tenant }) =>
  round.role === 'teacher'
    ? batch('teacher-invitations', await invitedIn(tx, tenant, round.roundId), (teacherId) =>
        SendTeacherInvitation({ teacherId, roundId: round.roundId }),
      )
    : undefined,
)

// Command → one message with a link that works once.
export const sendTeacherInvitation = effect(SendTeacherInvitation, async ({ teacherId, roundId }, context) => {
  const contact = await contactOf(context.db, context.tenant, teacherId)
  if (!contact) return cancel('There is no such person any more.')
  const about = { purpose: PURPOSE, entityId: roundId ?? teacherId, recipientId: teacherId }
  return sendInvitation(context, SendTeacherInvitation.retry.attempts, about, contact, (link) =>
    invitationFor(contact, link),
  )
})
