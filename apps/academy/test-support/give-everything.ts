/**
 * One of everything that an institution can have, made by its own people through the API, and any request to any operation
 * with the ids of it.
 */
import { personId } from '../src/demo/people.ts'
import { contract as createClassActivity } from '../src/modules/activities/create-class-activity/create-class-activity.contract.ts'
import { contract as readClass } from '../src/modules/classes/read-class/read-class.contract.ts'
import { contract as createCharge } from '../src/modules/payments/create-charge/create-charge.contract.ts'
import { contract as createTeacher } from '../src/modules/teachers/create-teacher/create-teacher.contract.ts'
import { create as createWebhook } from '../src/modules/webhooks/configure-webhooks/configure-webhooks.contract.ts'
import { list as listDeliveries } from '../src/modules/webhooks/read-deliveries/read-deliveries.contract.ts'
import type { Endpoint } from '../src/platform/http/endpoint.ts'
import { empty, startAnsweringServer } from './answering-server.ts'
import { type Academy, SERRA, STUDENT, startWork, TEACHER } from './start-academy.ts'
import { PERIOD, startTerm } from './start-term.ts'

/** Values of parameters and fields, by name, or by operation and name where one name means several things. */
export type Given = Readonly<Record<string, unknown>>

/** Only the institution of the first demonstration has these; the text is found in nothing of another's. */
export const SECRET = 'Segredo da Serra'

export async function giveEverything(academy: Academy): Promise<Given> {
  const receiver = await startAnsweringServer()
  receiver.answer = empty(410)
  const work = await startWork(academy)
  try {
    const staff = await academy.signIn(SERRA.staff)
    const teacher = await academy.signIn(TEACHER)
    const url = `${receiver.url}/hook`
    const { id: webhookId } = await staff.call(createWebhook, {
      name: SECRET,
      url,
      events: ['class-activity.created'],
      active: true,
    })
    const invited = await staff.call(createTeacher, { name: SECRET, email: 'segredo@example.com' })
    const due = { dueDate: academy.demo.period.endAt, dueHour: '23:59' }
    const { id: activityId } = await teacher.call(createClassActivity, {
      ...{ title: SECRET, description: SECRET, type: 'exam', note: 'N1', weight: 5, ...due },
      classId: academy.classes.six,
    })
    const studentId = personId(STUDENT.email)
    await academy.signIn(STUDENT)
    // No payment gateway: the charge fails, and can be tried again.
    const { id: chargeId } = await staff.call(createCharge, { studentId, description: SECRET, amountCents: 15_000 })
    await work.harness.runUntilIdle()
    const [delivery] = (await staff.call(listDeliveries, { webhookId })).deliveries
    const { rows } = await work.harness.pool.query<{ id: string }>(
      `select n.id from academy.notifications n join academy.notification_recipients r on r.notification_id = n.id
       where n.subject_id = $1 and r.user_id = $2`,
      [activityId, studentId],
    )
    const sessions = await work.harness.pool.query<{ id: string }>(
      'select id from academy_auth.sessions where user_id = $1',
      [studentId],
    )
    const term = await startTerm(academy)
    const lesson = (await teacher.call(readClass, { classId: await term.createClass() })).lessons[0]
    const [discipline] = term.disciplines
    const line = { id: discipline?.id, period: 1, credits: 4, workloadHours: 72 }
    const [notificationId, teacherId, classId] = [rows[0]?.id, term.teacherId, academy.classes.six]
    return {
      ...{ activityId, chargeId, classId, notificationId, studentId, teacherId, webhookId },
      ...{ deliveryId: delivery?.id, lessonId: lesson?.id, disciplineId: discipline?.id },
      ...{ campusId: term.campusId, courseId: term.courseId, curriculumId: term.curriculumId },
      ...{ offeringId: term.offeringId, courseOfferingId: term.offeringId, periodId: PERIOD },
      ...{ userId: studentId, sessionId: sessions.rows[0]?.id, people: [invited.id] },
      ...{ classes: [classId], courses: [term.courseId], presentStudents: [studentId], id: PERIOD },
      link: `/app/activities/${activityId}`,
      'POST /academic-periods id': '2033.1',
      'POST /academic-periods startAt': '2033-02-07',
      'POST /academic-periods endAt': '2033-06-30',
      'POST /courses disciplines': ['Intruder'],
      'POST /curricula disciplines': [line],
      'PUT /curricula/:curriculumId disciplines': [line],
      'GET /teachers after': teacherId,
      'GET /staff after': personId(SERRA.staff.email),
      'GET /students after': studentId,
      'GET /classes after': classId,
      'GET /notifications before': notificationId,
      'GET /notifications/sent before': notificationId,
      'GET /payments/charges before': chargeId,
      'GET /webhooks/:webhookId/deliveries before': delivery?.id,
      ...plain,
      url,
      dueDate: academy.demo.period.endAt,
    }
  } finally {
    await work.stop()
    await receiver.close()
  }
}

/** What names nothing of anybody's. */
const plain: Given = {
  active: false,
  allowTeacherConflict: true,
  amountCents: 1,
  city: 'Intruder',
  code: '000000',
  currentPassword: 'not-the-password',
  description: 'Intruder',
  dueHour: '23:59',
  email: 'intruder@example.com',
  endAt: '2031-06-30',
  events: ['class-activity.created'],
  failedOnly: 'false',
  frequencyLimit: 75,
  lessonsGiven: 'false',
  limit: '50',
  locale: 'en',
  missingNotes: 'zero',
  name: 'Intruder',
  note: 'N1',
  noteLimit: 7,
  notes: [{ type: 'N1', note: 1, version: 1 }],
  reason: 'Intruder',
  resultOrder: 'frequency-first',
  rounding: 'half-even',
  timeZone: 'America/Manaus',
  role: 'teacher',
  schedules: [{ day: 'sunday', startAt: '07:00', endAt: '08:00' }],
  search: 'a',
  shift: 'morning',
  startAt: '2031-02-03',
  target: 'all',
  timeless: true,
  title: 'Intruder',
  password: 'Forte-Senha-2026',
  'POST /activities type': 'work',
  'POST /courses type': 'bachelor',
  'PUT /courses/:courseId type': 'bachelor',
  'GET /classes status': 'started',
  'GET /payments/charges status': 'failed',
  'GET /webhooks/:webhookId/deliveries status': 'failed',
  vacancies: 1,
  version: 1,
  weight: 1,
}

/** @throws Error that names a parameter or field for which `given` has no value: the test is to know it. */
export function requestOf({ path: operation, ...contract }: Endpoint, given: Given): [path: string, init: RequestInit] {
  const valueFor = (name: string) => {
    const value = given[`${operation} ${name}`] ?? given[name]
    if (value === undefined) throw new Error(`${operation}: nothing is given for ${name} (give-everything.ts).`)
    return value
  }
  const [method = 'GET', pattern = '/'] = operation.split(' ')
  const path = pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(valueFor(name))))
  const query = new URLSearchParams()
  for (const name of Object.keys(contract.query?.shape ?? {})) query.set(name, String(valueFor(name)))
  const address = query.size > 0 ? `${path}?${query}` : path
  if (method === 'GET') return [address, { method }]
  const body = Object.fromEntries(Object.keys(contract.body?.shape ?? {}).map((name) => [name, valueFor(name)]))
  return [address, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }]
}
