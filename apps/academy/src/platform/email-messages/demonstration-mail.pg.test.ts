/** With a mailer that reaches people a demonstration institution writes to nobody, whatever a stranger types into it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Academy,
  cookieOf,
  SERRA,
  startAcademy,
  startWork,
  type Work,
} from '../../../test-support/start-academy.ts'

let academy: Academy
let work: Work
beforeAll(async () => {
  academy = await startAcademy()
  work = await startWork(academy, { demonstrationMail: false })
})
afterAll(async () => {
  await work?.stop()
  await academy?.stop()
})

const send = (path: string, body: unknown, cookie = '', method = 'POST') =>
  academy.fetch(path, {
    method,
    headers: { 'content-type': 'application/json', 'accept-language': 'en', ...(cookie ? { cookie } : {}) },
    body: JSON.stringify(body),
  })
const read = async <R>(path: string, cookie: string) =>
  (await (await academy.fetch(path, { headers: { cookie, 'accept-language': 'en' } })).json()) as R
const rows = async <R extends object>(sql: string, values: unknown[] = []) =>
  (await work.harness.pool.query<R>(sql, values)).rows

async function newDemonstration() {
  const made = await send('/demo-institutions', {})
  const { institutionId } = (await made.json()) as { institutionId: string }
  await work.harness.runUntilIdle()
  return { institutionId, staff: cookieOf(made) }
}

test('invited, corrected, invited again, forgotten: cancelled with a reason, not failed, not tried again', async () => {
  const before = await work.mailbox.counts()
  const { institutionId, staff } = await newDemonstration()
  const victim = 'vitima@bank.example'
  const created = await send('/teachers', { name: 'Cliente, acesse http://evil.example', email: victim }, staff)
  const { id } = (await created.json()) as { id: string }
  await work.harness.runUntilIdle()
  await send('/invitations', { role: 'teacher', people: [id] }, staff)
  await work.harness.runUntilIdle()
  await send(`/teachers/${id}/email`, { email: 'outra.vitima@bank.example', reason: 'x' }, staff, 'PUT')
  await send('/password-resets', { email: 'outra.vitima@bank.example' })
  await work.harness.runUntilIdle()
  await work.harness.clock.advance('1d')
  await work.harness.runUntilIdle()
  expect(await work.mailbox.counts()).toEqual(before)
  const kept = await rows<{ status: string; reason: string }>(
    'select distinct status, reason from academy.email_messages where institution_id = $1 order by 2',
    [institutionId],
  )
  expect(kept).toEqual([{ status: 'cancelled', reason: 'demonstration' }])
  expect(
    await rows(
      `select distinct status from cascata.command_statuses where tenant = $1 and type in
         ('teacher-invitation.send', 'student-welcome-email.send', 'corrected-address-email.send')`,
      [institutionId],
    ),
  ).toEqual([{ status: 'cancelled' }])
})

test('the teacher of a demonstration reads why no e-mail of an activity went out', async () => {
  const { staff } = await newDemonstration()
  const teacher = cookieOf(await send('/demo-institutions/doors', { role: 'teacher' }, staff))
  await work.harness.runUntilIdle()
  const { classes } = await read<{ classes: { id: string; period: { endAt: string } }[] }>('/classes', teacher)
  const [first] = classes
  const { lessons } = await read<{ lessons: { date: string }[] }>(`/classes/${first?.id}`, teacher)
  const published = await send(
    '/activities',
    {
      classId: first?.id,
      note: 'N3',
      title: 'Trabalho',
      description: 'd',
      type: 'work',
      weight: 5,
      dueDate: lessons.at(-1)?.date,
      dueHour: '23:59',
    },
    teacher,
  )
  const { id } = (await published.json()) as { id: string }
  await work.harness.runUntilIdle()
  const { emails, students } = await read<{
    emails: { cancelled: number; total: number; failed: number }
    students: { reason: { code: string; text: string } | null }[]
  }>(`/activities/${id}/delivery`, teacher)
  expect(emails.cancelled).toBeGreaterThan(0)
  expect(emails).toMatchObject({ failed: 0, total: emails.cancelled })
  expect(students[0]?.reason).toEqual({
    code: 'demonstration',
    text: 'a demonstration sends no e-mail to anybody',
  })
})

test('an institution of its own writes all the same', async () => {
  const staff = await academy.signIn(SERRA.staff)
  await staff.fetch('/teachers', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'De verdade', email: 'de.verdade@uni.example' }),
  })
  await work.harness.runUntilIdle()
  expect((await work.mailbox.newestTo('de.verdade@uni.example')).subject).toBe(
    'Sua conta de professor: Universidade Serra Azul',
  )
})
