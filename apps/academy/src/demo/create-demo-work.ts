/**
 * Work for the Daemon, so that the console has something of each kind to show: by their own rules, and with the events that
 * follow, students are invited, teachers publish activities and give grades, and staff ask for money. Where the mail service
 * refuses REFUSED_ADDRESS, one e-mail fails for good. Running it again makes nothing twice.
 */
import { save, type Tx } from 'cascata'
import { usedWeights } from '../modules/activities/class-activity.queries.ts'
import type { NewClassActivity } from '../modules/activities/class-activity.ts'
import { ClassActivity } from '../modules/activities/class-activity.ts'
import { lockClass } from '../modules/classes/classes.queries.ts'
import { Random } from '../modules/institutions/seed-institution/random.ts'
import { daysFrom } from '../modules/institutions/seed-institution/seed-calendar.ts'
import { seedOf } from '../modules/institutions/seed-institution/seed-plan.ts'
import { StudentClassNote, type StudentClassNoteColumns } from '../modules/notes/student-class-note.ts'
import { Charge } from '../modules/payments/charge.ts'
import { Student } from '../modules/students/student.ts'
import { createUsers as createPeople } from '../modules/users/users.queries.ts'
import { institutionClock } from '../platform/database/institution-clock.ts'
import { withTenant } from '../platform/database/with-tenant.ts'
import { isRefusal } from '../platform/http/refusal.ts'
import { account, createAccounts, createUsers, type DemoPools, enroll, periodOf } from './create-demo-data.ts'
import {
  classId,
  DEMO_INSTITUTIONS,
  DEMO_PASSWORD,
  demoId,
  institutionId,
  LATECOMERS,
  NEWCOMERS,
  personId,
} from './people.ts'

type Planned = Pick<NewClassActivity, 'note' | 'title' | 'description' | 'type' | 'weight'> & { days: number }
type Plan = { which: 'six' | 'second-teacher'; activities: readonly Planned[]; grades: readonly Graded[] }
/** The first so many students who have no such grade yet. */
type Graded = { note: 'N1' | 'N2'; students: number }

const SERRA: readonly Plan[] = [
  {
    which: 'six',
    activities: [
      {
        days: 9,
        note: 'N2',
        type: 'work',
        weight: 30,
        title: 'Modelo de dados de uma clínica',
        description: 'Modele pacientes, consultas e exames: entidades, relacionamentos e as decisões que você tomou.',
      },
      {
        days: 16,
        note: 'N2',
        type: 'work',
        weight: 20,
        title: 'Consultas com junções',
        description: 'Responda às dez perguntas com uma consulta cada e explique o plano de execução da mais lenta.',
      },
    ],
    grades: [{ note: 'N2', students: 3 }],
  },
  {
    which: 'second-teacher',
    activities: [
      {
        days: 8,
        note: 'N3',
        type: 'work',
        weight: 25,
        title: 'Ordenação externa',
        description: 'Ordene um arquivo maior do que a memória e meça o tempo com blocos de três tamanhos.',
      },
    ],
    grades: [{ note: 'N1', students: 1 }],
  },
]

const PORTO: readonly Plan[] = [
  {
    which: 'six',
    activities: [
      {
        days: 7,
        note: 'N1',
        type: 'work',
        weight: 40,
        title: 'Esquema de uma biblioteca',
        description: 'Projete o esquema de uma biblioteca universitária até a terceira forma normal.',
      },
      {
        days: 14,
        note: 'N1',
        type: 'presentation',
        weight: 30,
        title: 'Seminário: índices',
        description: 'Apresente um tipo de índice em quinze minutos, com um exemplo em que ele não ajuda.',
      },
    ],
    grades: [{ note: 'N1', students: 6 }],
  },
  {
    which: 'second-teacher',
    activities: [
      {
        days: 10,
        note: 'N1',
        type: 'research',
        weight: 50,
        title: 'Tabelas de espalhamento',
        description: 'Compare endereçamento aberto e encadeamento com os dados do laboratório.',
      },
    ],
    grades: [{ note: 'N1', students: 2 }],
  },
]

