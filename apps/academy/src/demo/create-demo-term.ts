/**
 * What a term has, for the first demonstration institution: what it teaches, a term that is over with its results, lessons,
 * attendance, activities and grades of the classes under way, and classes of the next term to choose from. By the rules that
 * its pages keep, relative to today, and without an event: nobody is told of what is history. Running it again changes nothing.
 */
import { type Entity, save, type Tx } from 'cascata'
import type pg from 'pg'
import { Campus } from '../modules/campi/campus.ts'
import type { Schedule } from '../modules/classes/class.fields.ts'
import { Class, type ClassParts } from '../modules/classes/class.ts'
import { freeze, resultsOf, ruleOf, whatIsOpen } from '../modules/classes/finalize-classes/decide-results.ts'
import { Course } from '../modules/courses/course.ts'
import { Discipline } from '../modules/disciplines/discipline.ts'
import { insertPublished, type PublishedActivity } from '../modules/institutions/enrich-institution/seed-activities.ts'
import { insertNotice } from '../modules/institutions/enrich-institution/seed-notices.ts'
import { Random } from '../modules/institutions/seed-institution/random.ts'
import { takeAttendances } from '../modules/institutions/seed-institution/seed-attendances.ts'
import { saveCurriculum } from '../modules/institutions/seed-institution/seed-basic-data.ts'
import { closedWindowOf, daysFrom } from '../modules/institutions/seed-institution/seed-calendar.ts'
import { insertLessons, insertSchedules } from '../modules/institutions/seed-institution/seed-classes.ts'
import { agreed, seedOf } from '../modules/institutions/seed-institution/seed-plan.ts'
import { CourseOffering } from '../modules/offerings/course-offering.ts'
import { AcademicPeriod } from '../modules/periods/academic-period.ts'
import { EnrollmentPeriod, type EnrollmentWindow } from '../modules/periods/enrollment-period.ts'
import { institutionClock } from '../platform/database/institution-clock.ts'
import { withTenant } from '../platform/database/with-tenant.ts'
import { type AcademicPeriod as Period, periodOf } from './create-demo-data.ts'
import { CAMPI, COURSES, DISCIPLINES } from './demo-catalogue.ts'
import { classId, DEMO_INSTITUTIONS, demoId, disciplineId, institutionId, personId } from './people.ts'

const [SERRA] = DEMO_INSTITUTIONS
const TENANT = institutionId(SERRA.key)
const [FIRST, SECOND] = SERRA.teachers.map(({ email }) => personId(email)) as [string, string]
const STUDENTS = SERRA.students.map(({ email }) => personId(email))

/** After `createDemoData`. */
export async function createDemoTerm({ web }: { web: pg.Pool }): Promise<void> {
  await withTenant(web, { institutionId: TENANT }, async (tx) => {
    const { today } = await institutionClock(tx, TENANT)
    const current = periodOf(new Date(`${today}T12:00:00Z`))
    const random = new Random(seedOf(TENANT), current.id)
    const { rows: offering } = await tx.query('select from academy.course_offerings where id = $1', [offeringId(0)])
    if (offering.length === 0) {
      if (await isArranged(tx)) return // somebody has made another institution of it
      const past = periodOf(new Date(`${daysFrom(current.startAt, -1)}T12:00:00Z`))
      await createPeriod(tx, past, closedWindowOf(past))
      await createStructure(tx, past)
      await createPastClasses(tx, past, random)
      await createNotices(tx)
    }
    const planned = `select from academy.class_schedules where class_id = $1`
    const { rows } = await tx.query(planned, [classId(SERRA.key, 'six', current.id)])
    if (rows.length > 0) return
    const next = periodOf(new Date(`${daysFrom(current.endAt, 1)}T12:00:00Z`))
    await createPeriod(tx, current, closedWindowOf(current))
    await createPeriod(tx, next, { startAt: daysFrom(today, -7), endAt: daysFrom(today, 30) })
    await fillCurrentClasses(tx, current, today, random)
    await createNextClasses(tx, next)
  })
}

async function saveAll(tx: Tx, entities: readonly Entity[]): Promise<void> {
  for (const entity of entities) await save(tx, entity)
}

async function isArranged(tx: Tx): Promise<boolean> {
  const { rows } = await tx.query<{ arranged: boolean }>(
    'select exists (select from academy.campi) or exists (select from academy.courses) as arranged',
  )
  return rows[0]?.arranged === true
}

const offeringId = (course: number) => demoId(`offering ${COURSES[course]?.key}`)

async function createPeriod(tx: Tx, period: Period, window: EnrollmentWindow): Promise<void> {
  const known = async (table: string, column: string) =>
    (await tx.query(`select from ${table} where ${column} = $1`, [period.id])).rows.length > 0
  if (!(await known('academy.academic_periods', 'id'))) await save(tx, agreed(AcademicPeriod.create(period, TENANT)))
  if (await known('academy.enrollment_periods', 'period_id')) return
  await save(tx, agreed(EnrollmentPeriod.create({ id: period.id, ...window }, true, TENANT)))
}

