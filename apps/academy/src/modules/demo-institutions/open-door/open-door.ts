/**
 * Doors: whoever works for a demonstration institution may enter it as one of its teachers or students, and come back. Nobody
 * else may, and no other institution has any. Every opening is written down; the first one gives the institution more to show.
 */
import { save, type Tx, uuidv7 } from 'cascata'
import { isRefusal, notFound, type Refusal, refuse } from '../../../platform/http/refusal.ts'
import { type Actor, entering, route } from '../../../platform/http/route.ts'
import { isDemo, isSeeded, lockDemoInstitution } from '../../institutions/institutions.queries.ts'
import { listDoors as listContract, openDoor as openContract } from './open-door.contract.ts'
import { type Door, doorsOf } from './open-door.queries.ts'

export const listDoors = route('GET /demo-institutions/doors', listContract, async ({ tx, by }) => {
  const doors =
    mayOpen(by) && (await isDemo(tx, by.institutionId)) && (await isSeeded(tx, by.institutionId))
      ? await doorsOf(tx, by)
      : []
  return { doors: doors.map(({ id, role, name }) => ({ role, name, here: id === by.id })) }
})

export const openDoor = route('POST /demo-institutions/doors', openContract, async ({ input, tx, by }) => {
  const door = await openedDoor(tx, by, input.role)
  if (isRefusal(door)) return door
  const openedBy = by.openedBy ?? by.id
  // Whoever comes back to themselves is no guest any more.
  const guest = door.id === openedBy ? undefined : openedBy
  return entering(
    { userId: door.id, accessVersion: by.accessVersion, openedBy: guest },
    { role: door.role, name: door.name },
  )
})

async function openedDoor(tx: Tx, by: Actor, role: Door['role']): Promise<Door | Refusal> {
  const institution = mayOpen(by) ? await lockDemoInstitution(tx, by.institutionId) : undefined
  if (!institution) {
    return notFound('door-not-found', {
      en: 'Only demonstration institutions have doors.',
      pt: 'Só instituições de demonstração têm portas.',
    })
  }
  if (!(await isSeeded(tx, by.institutionId))) {
    return refuse('demo-data-not-ready', {
      because: 'conflict',
      message: {
        en: 'The demonstration data is not complete yet.',
        pt: 'Os dados de demonstração ainda não estão completos.',
      },
    })
  }
  const door = (await doorsOf(tx, by)).find((each) => each.role === role)
  if (!door) {
    return notFound('door-not-found', {
      en: 'There is nobody invented in this role any more.',
      pt: 'Não há mais ninguém fictício neste papel.',
    })
  }
  if (institution.openDoors(new Date())) await save(tx, institution, { actor: by.id }) // emits DemoInstitutionOpened
  await tx.query(
    `insert into academy.audit_entries (institution_id, id, actor_id, action, subject_id)
     values ($1, $2, $3, 'door-opened', $4)`,
    [by.institutionId, uuidv7(), by.openedBy ?? by.id, door.id],
  )
  return door
}

/** People who were invited, and signed in as themselves, are real: no door makes them somebody else. */
const mayOpen = (by: Actor) => by.role === 'staff' || by.openedBy !== undefined