/** After `createDemoTerm`. */
export async function createDemoWork(
  pools: DemoPools,
  { hashPassword }: { hashPassword: (password: string) => Promise<string> },
): Promise<void> {
  const accounts = LATECOMERS.map(({ institution, ...person }) =>
    account(institutionId(institution.key), 'student', person),
  )
  await createAccounts(pools.auth, accounts, await hashPassword(DEMO_PASSWORD))
  for (const [index, institution] of DEMO_INSTITUTIONS.entries()) {
    const tenant = institutionId(institution.key)
    await withTenant(pools.web, { institutionId: tenant }, async (tx) => {
      // Two at once: the second waits, and sees that nothing is left to do.
      await tx.query(`select pg_advisory_xact_lock(hashtextextended('academy.demo-work', 0))`)
      const own = accounts.filter((each) => each.institutionId === tenant)
      const { rows: known } = await tx.query('select from academy.students where id = any($1::uuid[])', [
        own.map(({ id }) => id),
      ])
      if (known.length > 0) return
      const { today } = await institutionClock(tx, tenant)
      const period = periodOf(new Date(`${today}T12:00:00Z`))
      const klass = (which: Plan['which']) => classId(institution.key, which, period.id)
      await createUsers(tx, tenant, own, 'pt-BR')
      await enroll(
        tx,
        tenant,
        klass('second-teacher'),
        own.map(({ id }) => id),
      )
      if (index === 0) {
        await inviteNewcomers(tx, tenant, today)
        await askForMoney(tx, tenant, today)
      }
      const random = new Random(seedOf(tenant), 'work')
      for (const { which, activities, grades } of index === 0 ? SERRA : PORTO) {
        const [first, second] = institution.teachers.map(({ email }) => personId(email)) as [string, string]
        const by = { id: which === 'six' ? first : second, institutionId: tenant }
        for (const each of activities) await publish(tx, by, klass(which), each, { today, endAt: period.endAt })
        for (const each of grades) await giveGrades(tx, by, klass(which), each, random)
      }
    })
  }
}

type Teacher = { id: string; institutionId: string }

/** A class of a database in use may have ended, or have no weight left: it is left as it is. */
async function publish(
  tx: Tx,
  by: Teacher,
  klass: string,
  { days, ...activity }: Planned,
  { today, endAt }: { today: string; endAt: string },
): Promise<void> {
  const planned = daysFrom(today, days)
  const dueDate = planned < endAt ? planned : endAt
  const created = ClassActivity.create(
    { ...activity, classId: klass, dueDate, dueHour: '23:59' },
    await lockClass(tx, klass),
    await usedWeights(tx, by.institutionId, klass),
    by,
  )
  if (!isRefusal(created)) await save(tx, created, { actor: by.id }) // emits ClassActivityCreated
}

async function giveGrades(tx: Tx, by: Teacher, klass: string, { note, students }: Graded, random: Random) {
  const { rows } = await tx.query<StudentClassNoteColumns>(
    `select n.class_id, n.student_id, n.type, n.note::float8 as note, n.version
     from academy.class_student_notes n join academy.classes c on c.institution_id = n.institution_id and c.id = n.class_id
     join academy.users u on u.institution_id = n.institution_id and u.id = n.student_id
     where n.institution_id = $1 and n.class_id = $2 and n.type = $3 and n.note is null and c.status = 'started'
     order by u.name, u.id limit $4`,
    [by.institutionId, klass, note, students],
  )
  for (const row of rows) {
    const grade = new StudentClassNote(by.institutionId, row)
    grade.grade(random.between(11, 20) / 2)
    await save(tx, grade, { actor: by.id }) // emits StudentClassNoteAdded
  }
}

/** By the offering of the first course, if the institution still has it. */
async function inviteNewcomers(tx: Tx, tenant: string, today: string): Promise<void> {
  const offering = demoId('offering computacao')
  const { rows } = await tx.query('select from academy.course_offerings where id = $1', [offering])
  for (const person of NEWCOMERS) {
    const student = Student.create({ ...person, courseOfferingId: offering }, rows.length > 0, {
      institutionId: tenant,
      today,
    })
    if (isRefusal(student) || (await createPeople(tx, tenant, 'student', [student]))) return
    await save(tx, student, { actor: staffOf(0) }) // emits StudentCreated
  }
}

const MONTHS = 'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro'.split(' ')

async function askForMoney(tx: Tx, tenant: string, today: string): Promise<void> {
  const month = MONTHS[Number(today.slice(5, 7)) - 1]
  for (const [index, { email }] of DEMO_INSTITUTIONS[0].students.entries()) {
    const charge = Charge.create(
      { studentId: personId(email), description: `Mensalidade de ${month}`, amountCents: index < 4 ? 98_000 : 74_500 },
      true,
      { id: staffOf(0), institutionId: tenant },
    )
    if (!isRefusal(charge)) await save(tx, charge, { actor: staffOf(0) }) // emits ChargeCreated
  }
}

const staffOf = (index: 0 | 1) => personId(DEMO_INSTITUTIONS[index].staff.email)
