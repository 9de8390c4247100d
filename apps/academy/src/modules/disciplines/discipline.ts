/** A subject that is taught, in any number of courses. Its code is drawn when it is made and stays. */
import { randomBytes } from 'node:crypto'
import { Entity, uuidv7 } from 'cascata'

export class Discipline extends Entity {
  readonly entityType = 'discipline'
  readonly tenant: string
  readonly id: string
  readonly #columns: { name: string; code: string }
  readonly #version: number

  constructor(tenant: string, id: string, columns: { name: string; code: string }, version: number) {
    super()
    this.tenant = tenant
    this.id = id
    this.#columns = { name: columns.name, code: columns.code }
    this.#version = version
  }

  static create(input: { name: string; code?: string }, institutionId: string, id: string = uuidv7()): Discipline {
    const code = input.code ?? randomBytes(4).toString('hex').toUpperCase()
    return new Discipline(institutionId, id, { name: input.name, code }, 0)
  }

  get code(): string {
    return this.#columns.code
  }

  rename(name: string): void {
    this.#columns.name = name
  }

  row() {
    return {
      table: 'academy.disciplines',
      key: { institution_id: this.tenant, id: this.id },
      values: this.#version === 0 ? this.#columns : { name: this.#columns.name },
      version: this.#version,
    }
  }
}
