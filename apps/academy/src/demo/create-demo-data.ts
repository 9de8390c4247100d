/**
 * Fills a database with something to look at: two institutions with staff, teachers, students and started classes whose
 * period contains today. Running it again changes nothing, except that a new academic period brings new classes.
 */

import type { Tx } from 'cascata'
import type pg from 'pg'
import { Random } from '../modules/institutions/seed-institution/random.ts'
import { nameOf } from '../modules/institutions/seed-institution/seed-people.ts'
import { wallClock } from '../platform/calendar.ts'
import { withTenant } from '../platform/database/with-tenant.ts'
import type { Role } from '../platform/http/endpoint.ts'
import {
  classId,
  DEMO_ADMINISTRATOR,
  DEMO_INSTITUTIONS,
  DEMO_PASSWORD,
  type DemoInstitution,
  type DemoPerson,
  demoId,
  institutionId,
  personId,
  STORY_INSTITUTION,
} from './people.ts'

export type DemoPools = { web: pg.Pool; auth: pg.Pool }

export type DemoOptions = {
  /** Makes a class with this many students, in an institution of its own. */
  students?: number
  hashPassword: (password: string) => Promise<string>
  now?: Date
}

export type DemoData = {
  institutionId: string
  /** The class of six of the first institution, or the large one that was asked for. */
  classId: string
  teacher: { email: string; password: string }
  period: AcademicPeriod
}

export type AcademicPeriod = { id: string; startAt: string; endAt: string }

const TIME_ZONE = 'America/Sao_Paulo'
const SYSTEM_INSTITUTION = '00000000-0000-0000-0000-000000000000'

/** Nobody has used this database yet. */
export async function isEmpty({ console }: { console: pg.Pool }): Promise<boolean> {
  return withTenant(console, { institutionId: SYSTEM_INSTITUTION }, async (tx) => {
    const { rows } = await tx.query<{ used: boolean }>('select exists (select from academy.users) as used')
    return !rows[0]?.used
  })
}

/** What `createDemoData` makes, without making it. */
export function demoData({ students, now }: Omit<DemoOptions, 'hashPassword'> = {}): DemoData {
  const institution = students ? STORY_INSTITUTION : DEMO_INSTITUTIONS[0]
  const period = periodOf(now ?? new Date())
  return {
    institutionId: institutionId(institution.key),
    classId: classId(institution.key, students ? `large-${students}` : 'six', period.id),
    teacher: { email: institution.teachers[0].email, password: DEMO_PASSWORD },
    period,
  }
}

export async function createDemoData(pools: DemoPools, { hashPassword, ...options }: DemoOptions): Promise<DemoData> {
  const { students } = options
  const data = demoData(options)
  const { period } = data
  const crowd = crowdOf(students ?? 0)
  const institutions = students ? [...DEMO_INSTITUTIONS, STORY_INSTITUTION] : DEMO_INSTITUTIONS
  const accounts = [
    account(SYSTEM_INSTITUTION, 'administrator', DEMO_ADMINISTRATOR),
    ...institutions.flatMap((institution) => peopleOf(institution)),
    ...crowd.map((person) => account(institutionId(STORY_INSTITUTION.key), 'student', person)),
  ]
  await createAccounts(pools.auth, accounts, await hashPassword(DEMO_PASSWORD))

  await withTenant(pools.web, { institutionId: SYSTEM_INSTITUTION }, (tx) =>
    createUsers(tx, SYSTEM_INSTITUTION, accounts, 'pt-BR'),
  )
  for (const institution of institutions) {
    const tenant = institutionId(institution.key)
    await withTenant(pools.web, { institutionId: tenant }, async (tx) => {
      await tx.query(
        'insert into academy.institutions (id, name, time_zone) values ($1, $2, $3) on conflict do nothing',
        [tenant, institution.name, TIME_ZONE],
      )
      await createUsers(tx, tenant, accounts, 'pt-BR')
      if (institution === STORY_INSTITUTION) await createLargeClass(tx, institution, period, crowd)
      else await createClasses(tx, institution, period)
    })
  }
  return data
}

/** Two periods a year, without a gap, so that today is always in one. */
export function periodOf(now: Date): AcademicPeriod {
  const { date } = wallClock(now, TIME_ZONE)
  const year = date.slice(0, 4)
  return date.slice(5, 7) <= '06'
    ? { id: `${year}.1`, startAt: `${year}-01-01`, endAt: `${year}-06-30` }
    : { id: `${year}.2`, startAt: `${year}-07-01`, endAt: `${year}-12-31` }
}

type Account = DemoPerson & { id: string; institutionId: string; role: Role }

export const account = (tenant: string, role: Role, person: DemoPerson): Account => ({
  ...person,
  id: personId(person.email),
  institutionId: tenant,
  role,
})

const peopleOf = (institution: DemoInstitution): Account[] => {
  const tenant = institutionId(institution.key)
  return [
    account(tenant, 'staff', institution.staff),
    ...institution.teachers.map((person) => account(tenant, 'teacher', person)),
    ...institution.students.map((person) => account(tenant, 'student', person)),
  ]
}

/** The same people every time: the first of a large class are those of a small one. */
function crowdOf(students: number): DemoPerson[] {
  const random = new Random(1, 'story')
  return Array.from({ length: students }, (_, i) => ({
    name: nameOf(random),
    email: `aluno${String(i + 1).padStart(4, '0')}@vale-do-sol.example`,
  }))
}

