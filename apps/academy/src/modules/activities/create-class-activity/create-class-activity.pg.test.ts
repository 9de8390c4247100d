import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  type Academy,
  PORTO,
  SECOND_TEACHER,
  SERRA,
  type SignedIn,
  STUDENT,
  startAcademy,
  startWork,
  TEACHER,
  type Work,
} from '../../../../test-support/start-academy.ts'
import { personId } from '../../../demo/people.ts'
import { wallClock } from '../../../platform/calendar.ts'
import { contract as listNotifications } from '../../notifications/list-notifications/list-notifications.contract.ts'
import { correctStudentAddress as correctAddress } from '../../people/correct-address/correct-address.contract.ts'
import { contract as listStudents } from '../../students/list-students/list-students.contract.ts'
import { delivery } from '../follow-delivery/follow-delivery.contract.ts'
import { contract as readActivity } from '../read-activity/read-activity.contract.ts'
import { contract } from './create-class-activity.contract.ts'

let academy: Academy
let work: Work
let teacher: SignedIn

beforeAll(async () => {
  academy = await startAcademy()
  work = await startWork(academy)
  teacher = await academy.signIn(TEACHER)
})
// A test counts messages: none of the one before it is left to send.
afterEach(() => work.harness.runUntilIdle())
afterAll(async () => {
  await work?.stop()
  await academy?.stop()
})

const activity = (over: object = {}) => ({
  classId: academy.classes.six,
  note: 'N1' as const,
  title: 'Modelagem de BD',
  description: 'Entregar o modelo conceitual.',
  type: 'work' as const,
  weight: 10,
  dueDate: academy.demo.period.endAt,
  dueHour: '23:59',
  ...over,
})

const one = async <R extends object>(sql: string, values: unknown[] = []) => {
  const { rows } = await work.harness.pool.query<R>(sql, values)
  return rows[0] as R
}

/** What became of one root, everywhere that it leaves a trace. */
const countsOf = (workflowId: string, activityId: string) =>
  one(
    `select
       (select count(*)::int from cascata.events where root_id = $1) as events,
       (select count(*)::int from cascata.commands where root_id = $1) as commands,
       (select count(*)::int from cascata.command_statuses where root_id = $1 and status = 'success') as succeeded,
       (select json_agg(size) from cascata.batches where root_id = $1) as batches,
       (select count(*)::int from academy.notifications where subject_id = $2) as notifications,
       (select count(*)::int from academy.notification_recipients r join academy.notifications n on n.id = r.notification_id
        where n.subject_id = $2) as recipients,
       (select count(*)::int from academy.email_messages where entity_id = $2) as emails`,
    [workflowId, activityId],
  )

test('six students: one event, eight commands, one batch of six, two notifications, seven recipients, six messages', async () => {
  const before = await work.mailbox.counts()
  const student = await academy.signIn(STUDENT)
  const { unread: unreadBefore } = await student.call(listNotifications, {})
  const { id, workflowId } = await teacher.call(contract, activity())
  await work.harness.runUntilIdle()

  expect(await countsOf(workflowId, id)).toEqual({
    events: 1,
    commands: 8,
    succeeded: 8,
    batches: [6],
    notifications: 2,
    recipients: 7,
    emails: 6,
  })
  expect((await work.mailbox.counts()).messages - before.messages).toBe(6)
  const messages = (await work.mailbox.messages()).slice(0, 6)
  expect(new Set(messages.map(({ key }) => key)).size).toBe(6)
  expect(messages[0]).toMatchObject({
    subject: 'Nova atividade: Modelagem de BD',
    from: { name: 'Rafael Antunes via Universidade Serra Azul' },
  })

  const progress = await teacher.call(delivery, { activityId: id })
  expect(progress).toMatchObject({
    workflowId,
    state: 'finished',
    inApp: { delivered: 6, total: 6 },
    emails: { total: 6, sent: 6, failed: 0 },
    teacherTold: { outcome: 'all-sent', sent: 6, total: 6 },
  })
  expect(progress.students.map(({ name, email }) => [name, email])).toEqual(
    SERRA.students.map(({ name }) => [name, 'sent']),
  )

  const { notifications, unread } = await student.call(listNotifications, {})
  expect(unread).toBe(unreadBefore + 1)
  expect(notifications[0]).toMatchObject({
    category: 'new-class-activity',
    description: 'Banco de Dados: Modelagem de BD',
    link: `/app/activities/${id}`,
  })
  expect(await student.call(readActivity, { activityId: id })).toMatchObject({ title: 'Modelagem de BD', weight: 10 })
})

