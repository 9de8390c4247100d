/** An address of an account was wrong, and staff corrected it: kept with who, when and why. The addresses are kept as keyed hashes. */
import { Entity, uuidv7 } from 'cascata'
import { AddressCorrected } from './person.events.ts'

export type PasswordFate = 'none' | 'ended' | 'kept'

export type NewCorrection = {
  userId: string
  reason: string
  by: { id: string; institutionId: string }
  /** Tell whether it was a certain address, to whoever knows the address and has the key. */
  formerHash: string
  newHash: string
  /** What became of it: one that whoever reads the former address may have chosen has ended. */
  password: PasswordFate
  /** Two-step verification was on, and is off from now on. */
  hadAuthenticator: boolean
  /** The new address is to be written to: no other message with a link is on its way. */
  needsMessage: boolean
}

export class AddressCorrection extends Entity {
  readonly entityType = 'address-correction'
  readonly tenant: string
  readonly id = uuidv7()
  readonly #correction: NewCorrection

  constructor(correction: NewCorrection) {
    super()
    this.tenant = correction.by.institutionId
    this.#correction = correction
    this.emit(AddressCorrected({ userId: correction.userId, correctionId: this.id }))
  }

  row() {
    const { userId, reason, by, ...details } = this.#correction
    return {
      table: 'academy.audit_entries',
      key: { institution_id: this.tenant, id: this.id },
      values: {
        actor_id: by.id,
        action: 'address-corrected',
        subject_id: userId,
        reason,
        details: JSON.stringify(details),
      },
      version: 0,
    }
  }
}