async function createStructure(tx: Tx, entered: Period): Promise<void> {
  const taught = await tx.query<{ id: string }>('select id from academy.disciplines')
  const known = new Set(taught.rows.map(({ id }) => id))
  await saveAll(tx, [
    ...CAMPI.map(({ key, ...campus }) => Campus.create(campus, TENANT, demoId(`campus ${key}`))),
    ...COURSES.map(({ key, name, type }) => Course.create({ name, type }, TENANT, demoId(`course ${key}`))),
    ...DISCIPLINES.filter(({ code }) => !known.has(disciplineId(SERRA.key, code))).map(({ code, name }) =>
      Discipline.create({ name, code }, TENANT, disciplineId(SERRA.key, code)),
    ),
  ])
  for (const [index, { key, curriculum, shift, disciplines }] of COURSES.entries()) {
    const courseId = demoId(`course ${key}`)
    const curriculumId = demoId(`curriculum ${key}`)
    await saveCurriculum(tx, TENANT, {
      id: curriculumId,
      name: curriculum,
      courseId,
      disciplines: disciplines.map(({ code, period }) => ({
        id: disciplineId(SERRA.key, code),
        period,
        credits: 4,
        workloadHours: 72,
      })),
    })
    const offering = CourseOffering.create(
      { campusId: demoId(`campus ${CAMPI[index]?.key}`), courseId, curriculumId, periodId: entered.id, shift },
      { campus: true, course: true, curriculum: { courseId }, period: true },
      TENANT,
      offeringId(index),
    )
    await save(tx, agreed(offering))
    // Four students of the first course, two of the second.
    await tx.query(
      'update academy.students set course_offering_id = $1 where id = any($2::uuid[]) and course_offering_id is null',
      [offeringId(index), index === 0 ? STUDENTS.slice(0, 4) : STUDENTS.slice(4)],
    )
  }
}

/** Hours of the institution are in quarters. */
const evening = (...days: Schedule['day'][]): Schedule[] =>
  days.map((day) => ({ day, startAt: '19:00', endAt: '20:45' }))

function plan(id: string, code: string, teacherId: string, period: Period, schedules: Schedule[], vacancies = 40) {
  const parts: ClassParts = { discipline: true, teacher: true, period, teacherSchedules: [] }
  const input = { disciplineId: disciplineId(SERRA.key, code), teacherId, periodId: period.id, vacancies, schedules }
  return agreed(Class.create(input, parts, TENANT, { id }))
}

async function addLessons(tx: Tx, classes: readonly Class[]): Promise<void> {
  await insertSchedules(tx, TENANT, classes)
  await insertLessons(tx, TENANT, classes)
}

async function createPastClasses(tx: Tx, period: Period, random: Random): Promise<void> {
  const classes = [
    plan(demoId(`past IC100 ${period.id}`), 'IC100', SECOND, period, evening('tuesday', 'thursday')),
    plan(demoId(`past LP101 ${period.id}`), 'LP101', FIRST, period, evening('monday', 'wednesday')),
  ]
  for (const each of classes) {
    agreed(each.release('open'))
    agreed(each.start('finalized'))
  }
  await saveAll(tx, classes)
  await addLessons(tx, classes)
  const ids = classes.map(({ id }) => id)
  await tx.query(
    `insert into academy.class_students (institution_id, class_id, student_id, enrolled_at)
     select $1, c, s, $4 from unnest($2::uuid[]) c cross join unnest($3::uuid[]) s`,
    [TENANT, ids, STUDENTS, `${closedWindowOf(period).endAt}T15:00:00Z`],
  )
  const seats = ids.flatMap((id) => STUDENTS.map((student) => ({ id, student })))
  const grades = seats.flatMap((seat) => ['N1', 'N2', 'N3'].map((type) => ({ ...seat, type, note: grade(random) })))
  await tx.query(
    `insert into academy.class_student_notes (institution_id, class_id, student_id, type, note)
     select $1, * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::numeric[])`,
    [
      TENANT,
      grades.map(({ id }) => id),
      grades.map(({ student }) => student),
      grades.map(({ type }) => type),
      grades.map(({ note }) => note),
    ],
  )
  await takeAttendances(tx, TENANT, period.id, { before: period.endAt, presentMin: (n) => n - 1 }, random)
  await finalize(tx, ids)
}

/** From 5.5 to 10, in halves. */
const grade = (random: Random) => random.between(11, 20) / 2

/** As staff do it, but without the event that tells every student. */
async function finalize(tx: Tx, ids: readonly string[]): Promise<void> {
  const finalizationId = demoId('finalization')
  await tx.query('insert into academy.class_finalizations (institution_id, id, finalized_by) values ($1, $2, $3)', [
    TENANT,
    finalizationId,
    personId(SERRA.staff.email),
  ])
  const rule = await ruleOf(tx, TENANT, 'refuse')
  const open = await whatIsOpen(tx, TENANT, ids, rule)
  const { rows } = await tx.query<ConstructorParameters<typeof Class>[1]>(
    `select id, discipline_id, teacher_id, period_id, vacancies, status, finalization_id, version from academy.classes
     where id = any($1::uuid[])`,
    [ids],
  )
  const classes = rows.map((row) => new Class(TENANT, row))
  for (const each of classes) agreed(each.finalize(open(each.id), finalizationId))
  await freeze(tx, TENANT, await resultsOf(tx, TENANT, ids, rule), rule)
  await saveAll(tx, classes)
}