test('nobody enrolled: the batch succeeds at once and the teacher hears that there was nobody', async () => {
  const { id, workflowId } = await teacher.call(contract, activity({ classId: academy.classes.nobody }))
  await work.harness.runUntilIdle()

  expect(await countsOf(workflowId, id)).toMatchObject({
    events: 1,
    commands: 2,
    batches: [0],
    recipients: 1,
    emails: 0,
  })
  expect((await teacher.call(delivery, { activityId: id })).teacherTold).toMatchObject({ outcome: 'nobody' })
  expect((await teacher.call(listNotifications, {})).notifications[0]?.title).toBe('Nobody to tell')
})

test('an address that fails for good: 5 of 6, and once it is corrected the success is told once', async () => {
  const refused = SERRA.students[2] as { name: string; email: string }
  await work.mailbox.behave({ rejectAddresses: [refused.email] })
  const { id, workflowId } = await teacher.call(contract, activity({ note: 'N2' }))
  await work.harness.runUntilIdle()

  const failed = await teacher.call(delivery, { activityId: id })
  expect(failed).toMatchObject({
    state: 'incomplete',
    emails: { sent: 5, failed: 1 },
    failures: [{ code: 'address-refused', count: 1 }],
    teacherTold: { outcome: 'some-failed', sent: 5, total: 6, text: '5 of 6 sent.' },
  })
  expect(failed.students.find(({ email }) => email === 'failed')?.name).toBe(refused.name)

  const staff = await academy.signIn(SERRA.staff)
  const listed = await staff.call(listStudents, { failedOnly: 'true' })
  expect(listed.students.map(({ email }) => email)).toEqual([refused.email])

  const corrected = 'cecilia.corrigida@alunos.example'
  const change = { studentId: personId(refused.email), email: corrected, reason: 'The student gave a new address.' }
  expect((await staff.call(correctAddress, change)).sentAgain).toBe(1)
  expect((await staff.call(correctAddress, change)).sentAgain).toBe(0) // a second click
  await work.harness.runUntilIdle()

  expect(await teacher.call(delivery, { activityId: id })).toMatchObject({
    state: 'finished',
    emails: { sent: 6, failed: 0 },
    teacherTold: { outcome: 'all-sent', sent: 6, total: 6 },
  })
  const told = await one<{ told: string[] }>(
    `select json_agg(category order by id) as told from academy.notifications where subject_id = $1`,
    [id],
  )
  expect(told.told).toEqual(['new-class-activity', 'class-activity-emails-incomplete', 'class-activity-emails-sent'])
  const copy = await one<{ author: string; reason: string }>(
    `select author, reason from cascata.commands where root_id = $1 and origin = 'reprocess'`,
    [workflowId],
  )
  expect(copy).toEqual({ author: personId(SERRA.staff.email), reason: 'The student gave a new address.' })
  // The new address is the sign-in too, and asking again sends nothing again.
  await academy.signIn({ email: corrected })
  expect((await staff.call(correctAddress, change)).sentAgain).toBe(0)
})

