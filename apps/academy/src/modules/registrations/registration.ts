/**
 * Somebody asks by e-mail address to come in with an institution of their own. Whoever asks again with an open registration
 * gets its link again, for a day from then on; one that was let go by is replaced.
 */
import { Entity, SINGLE_TENANT, uuidv7 } from 'cascata'
import type { DemoSize } from '../institutions/institution.fields.ts'
import { UserRegistered } from './registration.events.ts'

export type RegistrationColumns = {
  id: string
  email: string
  token_hash: string
  /** Reserved for the institution that it will become. */
  institution_id: string
  demo_data: DemoSize | null
  locale: 'pt-BR' | 'en'
  status: 'pending' | 'finished'
  expires_at: Date
}

export type Asked = { email: string; demoData: DemoSize | null; locale: 'pt-BR' | 'en' }

export const REGISTRATION_HOURS = 24
const HOUR_MS = 3_600_000

export class Registration extends Entity {
  readonly entityType = 'registration'
  readonly tenant = SINGLE_TENANT
  readonly id: string
  readonly #columns: RegistrationColumns

  private constructor(columns: RegistrationColumns) {
    super()
    this.id = columns.id
    this.#columns = columns
  }

  /**
   * @param earlier of the same address.
   * @param hashOf hash of the secret of a registration's link.
   */
  static ask(
    asked: Asked,
    earlier: RegistrationColumns | undefined,
    hashOf: (id: string) => string,
    now: Date,
  ): Registration {
    const expires_at = new Date(now.getTime() + REGISTRATION_HOURS * HOUR_MS)
    const { email, demoData: demo_data, locale } = asked
    const registration =
      earlier && isOpenOrFinished(earlier, now)
        ? // A finished one stays as it is: its owner is told that there is an account.
          new Registration(earlier.status === 'finished' ? earlier : { ...earlier, demo_data, locale, expires_at })
        : Registration.#first({ email, demo_data, locale, expires_at }, hashOf)
    registration.emit(UserRegistered({ registrationId: registration.id }))
    return registration
  }

  static #first(
    columns: Pick<RegistrationColumns, 'email' | 'demo_data' | 'locale' | 'expires_at'>,
    hashOf: (id: string) => string,
  ): Registration {
    const id = uuidv7()
    return new Registration({
      ...columns,
      id,
      token_hash: hashOf(id),
      institution_id: uuidv7(),
      status: 'pending',
    })
  }

  get expiresAt(): Date {
    return this.#columns.expires_at
  }

  row() {
    const { id, ...values } = this.#columns
    return { table: 'academy.registrations', key: { id }, values }
  }
}

const isOpenOrFinished = ({ status, expires_at }: RegistrationColumns, now: Date) =>
  status === 'finished' || expires_at > now