/** The classes that are there already get their hours. Attendance of the last two days is still to be taken. */
async function fillCurrentClasses(tx: Tx, period: Period, today: string, random: Random): Promise<void> {
  const six = classId(SERRA.key, 'six', period.id)
  const three = classId(SERRA.key, 'second-teacher', period.id)
  await addLessons(tx, [
    plan(six, 'BD101', FIRST, period, evening('monday', 'wednesday')),
    plan(three, 'ED201', SECOND, period, evening('tuesday', 'thursday')),
    plan(classId(SERRA.key, 'nobody', period.id), 'SD301', FIRST, period, evening('friday')),
  ])
  await tx.query('update academy.class_students set enrolled_at = $2 where class_id = any($1::uuid[])', [
    [six, three],
    `${closedWindowOf(period).endAt}T15:00:00Z`,
  ])
  await takeAttendances(tx, TENANT, period.id, { before: daysFrom(today, -2), presentMin: (n) => n - 1 }, random)
  if (daysFrom(period.startAt, 45) <= today) {
    await giveGrades(tx, six, 'N1', STUDENTS.slice(0, 5), random)
    await giveGrades(tx, three, 'N1', STUDENTS.slice(0, 3), random)
    await giveGrades(tx, three, 'N2', STUDENTS.slice(0, 2), random)
  }
  await insertPublished(tx, TENANT, activitiesOf(six, three, period, today))
}

async function giveGrades(tx: Tx, id: string, type: string, students: readonly string[], random: Random) {
  await tx.query(
    `update academy.class_student_notes n set note = g.note, version = n.version + 1
     from unnest($3::uuid[], $4::numeric[]) as g(student, note)
     where n.class_id = $1 and n.type = $2 and n.student_id = g.student and n.note is null`,
    [id, type, students, students.map(() => grade(random))],
  )
}

function activitiesOf(six: string, three: string, period: Period, today: string): PublishedActivity[] {
  const of = (days: number, activity: Omit<PublishedActivity, 'id' | 'dueDate'>): PublishedActivity => ({
    ...activity,
    id: demoId(`activity ${activity.classId} ${activity.title}`),
    dueDate: daysFrom(today, days),
  })
  return [
    of(-30, {
      classId: six,
      teacherId: FIRST,
      note: 'N1',
      type: 'work',
      weight: 30,
      title: 'Lista de exercícios: álgebra relacional',
      description: 'Resolva os exercícios do primeiro módulo e entregue as resoluções comentadas.',
    }),
    of(-9, {
      classId: six,
      teacherId: FIRST,
      note: 'N1',
      type: 'presentation',
      weight: 40,
      title: 'Seminário: normalização',
      description: 'Apresente uma das formas normais em quinze minutos, com um exemplo seu e perguntas da turma.',
    }),
    of(6, {
      classId: three,
      teacherId: SECOND,
      note: 'N2',
      type: 'research',
      weight: 30,
      title: 'Árvores balanceadas na prática',
      description: 'Compare uma árvore AVL com uma rubro-negra: meça inserções e buscas e explique as diferenças.',
    }),
  ].filter(({ dueDate }) => dueDate >= period.startAt && dueDate <= period.endAt)
}

async function createNextClasses(tx: Tx, period: Period): Promise<void> {
  const id = (code: string) => demoId(`next ${code} ${period.id}`)
  const offered = [
    plan(id('PO202'), 'PO202', FIRST, period, evening('monday', 'wednesday')),
    plan(id('SO302'), 'SO302', SECOND, period, evening('tuesday'), 30),
    plan(id('RC303'), 'RC303', FIRST, period, [{ day: 'tuesday', startAt: '20:00', endAt: '21:45' }], 30),
  ]
  for (const each of offered) agreed(each.release('open'))
  const classes = [...offered, plan(id('ES304'), 'ES304', SECOND, period, evening('thursday'))]
  await saveAll(tx, classes)
  await addLessons(tx, classes)
}

/** Read already, so that the first thing a bell tells is what somebody has just done. */
async function createNotices(tx: Tx): Promise<void> {
  await insertNotice(tx, TENANT, {
    key: 'library',
    target: 'all',
    timeless: false,
    title: { en: 'The library opens on Saturdays', pt: 'A biblioteca abre aos sábados' },
    description: {
      en: 'From this month on, from 8:00 to 13:00, at the Centro campus.',
      pt: 'A partir deste mês, das 8h às 13h, no campus Centro.',
    },
  })
  await tx.query(
    `update academy.notification_recipients set viewed_at = now()
     where notification_id in (select id from academy.notifications where category = 'notice')`,
  )
}
