/** An institution: what everything else belongs to. One that was made to be looked at says so, and has doors. */
import { Entity } from 'cascata'
import { DemoInstitutionOpened, InstitutionCreated } from './institution.events.ts'
import type { DemoSize } from './institution.fields.ts'

export type InstitutionColumns = {
  id: string
  name: string
  demo_data: DemoSize | null
  demo_opened_at: Date | null
  version: number
}

export class Institution extends Entity {
  readonly entityType = 'institution'
  readonly tenant: string
  readonly id: string
  readonly #columns: InstitutionColumns

  constructor(columns: InstitutionColumns) {
    super()
    this.tenant = columns.id
    this.id = columns.id
    this.#columns = { ...columns }
  }

  static create({ id, name, demoData }: { id: string; name: string; demoData: DemoSize | null }): Institution {
    const institution = new Institution({ id, name, demo_data: demoData, demo_opened_at: null, version: 0 })
    institution.emit(InstitutionCreated({ institutionId: id, demoData }))
    return institution
  }

  get demoData(): DemoSize | null {
    return this.#columns.demo_data
  }

  /** @returns whether it is the first time. */
  openDoors(now: Date): boolean {
    if (this.demoData === null || this.#columns.demo_opened_at !== null) return false
    this.#columns.demo_opened_at = now
    this.emit(DemoInstitutionOpened({ institutionId: this.id }))
    return true
  }

  row() {
    const { id, version, name, demo_data, demo_opened_at } = this.#columns
    // How much data it was made with never changes.
    const values = version === 0 ? { name, demo_data, demo_opened_at } : { name, demo_opened_at }
    return { table: 'academy.institutions', key: { id }, values, version }
  }
}