test('a service that asks us to wait: the teacher sees why and until when, and all go out after it', async () => {
  await work.mailbox.behave({ mode: 'rate-limit', retryAfterSeconds: 60 })
  const before = await work.mailbox.counts()
  const { id } = await teacher.call(contract, activity({ note: 'N2' }))
  await work.harness.runUntilIdle()
  const waiting = await teacher.call(delivery, { activityId: id })
  expect(waiting).toMatchObject({ state: 'sending', emails: { sent: 0, retrying: 6 }, teacherTold: null })
  expect(waiting.retries.reasons).toEqual([
    { code: 'service-busy', text: 'the mail service asked us to wait', count: 6 },
  ])
  expect(Date.parse(waiting.retries.nextAt ?? '')).toBeGreaterThan(Date.now() + 30_000)

  await work.mailbox.behave({})
  await work.harness.clock.advance('61s')
  await work.harness.runUntilIdle()
  expect(await teacher.call(delivery, { activityId: id })).toMatchObject({ state: 'finished', emails: { sent: 6 } })
  expect((await work.mailbox.counts()).messages - before.messages).toBe(6)
})

test('an answer that never came is asked for again with the same key: six messages, not more', async () => {
  await work.mailbox.behave({ mode: 'drop-after-accept', percent: 100 })
  const before = await work.mailbox.counts()
  const { id } = await teacher.call(contract, activity({ note: 'N2' }))
  await work.harness.runUntilIdle()
  await work.harness.clock.advance('5m')
  await work.harness.runUntilIdle()
  expect(await teacher.call(delivery, { activityId: id })).toMatchObject({ state: 'finished', emails: { sent: 6 } })
  expect((await work.mailbox.counts()).messages - before.messages).toBe(6)
})

test('two concurrent weights of 60 on one note: exactly one is accepted', async () => {
  const results = await Promise.allSettled([
    teacher.call(contract, activity({ note: 'N3', weight: 60 })),
    teacher.call(contract, activity({ note: 'N3', weight: 60 })),
  ])
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const refused = results.find((result) => result.status === 'rejected')
  expect(refused?.reason).toMatchObject({
    status: 422,
    code: 'invalid-class-activity-weight',
    errors: [{ field: 'weight', code: 'invalid-class-activity-weight', message: 'N3 has 40% left.' }],
  })
})

test.each<[field: string, what: string, code: string, value: unknown]>([
  ['classId', 'that is no id', 'invalid-format', 'no-uuid'],
  ['classId', 'left out', 'required', undefined],
  ['note', 'that does not exist', 'not-an-option', 'N4'],
  ['note', 'left out', 'not-an-option', undefined],
  ['title', 'of spaces', 'required', '   '],
  ['title', 'left out', 'required', undefined],
  ['title', 'of 121 characters', 'too-long', 'x'.repeat(121)],
  ['title', 'that is a number', 'wrong-type', 7],
  ['title', 'with U+0000', 'invalid-format', 'a\u0000b'],
  ['title', 'with half a surrogate pair', 'invalid', 'a\ud800b'],
  ['description', 'that is empty', 'required', ''],
  ['description', 'of 10,001 characters', 'too-long', 'x'.repeat(10_001)],
  ['type', 'that does not exist', 'not-an-option', 'party'],
  ['weight', '−1', 'too-small', -1],
  ['weight', '101', 'too-large', 101],
  ['weight', 'with a fraction', 'wrong-type', 1.5],
  ['weight', 'that is text', 'wrong-type', '10'],
  ['dueDate', 'that is no day', 'invalid-format', '2026-02-30'],
  ['dueDate', 'in another format', 'invalid-format', '01/12/2026'],
  ['dueDate', 'in the past', 'due-date-past', '2001-01-01'],
  ['dueDate', 'after the period', 'due-date-outside-period', '2999-01-01'],
  ['dueHour', '24:00', 'invalid-format', '24:00'],
  ['dueHour', 'without its zero', 'invalid-format', '7:00'],
  ['dueHour', 'null', 'wrong-type', null],
  ['institutionId', 'at all', 'unknown-field', crypto.randomUUID()],
])('%s %s is refused as %s, in both languages, and nothing is written', async (field, _, code, value) => {
  const before = await one('select count(*)::int as activities from academy.class_activities')
  for (const language of ['en', 'pt-BR']) {
    const response = await teacher.fetch('/activities', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': language },
      body: JSON.stringify(activity({ [field]: value })),
    })
    expect(response.status).toBe(422)
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(response.headers.get('content-language')).toBe(language)
    const { errors } = (await response.json()) as { errors: { field: string; code: string; message: string }[] }
    expect(errors).toEqual([{ field, code, message: expect.stringMatching(/\S/) }])
  }
  expect(await one('select count(*)::int as activities from academy.class_activities')).toEqual(before)
})

