/** A site of the institution. */
import { Entity, uuidv7 } from 'cascata'

export class Campus extends Entity {
  readonly entityType = 'campus'
  readonly tenant: string
  readonly id: string
  readonly #columns: { name: string; city: string }
  readonly #version: number

  constructor(tenant: string, id: string, columns: { name: string; city: string }, version: number) {
    super()
    this.tenant = tenant
    this.id = id
    this.#columns = { name: columns.name, city: columns.city }
    this.#version = version
  }

  static create(input: { name: string; city: string }, institutionId: string, id: string = uuidv7()): Campus {
    return new Campus(institutionId, id, { name: input.name, city: input.city }, 0)
  }

  change({ name, city }: { name: string; city: string }): void {
    Object.assign(this.#columns, { name, city })
  }

  row() {
    return {
      table: 'academy.campi',
      key: { institution_id: this.tenant, id: this.id },
      values: this.#columns,
      version: this.#version,
    }
  }
}
