/**
 * Staff invite people again who never came: each gets a link of its own with days of its own, whatever became of the one
 * before. Modules that make people send the message, in the words of the first.
 */
import { save, type Tx } from 'cascata'
import { notFound, refuse } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { InvitationRound } from '../invitation-round.ts'
import { limitInvitations } from '../invitations.queries.ts'
import { contract, type InvitedRole } from './invite-again.contract.ts'

export const inviteAgain = route(
  'POST /invitations',
  contract,
  async ({ input: { role, people }, tx, by, limit }) => {
    const asked = await lockPeople(tx, by.institutionId, role, people)
    if (people && asked.length < new Set(people).size) {
      return notFound(
        'person-not-found',
        { en: 'Some of these people do not exist.', pt: 'Algumas destas pessoas não existem.' },
        'people',
      )
    }
    const absent = asked.filter(({ has_password }) => !has_password)
    const invited = absent.filter(({ recently }) => !recently).map(({ id }) => id)
    const left = { recently: absent.length - invited.length, entered: asked.length - absent.length }
    if (invited.length === 0 && people) return left.recently > 0 ? invitedRecently() : haveEntered()
    if (invited.length > 0) {
      const limited = await limitInvitations({ tx, by, limit }, invited.length)
      if (limited) return limited
      const round = new InvitationRound(by, { role, people: invited.length })
      await save(tx, round, { actor: by.id }) // emits InvitedAgain
      await tx.query(
        'insert into academy.invitations (institution_id, round_id, user_id) select $1, $2, unnest($3::uuid[])',
        [by.institutionId, round.id, invited],
      )
    }
    return { invited: invited.length, ...left }
  },
  { limited: true },
)

type Asked = { id: string; has_password: boolean; recently: boolean }

/** Locked, so that two orders at once do not invite anybody twice. */
async function lockPeople(
  tx: Tx,
  institutionId: string,
  role: InvitedRole,
  ids: readonly string[] | undefined,
): Promise<Asked[]> {
  const locked = await tx.query<{ id: string }>(
    `select id from academy.users where institution_id = $1 and role = $2 and ($3::uuid[] is null or id = any($3))
     order by id for no key update`,
    [institutionId, role, ids ?? null],
  )
  const { rows } = await tx.query<Asked>(
    `with absent as (select id from academy_auth.without_password($2::uuid[]) as id)
     select p.id, not exists (select from absent a where a.id = p.id) as has_password,
       exists (select from academy.invitations i where i.institution_id = $1 and i.user_id = p.id
               and i.created_at > now() - interval '1 hour') as recently
     from unnest($2::uuid[]) as p(id)`,
    [institutionId, locked.rows.map(({ id }) => id)],
  )
  return rows
}

const invitedRecently = () =>
  refuse('invited-recently', {
    because: 'conflict',
    message: {
      en: 'They were invited again less than an hour ago. Ask them to look for the message, also among spam.',
      pt: 'O convite foi reenviado há menos de uma hora. Peça que procurem a mensagem, também na caixa de spam.',
    },
  })

const haveEntered = () =>
  refuse('has-password', {
    because: 'conflict',
    message: {
      en: 'They have a password already. Whoever forgot it asks for a new one on the sign-in page.',
      pt: 'Já existe uma senha. Quem a esqueceu pede outra na página de entrada.',
    },
  })
