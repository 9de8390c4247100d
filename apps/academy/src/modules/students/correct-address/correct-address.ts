/** Staff correct a student's address: the sign-in follows, and every e-mail that failed for good is sent again, as a linked copy. */
import { sendFailedAgain } from '../../../platform/email-messages/email-messages.ts'
import { notFound, refuse } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { contract } from './correct-address.contract.ts'

export const correctAddress = route('PUT /students/:studentId/email', contract, async ({ input, tx, by }) => {
  const { studentId, email, reason } = input
  const found = await tx.query(
    `select 1 from academy.students s join academy.users u on u.institution_id = s.institution_id and u.id = s.id
     where s.institution_id = $1 and s.id = $2 for no key update of u`,
    [by.institutionId, studentId],
  )
  if (found.rows.length === 0) {
    return notFound('student-not-found', { en: 'There is no such student.', pt: 'Este aluno não existe.' })
  }
  try {
    await tx.query(
      'update academy.users set email = $3, version = version + 1 where institution_id = $1 and id = $2 and email <> $3',
      [by.institutionId, studentId, email],
    )
    await tx.query('select academy_auth.change_email($1, $2)', [studentId, email])
  } catch (error) {
    if ((error as { code?: string }).code !== '23505') throw error
    return refuse('email-already-used', {
      because: 'invalid',
      field: 'email',
      message: { en: 'Another account has this address.', pt: 'Outra conta usa este e-mail.' },
    })
  }
  const sentAgain = await sendFailedAgain(tx, by.institutionId, studentId, { author: by.id, reason })
  return { id: studentId, email, sentAgain }
})
