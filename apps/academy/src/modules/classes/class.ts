/**
 * A class: one discipline, taught by one teacher in one academic period.
 *
 *     pre-enrollment ── release ──▶ enrollment ── start ──▶ started ── finalize ──▶ finalized
 *
 * There is no way back. It is released while its enrollment period is open, started when that is over, and finalized when
 * all its lessons were given and all its students have their notes.
 */
import { Entity, uuidv7 } from 'cascata'
import { notFound, type Refusal, refuse } from '../../platform/http/refusal.ts'
import type { EnrollmentPeriodStatus } from '../periods/period.fields.ts'
import type { ClassStatus, Schedule } from './class.fields.ts'
import { generateLessons, type NewLesson } from './lessons.ts'
import { byTime, clash, schedulesRefusal } from './schedules.ts'

export type NewClass = {
  disciplineId: string
  teacherId: string
  periodId: string
  vacancies: number
  schedules: readonly Schedule[]
}

/** What it is decided with. */
export type ClassParts = {
  discipline: boolean
  teacher: boolean
  period: { startAt: string; endAt: string } | undefined
  /** Of the teacher's other classes that are not finalized and meet in these months, read while the teacher's row is locked. */
  teacherSchedules: readonly Schedule[]
}

export type ClassColumns = {
  id: string
  discipline_id: string
  teacher_id: string
  period_id: string
  vacancies: number
  status: ClassStatus
  finalization_id: string | null
  version: number
}

export class Class extends Entity {
  readonly entityType = 'class'
  readonly tenant: string
  readonly id: string
  /** Of a class that is being created; those of another are not loaded. */
  readonly schedules: readonly Schedule[]
  readonly lessons: readonly NewLesson[]
  readonly #columns: ClassColumns

  constructor(
    tenant: string,
    columns: ClassColumns,
    schedules: readonly Schedule[] = [],
    lessons: readonly NewLesson[] = [],
  ) {
    super()
    this.tenant = tenant
    this.id = columns.id
    this.schedules = schedules
    this.lessons = lessons
    this.#columns = { ...columns }
  }

  static create(
    input: NewClass,
    parts: ClassParts,
    institutionId: string,
    options: { id?: string; allowTeacherClash?: boolean } = {},
  ): Class | Refusal {
    if (!parts.discipline) {
      return notFound(
        'discipline-not-found',
        { en: 'There is no such subject.', pt: 'Esta disciplina não existe.' },
        'disciplineId',
      )
    }
    if (!parts.teacher) {
      return notFound(
        'teacher-not-found',
        { en: 'There is no such teacher.', pt: 'Este professor não existe.' },
        'teacherId',
      )
    }
    if (!parts.period) {
      return notFound(
        'academic-period-not-found',
        { en: 'There is no such academic period.', pt: 'Este período acadêmico não existe.' },
        'periodId',
      )
    }
    const refusal =
      schedulesRefusal(input.schedules) ??
      (options.allowTeacherClash ? undefined : teacherRefusal(input.schedules, parts.teacherSchedules))
    if (refusal) return refusal
    return new Class(
      institutionId,
      {
        id: options.id ?? uuidv7(),
        discipline_id: input.disciplineId,
        teacher_id: input.teacherId,
        period_id: input.periodId,
        vacancies: input.vacancies,
        status: 'pre-enrollment',
        finalization_id: null,
        version: 0,
      },
      [...input.schedules].sort(byTime),
      generateLessons(parts.period, input.schedules),
    )
  }

  get status(): ClassStatus {
    return this.#columns.status
  }

  /**
   * Students may choose it from now on.
   * @param enrollment of its academic period, today; undefined when it has none.
   */
  release(enrollment: EnrollmentPeriodStatus | undefined): Refusal | undefined {
    if (this.status !== 'pre-enrollment') {
      return conflict(
        'all-classes-must-have-on-pre-enrollment-status',
        'Only classes before enrolment can be released.',
        'Só turmas em pré-matrícula podem ser liberadas.',
      )
    }
    if (enrollment === undefined) return withoutEnrollmentPeriod()
    if (enrollment === 'not-started') {
      return conflict(
        'enrollment-period-not-started',
        'The enrolment period of its academic period has not started.',
        'O período de matrícula do período acadêmico dela ainda não começou.',
      )
    }
    if (enrollment === 'finalized') {
      return conflict(
        'enrollment-period-finalized',
        'The enrolment period of its academic period is over.',
        'O período de matrícula do período acadêmico dela já terminou.',
      )
    }
    this.#columns.status = 'enrollment'
    return undefined
  }

  /** Whoever has chosen it is in it. */
  start(enrollment: EnrollmentPeriodStatus | undefined): Refusal | undefined {
    if (this.status !== 'enrollment') {
      return conflict(
        'class-must-have-on-enrollment-status',
        'Only classes in enrolment can be started.',
        'Só turmas em matrícula podem ser iniciadas.',
      )
    }
    if (enrollment === undefined) return withoutEnrollmentPeriod()
    if (enrollment !== 'finalized') {
      return conflict(
        'enrollment-period-must-be-finalized',
        'The enrolment period of its academic period is not over yet.',
        'O período de matrícula do período acadêmico dela ainda não terminou.',
      )
    }
    this.#columns.status = 'started'
    return undefined
  }

  /** @param open what stands in the way: lessons not given, notes not given that do not count as zero. */
  finalize(open: { lessons: number; notes: number }, finalizationId: string): Refusal | undefined {
    if (this.status !== 'started') {
      return conflict(
        'class-must-have-started-status',
        'Only started classes can be finalized.',
        'Só turmas iniciadas podem ser finalizadas.',
      )
    }
    if (open.lessons > 0) {
      return conflict(
        'all-class-lessons-must-have-finalized-status',
        `The attendance of ${open.lessons === 1 ? '1 lesson' : `${open.lessons} lessons`} was not taken.`,
        `Falta a chamada de ${open.lessons === 1 ? '1 aula' : `${open.lessons} aulas`}.`,
      )
    }
    if (open.notes > 0) {
      return conflict(
        'all-class-notes-must-be-given',
        `${open.notes === 1 ? '1 grade was' : `${open.notes} grades were`} not given.`,
        `${open.notes === 1 ? 'Falta 1 nota' : `Faltam ${open.notes} notas`}.`,
      )
    }
    Object.assign(this.#columns, { status: 'finalized', finalization_id: finalizationId })
    return undefined
  }

  row() {
    const { id, version, ...values } = this.#columns
    const { status, finalization_id } = values
    return {
      table: 'academy.classes',
      key: { institution_id: this.tenant, id },
      values: version === 0 ? values : { status, finalization_id }, // the rest of a class stays as it was made
      version,
    }
  }
}

function teacherRefusal(own: readonly Schedule[], others: readonly Schedule[]): Refusal | undefined {
  const taken = own.find((schedule) => others.some((other) => clash(schedule, other)))
  if (!taken) return undefined
  return refuse('teacher-schedule-conflict', {
    because: 'conflict',
    field: `schedules.${own.indexOf(taken)}`,
    message: {
      en: 'The teacher gives another class at this time.',
      pt: 'O professor dá outra aula neste horário.',
    },
  })
}

const conflict = (code: string, en: string, pt: string) => refuse(code, { because: 'conflict', message: { en, pt } })

const withoutEnrollmentPeriod = () =>
  notFound('enrollment-period-not-found', {
    en: 'Its academic period has no enrolment period.',
    pt: 'O período acadêmico dela não tem período de matrícula.',
  })