export async function createAccounts(auth: pg.Pool, accounts: readonly Account[], password: string): Promise<void> {
  await auth.query(
    `with people as (
       insert into academy_auth.users (id, name, email, email_verified, institution_id, role)
       select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bool[], $5::uuid[], $6::text[])
       on conflict do nothing returning id
     )
     insert into academy_auth.accounts (id, user_id, account_id, provider_id, password)
     select p.id, p.id, p.id::text, 'credential', $7 from people p`,
    [
      accounts.map(({ id }) => id),
      accounts.map(({ name }) => name),
      accounts.map(({ email }) => email),
      accounts.map(() => true),
      accounts.map(({ institutionId: tenant }) => tenant),
      accounts.map(({ role }) => role),
      password,
    ],
  )
}

export async function createUsers(tx: Tx, tenant: string, accounts: readonly Account[], locale: string): Promise<void> {
  const own = accounts.filter((person) => person.institutionId === tenant)
  const ids = (role: Role) => own.filter((person) => person.role === role).map(({ id }) => id)
  await tx.query(
    `insert into academy.users (institution_id, id, name, email, role, locale)
     select $1, id, name, email, role, $2 from unnest($3::uuid[], $4::text[], $5::text[], $6::text[]) as u(id, name, email, role)
     on conflict do nothing`,
    [
      tenant,
      locale,
      own.map(({ id }) => id),
      own.map(({ name }) => name),
      own.map(({ email }) => email),
      own.map(({ role }) => role),
    ],
  )
  await tx.query(
    `insert into academy.teachers (institution_id, id) select $1, unnest($2::uuid[]) on conflict do nothing`,
    [tenant, ids('teacher')],
  )
  await tx.query(
    `insert into academy.students (institution_id, id, enrollment_code)
     select $1, id, '2026' || upper(substr(md5(id::text), 1, 8)) from unnest($2::uuid[]) as s(id) on conflict do nothing`,
    [tenant, ids('student')],
  )
}

async function createClasses(tx: Tx, institution: DemoInstitution, period: AcademicPeriod): Promise<void> {
  const tenant = institutionId(institution.key)
  const [teacher, second] = institution.teachers
  const students = institution.students.map(({ email }) => personId(email))
  await createPeriod(tx, tenant, period)
  await createClass(tx, tenant, period, {
    id: classId(institution.key, 'six', period.id),
    discipline: { name: 'Banco de Dados', code: 'BD101' },
    teacherId: personId(teacher.email),
    students,
  })
  await createClass(tx, tenant, period, {
    id: classId(institution.key, 'nobody', period.id),
    discipline: { name: 'Sistemas Distribuídos', code: 'SD301' },
    teacherId: personId(teacher.email),
    students: [],
  })
  await createClass(tx, tenant, period, {
    id: classId(institution.key, 'second-teacher', period.id),
    discipline: { name: 'Estruturas de Dados', code: 'ED201' },
    teacherId: personId(second.email),
    students: students.slice(0, 3),
  })
}

async function createLargeClass(
  tx: Tx,
  institution: DemoInstitution,
  period: AcademicPeriod,
  crowd: readonly DemoPerson[],
): Promise<void> {
  await createPeriod(tx, institutionId(institution.key), period)
  await createClass(tx, institutionId(institution.key), period, {
    id: classId(institution.key, `large-${crowd.length}`, period.id),
    discipline: { name: 'Introdução à Computação', code: 'IC100' },
    teacherId: personId(institution.teachers[0].email),
    students: crowd.map(({ email }) => personId(email)),
  })
}

const createPeriod = (tx: Tx, tenant: string, { id, startAt, endAt }: AcademicPeriod) =>
  tx.query(
    'insert into academy.academic_periods (institution_id, id, start_at, end_at) values ($1, $2, $3, $4) on conflict do nothing',
    [tenant, id, startAt, endAt],
  )

type NewClass = {
  id: string
  discipline: { name: string; code: string }
  teacherId: string
  students: readonly string[]
}

async function createClass(tx: Tx, tenant: string, period: AcademicPeriod, klass: NewClass): Promise<void> {
  const disciplineId = demoId(`discipline ${tenant} ${klass.discipline.code}`)
  await tx.query(
    'insert into academy.disciplines (institution_id, id, name, code) values ($1, $2, $3, $4) on conflict do nothing',
    [tenant, disciplineId, klass.discipline.name, klass.discipline.code],
  )
  await tx.query(
    `insert into academy.classes (institution_id, id, discipline_id, teacher_id, period_id, vacancies, status)
     values ($1, $2, $3, $4, $5, $6, 'started') on conflict do nothing`,
    [tenant, klass.id, disciplineId, klass.teacherId, period.id, Math.max(40, klass.students.length)],
  )
  await enroll(tx, tenant, klass.id, klass.students)
}

export async function enroll(tx: Tx, tenant: string, klass: string, students: readonly string[]): Promise<void> {
  await tx.query(
    `insert into academy.class_students (institution_id, class_id, student_id)
     select $1, $2, unnest($3::uuid[]) on conflict do nothing`,
    [tenant, klass, students],
  )
  await tx.query(
    `insert into academy.class_student_notes (institution_id, class_id, student_id, type)
     select $1, $2, s, n from unnest($3::uuid[]) s cross join unnest(array['N1', 'N2', 'N3']) n on conflict do nothing`,
    [tenant, klass, students],
  )
}
