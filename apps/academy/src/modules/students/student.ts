/** A student: a person with an account, who entered by one offering and is invited to choose a password. */
import { randomBytes } from 'node:crypto'
import { Entity, uuidv7 } from 'cascata'
import { notFound, type Refusal } from '../../platform/http/refusal.ts'
import { StudentCreated } from './student.events.ts'

export type NewStudent = {
  name: string
  email: string
  courseOfferingId: string
  /** The year of entry and eight hexadecimal digits; drawn when it is left out. */
  enrollmentCode?: string
}

export class Student extends Entity {
  readonly entityType = 'student'
  readonly tenant: string
  readonly id: string
  /** Kept with the account, by `createUsers`. */
  readonly person: { name: string; email: string }
  readonly enrollmentCode: string
  readonly #courseOfferingId: string

  private constructor(tenant: string, id: string, input: NewStudent & { enrollmentCode: string }) {
    super()
    this.tenant = tenant
    this.id = id
    this.person = { name: input.name, email: input.email }
    this.enrollmentCode = input.enrollmentCode
    this.#courseOfferingId = input.courseOfferingId
  }

  /** @param today on the institution's calendar. */
  static create(
    input: NewStudent,
    offeringExists: boolean,
    { institutionId, today }: { institutionId: string; today: string },
    id: string = uuidv7(),
  ): Student | Refusal {
    if (!offeringExists) {
      return notFound(
        'course-offering-not-found',
        { en: 'There is no such offering.', pt: 'Esta oferta não existe.' },
        'courseOfferingId',
      )
    }
    const drawn = () => today.slice(0, 4) + randomBytes(4).toString('hex').toUpperCase()
    const student = new Student(institutionId, id, { ...input, enrollmentCode: input.enrollmentCode ?? drawn() })
    student.emit(StudentCreated({ studentId: id }))
    return student
  }

  row() {
    return {
      table: 'academy.students',
      key: { institution_id: this.tenant, id: this.id },
      values: { enrollment_code: this.enrollmentCode, course_offering_id: this.#courseOfferingId },
      version: 0,
    }
  }
}
