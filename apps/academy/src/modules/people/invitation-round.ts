/** Staff invite again: one person, or all of a role who never came. */
import { Entity, uuidv7 } from 'cascata'
import type { InvitedRole } from './invite-again/invite-again.contract.ts'
import { InvitedAgain } from './person.events.ts'

export class InvitationRound extends Entity {
  readonly entityType = 'invitation-round'
  readonly tenant: string
  readonly id = uuidv7()
  readonly #by: string
  readonly #details: { role: InvitedRole; people: number }

  constructor(by: { id: string; institutionId: string }, details: { role: InvitedRole; people: number }) {
    super()
    this.tenant = by.institutionId
    this.#by = by.id
    this.#details = details
    this.emit(InvitedAgain({ roundId: this.id, role: details.role }))
  }

  row() {
    return {
      table: 'academy.audit_entries',
      key: { institution_id: this.tenant, id: this.id },
      values: {
        actor_id: this.#by,
        action: 'people-invited-again',
        subject_id: this.tenant,
        details: JSON.stringify(this.#details),
      },
      version: 0,
    }
  }
}
