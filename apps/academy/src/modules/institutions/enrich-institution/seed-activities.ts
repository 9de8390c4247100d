/** Two activities of each class that were due in the past, and one that is due next week in a few of them. */
import { save, type Tx } from 'cascata'
import { institutionClock } from '../../../platform/database/institution-clock.ts'
import type { ActivityType, Note } from '../../activities/class-activity.fields.ts'
import { usedWeights } from '../../activities/class-activity.queries.ts'
import { ClassActivity } from '../../activities/class-activity.ts'
import { lockClass } from '../../classes/classes.queries.ts'
import { daysFrom, periodsOf, yearOf } from '../seed-institution/seed-calendar.ts'
import { agreed, once, seedId } from '../seed-institution/seed-plan.ts'
import type { EnrichmentOrder } from './enrich-institution.commands.ts'
import { type StartedClass, startedClasses } from './started-classes.ts'

type Past = { key: string; title: string; type: ActivityType; weight: number; days: number; description: string }

/** `days` after the beginning of the period. */
const PAST: readonly Past[] = [
  {
    key: 'list',
    title: 'Lista de exercícios 1',
    type: 'work',
    weight: 40,
    days: 14,
    description: 'Resolver os exercícios do primeiro módulo e entregar as resoluções comentadas.',
  },
  {
    key: 'seminar',
    title: 'Seminário em grupo',
    type: 'presentation',
    weight: 60,
    days: 26,
    description: 'Apresentar um dos temas do módulo em quinze minutos, com perguntas da turma.',
  },
]

const DUE_IN_DAYS = 7
/** Classes that are told of a new activity: enough to watch, few enough for any size. */
const PUBLISHED_MAX = 3

export async function seedActivities(tx: Tx, { institutionId }: EnrichmentOrder): Promise<void> {
  await once(tx, institutionId, 'activities', async () => {
    const { today } = await institutionClock(tx, institutionId)
    const classes = await startedClasses(tx, institutionId)
    const past = await insertPast(tx, institutionId, classes, today)
    const published = await publish(tx, institutionId, classes, daysFrom(today, DUE_IN_DAYS))
    return { activities: past + published }
  })
}

async function insertPast(
  tx: Tx,
  institutionId: string,
  classes: readonly StartedClass[],
  today: string,
): Promise<number> {
  const rows = classes.flatMap((klass) => {
    const period = periodsOf(yearOf(klass.periodId)).find(({ id }) => id === klass.periodId)
    return PAST.flatMap(({ days, ...activity }) => {
      const dueDate = period && daysFrom(period.startAt, days)
      return dueDate && dueDate < today ? [{ ...activity, dueDate, klass }] : []
    })
  })
  return insertPublished(
    tx,
    institutionId,
    rows.map(({ klass, key, ...activity }) => ({
      ...activity,
      note: 'N1',
      id: seedId(institutionId, 'activity', klass.id, key),
      classId: klass.id,
      teacherId: klass.teacherId,
    })),
  )
}

export type PublishedActivity = {
  id: string
  classId: string
  teacherId: string
  note: Note
  title: string
  description: string
  type: ActivityType
  weight: number
  dueDate: string
}

/** As if they had been published ten days before they are due: nobody is told. */
export async function insertPublished(
  tx: Tx,
  institutionId: string,
  rows: readonly PublishedActivity[],
): Promise<number> {
  const column = <T>(of: (row: PublishedActivity) => T) => rows.map(of)
  const { rowCount } = await tx.query(
    `insert into academy.class_activities (institution_id, id, class_id, created_by, note, title, description, type, weight,
       status, due_date, due_hour, created_at)
     select $1, a.id, a.class_id, a.teacher_id, a.note, a.title, a.description, a.type, a.weight, 'published', a.due, '22:00',
       (a.due - 10)::timestamp at time zone i.time_zone
     from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::smallint[], $9::date[], $10::text[])
       as a(id, class_id, teacher_id, title, description, type, weight, due, note)
     join academy.institutions i on i.id = $1`,
    [
      institutionId,
      column(({ id }) => id),
      column(({ classId }) => classId),
      column(({ teacherId }) => teacherId),
      column(({ title }) => title),
      column(({ description }) => description),
      column(({ type }) => type),
      column(({ weight }) => weight),
      column(({ dueDate }) => dueDate),
      column(({ note }) => note),
    ],
  )
  return rowCount
}

/** In a period that is nearly over there is no next week. */
async function publish(
  tx: Tx,
  institutionId: string,
  classes: readonly StartedClass[],
  dueDate: string,
): Promise<number> {
  const [first] = classes
  if (!first || dueDate >= first.periodEndAt) return 0
  const told = classes.slice(0, PUBLISHED_MAX)
  for (const { id, teacherId, discipline } of told) {
    const activity = ClassActivity.create(
      {
        classId: id,
        note: 'N2',
        title: 'Pesquisa dirigida',
        description: `Escolher um artigo recente sobre ${discipline} e resumi-lo em duas páginas.`,
        type: 'research',
        weight: 30,
        dueDate,
        dueHour: '22:00',
      },
      await lockClass(tx, id),
      await usedWeights(tx, institutionId, id),
      { id: teacherId },
    )
    await save(tx, agreed(activity)) // emits ClassActivityCreated
  }
  return told.length
}
