/**
 * An activity of a class: published in the moment it is created, and from then on its class is to be told.
 * Rules: only the class's teacher, only in a started class, due after now and inside the academic period (both ends
 * included, by the institution's clock), and the weights of one note never add up to more than 100.
 */
import { Entity, uuidv7 } from 'cascata'
import { dateInWords, wallClock } from '../../platform/calendar.ts'
import { notFound, type Refusal, refuse, refuseAll } from '../../platform/http/refusal.ts'
import type { ClassOutline } from '../classes/classes.queries.ts'
import { ClassActivityCreated } from './class-activity.events.ts'
import type { ActivityType, Note } from './class-activity.fields.ts'

export type NewClassActivity = {
  classId: string
  note: Note
  title: string
  description: string
  type: ActivityType
  weight: number
  dueDate: string
  dueHour: string
}

type Columns = NewClassActivity & { status: 'published'; createdBy: string }

export class ClassActivity extends Entity {
  readonly entityType = 'class-activity'
  readonly tenant: string
  readonly id: string
  readonly #columns: Columns

  private constructor(tenant: string, id: string, columns: Columns) {
    super()
    this.tenant = tenant
    this.id = id
    this.#columns = columns
  }

  /** @param used the weights that the class's other activities take, read while its row is locked. */
  static create(
    input: NewClassActivity,
    klass: ClassOutline | undefined,
    used: Record<Note, number>,
    by: { id: string },
  ): ClassActivity | Refusal {
    if (klass?.teacherId !== by.id) {
      return notFound('class-not-found', { en: 'There is no such class.', pt: 'Esta turma não existe.' })
    }
    if (klass.status !== 'started') {
      return refuse('class-not-started', {
        because: 'conflict',
        message: { en: 'Activities belong to started classes only.', pt: 'Só turmas iniciadas têm atividades.' },
      })
    }
    const refusal = refuseAll([weightRefusal(input, used), dueRefusal(input, klass)])
    if (refusal) return refusal
    const activity = new ClassActivity(klass.institutionId, uuidv7(), {
      ...input,
      status: 'published',
      createdBy: by.id,
    })
    activity.emit(ClassActivityCreated({ activityId: activity.id }))
    return activity
  }

  row() {
    const { classId, note, title, description, type, weight, status, dueDate, dueHour, createdBy } = this.#columns
    return {
      table: 'academy.class_activities',
      key: { institution_id: this.tenant, id: this.id },
      values: {
        class_id: classId,
        note,
        title,
        description,
        type,
        weight,
        status,
        due_date: dueDate,
        due_hour: dueHour,
        created_by: createdBy,
      },
      version: 0,
    }
  }
}

function weightRefusal({ note, weight }: NewClassActivity, used: Record<Note, number>): Refusal | undefined {
  const remaining = 100 - used[note]
  if (Number.isInteger(weight) && weight >= 0 && weight <= remaining) return undefined
  return refuse('invalid-class-activity-weight', {
    field: 'weight',
    message: {
      en: `${note} has ${remaining}% left.`,
      pt: `Restam ${remaining}% em ${note}.`,
    },
  })
}

function dueRefusal({ dueDate, dueHour }: NewClassActivity, klass: ClassOutline): Refusal | undefined {
  const now = wallClock(klass.now, klass.timeZone)
  const { startAt, endAt } = klass.period
  if (dueDate < now.date) {
    return refuse('due-date-past', {
      field: 'dueDate',
      message: { en: 'This day is over.', pt: 'Este dia já passou.' },
    })
  }
  if (dueDate === now.date && dueHour <= now.hour) {
    return refuse('due-hour-past', {
      field: 'dueHour',
      message: { en: `It is ${now.hour} already.`, pt: `Já são ${now.hour}.` },
    })
  }
  if (dueDate < startAt || dueDate > endAt) {
    return refuse('due-date-outside-period', {
      field: 'dueDate',
      message: {
        en: `The academic period is from ${dateInWords(startAt, 'en')} to ${dateInWords(endAt, 'en')}.`,
        pt: `O período acadêmico vai de ${dateInWords(startAt, 'pt-BR')} a ${dateInWords(endAt, 'pt-BR')}.`,
      },
    })
  }
  return undefined
}
