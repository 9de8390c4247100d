/** An institution: what everything else belongs to. One that was made to be looked at says so, and has doors. */
import { Entity } from 'cascata'
import { type Refusal, refuse } from '../../platform/http/refusal.ts'
import { DEFAULT_TIME_ZONE, isTimeZone } from '../../platform/time-zones.ts'
import { DemoInstitutionOpened, InstitutionCreated } from './institution.events.ts'
import type { DemoSize } from './institution.fields.ts'

export type InstitutionColumns = {
  id: string
  name: string
  time_zone: string
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

  /** @param input.timeZone default: that of Brasília. */
  static create({
    id,
    name,
    timeZone = DEFAULT_TIME_ZONE,
    demoData,
  }: {
    id: string
    name: string
    timeZone?: string | undefined
    demoData: DemoSize | null
  }): Institution | Refusal {
    const refusal = timeZoneRefusal(timeZone)
    if (refusal) return refusal
    const columns = { id, name, time_zone: timeZone, demo_data: demoData, demo_opened_at: null, version: 0 }
    const institution = new Institution(columns)
    institution.emit(InstitutionCreated({ institutionId: id, demoData }))
    return institution
  }

  get demoData(): DemoSize | null {
    return this.#columns.demo_data
  }

  get version(): number {
    return this.#columns.version
  }

  /** Settings that are not given stay. Days and hours that were written down stay too: they are read in the new zone. */
  change({ name, timeZone }: { name?: string | undefined; timeZone?: string | undefined }): Refusal | undefined {
    const refusal = timeZone === undefined ? undefined : timeZoneRefusal(timeZone)
    if (refusal) return refusal
    this.#columns.name = name ?? this.#columns.name
    this.#columns.time_zone = timeZone ?? this.#columns.time_zone
    return undefined
  }

  /** @returns whether it is the first time. */
  openDoors(now: Date): boolean {
    if (this.demoData === null || this.#columns.demo_opened_at !== null) return false
    this.#columns.demo_opened_at = now
    this.emit(DemoInstitutionOpened({ institutionId: this.id }))
    return true
  }

  row() {
    const { id, version, name, time_zone, demo_data, demo_opened_at } = this.#columns
    // How much data it was made with never changes.
    const values = version === 0 ? { name, time_zone, demo_data, demo_opened_at } : { name, time_zone, demo_opened_at }
    return { table: 'academy.institutions', key: { id }, values, version }
  }
}

const timeZoneRefusal = (timeZone: string): Refusal | undefined =>
  isTimeZone(timeZone)
    ? undefined
    : refuse('unknown-time-zone', {
        field: 'timeZone',
        message: {
          en: 'There is no such time zone. Choose one of the list.',
          pt: 'Este fuso horário não existe. Escolha um da lista.',
        },
      })
