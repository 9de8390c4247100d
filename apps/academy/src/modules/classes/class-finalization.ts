/** One act of staff that closes some classes: from then on their results stand, and their students are to be told. */
import { Entity, uuidv7 } from 'cascata'
import { ClassesFinalized } from './class.events.ts'

export class ClassFinalization extends Entity {
  readonly entityType = 'class-finalization'
  readonly tenant: string
  readonly id = uuidv7()
  readonly #by: string

  constructor(by: { id: string; institutionId: string }) {
    super()
    this.tenant = by.institutionId
    this.#by = by.id
    this.emit(ClassesFinalized({ finalizationId: this.id }))
  }

  row() {
    return {
      table: 'academy.class_finalizations',
      key: { institution_id: this.tenant, id: this.id },
      values: { finalized_by: this.#by },
      version: 0,
    }
  }
}
