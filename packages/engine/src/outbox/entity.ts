import { uuidv7 } from '../definitions/uuid.ts'
import type { EventValue } from '../events/event.ts'

export interface EntityRow {
  /** Table, schema-qualified where the search path does not hold it; a constant of the code, never input. */
  readonly table: string
  /** Columns of the primary key, with their values. */
  readonly key: Readonly<Record<string, unknown>>
  /** The other columns. */
  readonly values: Readonly<Record<string, unknown>>
  /**
   * The version that was loaded, 0 for a new row; the table then has an integer column `version`, and saving over
   * somebody else's change is refused. Left out: the row is inserted or overwritten.
   */
  readonly version?: number
}

/** A fact that an entity stated, and how far it has come. */
export interface Emission {
  readonly event: EventValue
  /** From its first save on, and the same when that save's transaction is rolled back and repeated. */
  id: string | undefined
  /** The database may have it: it was sent there once. */
  sent: boolean
  /** A save that handed it over succeeded. Whether its transaction committed is not known. */
  saved: boolean
}

/** A class of the domain that can emit domain events: its rules call `emit`, `save` writes row and events together. */
export abstract class Entity {
  /** Stable name stored with the events, e.g. `class-activity`. */
  abstract readonly entityType: string
  abstract readonly tenant: string
  abstract readonly id: string
  abstract row(): EntityRow

  #emissions: Emission[] = []

  /** States a fact; it becomes one when the transaction that saves the entity commits. */
  protected emit(event: EventValue): void {
    this.#emissions.push({ event, id: undefined, sent: false, saved: false })
  }

  /** The facts stated since the last save, for tests of the rules. */
  get emitted(): readonly EventValue[] {
    return this.#emissions.flatMap(({ event, saved }) => (saved ? [] : [event]))
  }

  /** For `save`: the facts that are not known to be committed, each with its id. */
  takeEmissions(): readonly (Emission & { id: string })[] {
    for (const emission of this.#emissions) emission.id ??= uuidv7()
    return this.#emissions as (Emission & { id: string })[]
  }

  /** For `save`: the facts with these ids are committed, so that no later save need ask for them. */
  forgetEmissions(ids: ReadonlySet<string>): void {
    this.#emissions = this.#emissions.filter(({ id }) => id === undefined || !ids.has(id))
  }
}
