/** A degree programme. */
import { Entity, uuidv7 } from 'cascata'
import type { CourseType } from './course.fields.ts'

type Columns = { name: string; type: CourseType }

export class Course extends Entity {
  readonly entityType = 'course'
  readonly tenant: string
  readonly id: string
  readonly #columns: Columns
  readonly #version: number

  constructor(tenant: string, id: string, columns: Columns, version: number) {
    super()
    this.tenant = tenant
    this.id = id
    this.#columns = { name: columns.name, type: columns.type }
    this.#version = version
  }

  static create({ name, type }: Columns, institutionId: string, id: string = uuidv7()): Course {
    return new Course(institutionId, id, { name, type }, 0)
  }

  change({ name, type }: Columns): void {
    Object.assign(this.#columns, { name, type })
  }

  row() {
    return {
      table: 'academy.courses',
      key: { institution_id: this.tenant, id: this.id },
      values: this.#columns,
      version: this.#version,
    }
  }
}
