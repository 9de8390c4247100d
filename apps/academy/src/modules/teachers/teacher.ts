/** A teacher of the institution: a person with an account, who is invited to choose a password. */
import { Entity, uuidv7 } from 'cascata'
import { TeacherCreated } from './teacher.events.ts'

export class Teacher extends Entity {
  readonly entityType = 'teacher'
  readonly tenant: string
  readonly id: string
  /** Kept with the account, by `createUsers`. */
  readonly person: { name: string; email: string }

  private constructor(tenant: string, id: string, person: { name: string; email: string }) {
    super()
    this.tenant = tenant
    this.id = id
    this.person = person
  }

  static create(input: { name: string; email: string }, institutionId: string, id: string = uuidv7()): Teacher {
    const teacher = new Teacher(institutionId, id, { name: input.name, email: input.email })
    teacher.emit(TeacherCreated({ teacherId: id }))
    return teacher
  }

  row() {
    return { table: 'academy.teachers', key: { institution_id: this.tenant, id: this.id }, values: {}, version: 0 }
  }
}
