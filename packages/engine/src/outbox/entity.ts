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

/** A class of the domain that can emit domain events: its rules call `emit`, `save` writes row and events together. */
export abstract class Entity {
  /** Stable name stored with the events, e.g. `class-activity`. */
  abstract readonly entityType: string
  abstract readonly tenant: string
  abstract readonly id: string
  abstract row(): EntityRow

  #emitted: EventValue[] = []

  /** States a fact; it becomes one when the transaction that saves the entity commits. */
  protected emit(event: EventValue): void {
    this.#emitted.push(event)
  }

  /** The facts stated since the last save, for tests of the rules. */
  get emitted(): readonly EventValue[] {
    return this.#emitted
  }

  /** Called by `save` after the events were handed to the database. */
  markSaved(): void {
    this.#emitted = []
  }
}