test('everything that is wrong is said at once', async () => {
  const response = await teacher.fetch('/activities', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  const { errors } = (await response.json()) as { errors: { field: string }[] }
  expect(errors.map(({ field }) => field)).toEqual([
    'classId',
    'note',
    'title',
    'description',
    'type',
    'weight',
    'dueDate',
    'dueHour',
  ])
})

test('a due hour that has passed today is refused, by the institution’s clock', async () => {
  const { date } = wallClock(new Date(), 'America/Sao_Paulo')
  await expect(teacher.call(contract, activity({ dueDate: date, dueHour: '00:00' }))).rejects.toMatchObject({
    status: 422,
    errors: [{ field: 'dueHour', code: 'due-hour-past' }],
  })
})

test.each([
  ['no JSON', '{"classId":', 'application/json', 400, 'malformed-json'],
  ['another content type', 'classId=1', 'application/x-www-form-urlencoded', 415, 'unsupported-media-type'],
  ['not an object', '[]', 'application/json', 422, 'invalid-input'],
  ['too large', JSON.stringify({ title: 'x'.repeat(300_000) }), 'application/json', 413, 'too-large'],
])('%s is a clear problem', async (_, body, contentType, status, code) => {
  const response = await teacher.fetch('/activities', {
    method: 'POST',
    headers: { 'content-type': contentType },
    body,
  })
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ code, status })
})

test('another institution’s class, another teacher’s class and a class that is not there: 404, all the same', async () => {
  const answers = await Promise.all(
    [academy.classes.ofOtherInstitution, academy.classes.ofSecondTeacher, crypto.randomUUID()].map((classId) =>
      teacher.call(contract, activity({ classId })).catch((problem) => ({ ...problem, requestId: undefined })),
    ),
  )
  expect(answers[0]).toMatchObject({ status: 404, code: 'class-not-found' })
  expect(answers[1]).toEqual(answers[0])
  expect(answers[2]).toEqual(answers[0])
})

test('who may not: a student, staff, the administrator get 403, a stranger 401', async () => {
  for (const person of [STUDENT, SERRA.staff, { email: 'helena.prado@adm.example' }]) {
    const other = await academy.signIn(person)
    await expect(other.call(contract, activity())).rejects.toMatchObject({ status: 403, code: 'wrong-role' })
  }
  const response = await academy.fetch('/activities', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(activity()),
  })
  expect(response.status).toBe(401)
})

test('the activity of one class is not there for other teachers, other students and other institutions', async () => {
  const { id } = await teacher.call(contract, activity({ weight: 1 }))
  for (const person of [SECOND_TEACHER, PORTO.teachers[0]]) {
    const other = await academy.signIn(person)
    await expect(other.call(delivery, { activityId: id })).rejects.toMatchObject({ status: 404 })
    await expect(other.call(readActivity, { activityId: id })).rejects.toMatchObject({ status: 404 })
  }
  const stranger = await academy.signIn(PORTO.students[0] as { email: string })
  await expect(stranger.call(readActivity, { activityId: id })).rejects.toMatchObject({ status: 404 })
  await work.harness.runUntilIdle()
})
