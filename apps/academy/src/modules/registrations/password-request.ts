/** Somebody says that they forgot the password of an address. Whether anybody has it, the daemon finds out. */
import { Entity, SINGLE_TENANT, uuidv7 } from 'cascata'
import { PasswordForgotten } from './registration.events.ts'

export class PasswordRequest extends Entity {
  readonly entityType = 'password-request'
  readonly tenant = SINGLE_TENANT
  readonly id = uuidv7()
  readonly #columns: { email: string; locale: 'pt-BR' | 'en' }

  constructor(columns: { email: string; locale: 'pt-BR' | 'en' }) {
    super()
    this.#columns = columns
    this.emit(PasswordForgotten({ requestId: this.id }))
  }

  row() {
    return { table: 'academy.password_requests', key: { id: this.id }, values: this.#columns }
  }
}
