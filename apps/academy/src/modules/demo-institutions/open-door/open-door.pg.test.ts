/** Doors: who may go through which, what it leaves behind, and what the first opening brings. */

import { reprocess } from 'cascata'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type Academy,
  cookieOf,
  SERRA,
  startAcademy,
  startWork,
  TEACHER,
  type Work,
} from '../../../../test-support/start-academy.ts'
import { createClient } from '../../../platform/http/client.ts'
import { FailForDemonstration } from '../../institutions/enrich-institution/enrich-institution.commands.ts'
import { correctTeacherAddress } from '../../people/correct-address/correct-address.contract.ts'
import { readMe } from '../../users/me/me.contract.ts'
import { listDoors } from './open-door.contract.ts'

let academy: Academy
let work: Work
let institutionId: string
let staff: string
beforeAll(async () => {
  academy = await startAcademy()
  work = await startWork(academy)
})
beforeEach(async () => {
  const response = await post('/demo-institutions', {})
  ;({ institutionId } = (await response.json()) as { institutionId: string })
  staff = cookieOf(response)
})
afterAll(async () => {
  await work?.stop()
  await academy?.stop()
})

const post = (path: string, body: unknown, cookie?: string) =>
  academy.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-language': 'en', ...(cookie ? { cookie } : {}) },
    body: JSON.stringify(body),
  })
const open = (role: string, cookie?: string) => post('/demo-institutions/doors', { role }, cookie)
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code

const clientWith = (cookie: string) => {
  const send = (input: unknown, init: RequestInit = {}) =>
    academy.fetch(String(input), { ...init, headers: { ...(init.headers as Record<string, string>), cookie } })
  return createClient({ fetch: send as typeof fetch, locale: () => 'en' })
}
const me = (cookie: string) => clientWith(cookie).call(readMe, {})
const rows = async <R extends object>(sql: string, values: unknown[] = [institutionId]) =>
  (await work.harness.pool.query<R>(sql, values)).rows

test('before the data is there the doors are shut; without a session there are none', async () => {
  expect(await codeOf(await open('teacher', staff))).toBe('demo-data-not-ready')
  expect(await clientWith(staff).call(listDoors, {})).toEqual({ doors: [] })
  expect((await open('teacher')).status).toBe(401)
})

test('an institution that is no demonstration has no doors', async () => {
  const serra = await academy.signIn(SERRA.staff)
  const answer = await serra.fetch('/demo-institutions/doors', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ role: 'student' }),
  })
  expect([answer.status, await codeOf(answer)]).toEqual([404, 'door-not-found'])
  expect(await (await academy.signIn(TEACHER)).call(listDoors, {})).toEqual({ doors: [] })
})

test('staff go in as a teacher, as a student, and come back as themselves; each session ends the one before', async () => {
  await work.harness.runUntilIdle()
  const themselves = await me(staff)
  const asTeacher = await open('teacher', staff)
  const teacher = cookieOf(asTeacher)
  expect(await me(teacher)).toMatchObject({ role: 'teacher', institution: { id: institutionId } })
  expect(await me(staff)).toBeNull()
  // Behind a door it ends with the browser: the cookie names no date.
  expect(asTeacher.headers.getSetCookie().join()).not.toMatch(/session_token=[^,]*Max-Age=[1-9]/)

  const student = cookieOf(await open('student', teacher))
  expect(await me(student)).toMatchObject({ role: 'student', institution: { id: institutionId } })
  const { doors } = await clientWith(student).call(listDoors, {})
  expect(doors.map(({ role, here }) => [role, here])).toEqual([
    ['staff', false],
    ['teacher', false],
    ['student', true],
  ])

  const back = cookieOf(await open('staff', student))
  expect(await me(back)).toEqual(themselves)
  const audited = await rows<{ actor_id: string; role: string }>(
    `select a.actor_id, u.role from academy.audit_entries a
     join academy.users u on u.institution_id = a.institution_id and u.id = a.subject_id
     where a.institution_id = $1 and a.action = 'door-opened' order by a.id`,
  )
  expect(audited).toEqual(['teacher', 'student', 'staff'].map((role) => ({ actor_id: themselves?.id, role })))
})

test('a teacher of a demonstration who came in by themselves goes through no door', async () => {
  await work.harness.runUntilIdle()
  const [teacher] = await rows<{ id: string }>(
    `select id from academy.users where institution_id = $1 and role = 'teacher' limit 1`,
  )
  const token = 'a-link-that-was-sent'
  await rows(
    `insert into academy_auth.password_tokens (id, user_id, purpose, token_hash, expires_at)
     values (gen_random_uuid(), $1, 'invitation', translate(encode(sha256($2::bytea), 'base64'), '+/=', '-_'), now() + interval '1 day')`,
    [teacher?.id, token],
  )
  const chosen = await post('/passwords', { token, password: 'mangue vermelho na chuva' })
  expect(chosen.status).toBe(200)
  const cookie = cookieOf(chosen)
  expect(await me(cookie)).toMatchObject({ id: teacher?.id, role: 'teacher' })
  expect(await codeOf(await open('staff', cookie))).toBe('door-not-found')
})

test('nobody whom somebody typed is behind a door: neither a new teacher with all classes, nor a corrected one', async () => {
  await work.harness.runUntilIdle()
  const typed = await post('/teachers', { name: 'Digitada', email: 'digitada@uni.example' }, staff)
  const { id } = (await typed.json()) as { id: string }
  await rows('update academy.classes set teacher_id = $2 where institution_id = $1', [institutionId, id])
  const invented = await rows<{ id: string }>(
    `select id from academy.users where institution_id = $1 and role = 'teacher' and id <> $2`,
    [institutionId, id],
  )
  const teacher = cookieOf(await open('teacher', staff))
  expect(invented.map((each) => each.id)).toContain((await me(teacher))?.id)
  const back = cookieOf(await open('staff', teacher))

  const client = clientWith(back)
  for (const each of invented) {
    const email = `${each.id}@uni.example`
    await client.call(correctTeacherAddress, { teacherId: each.id, email, reason: 'Pessoa de verdade.' })
  }
  expect((await client.call(listDoors, {})).doors.map(({ role }) => role)).toEqual(['staff', 'student'])
  expect(await codeOf(await open('teacher', back))).toBe('door-not-found')
})

test('the first door brings activities, grades and notices once, as a root of their own, and one failure', async () => {
  await work.harness.runUntilIdle()
  await open('student', cookieOf(await open('teacher', staff)))
  await work.harness.runUntilIdle()
  const [root] = await rows<{ id: string; own: boolean }>(
    `select id, root_id = id as own from cascata.events where tenant = $1 and type = 'demo-institution.opened'`,
  )
  expect(root?.own).toBe(true)
  const direct = await rows<{ type: string; status: string }>(
    `select type, status from cascata.command_statuses where tenant = $1 and root_id = $2 and origin = 'event'
       and origin_id = $2 order by type`,
    [institutionId, root?.id],
  )
  expect(direct).toEqual([
    { type: 'class-activities.seed', status: 'success' },
    { type: 'demonstration.fail', status: 'error' },
    { type: 'notices.seed', status: 'success' },
    { type: 'student-notes.seed', status: 'success' },
  ])
  const [made] = await rows(
    `select
       (select count(*)::int from academy.class_student_notes where institution_id = $1 and note is not null) as grades,
       (select count(*)::int from academy.notifications where institution_id = $1 and category = 'notice') as notices,
       (select count(*)::int from academy.class_activities where institution_id = $1 and due_date < now()) as past,
       (select max(n)::int from (select sum(weight) as n from academy.class_activities where institution_id = $1
          group by class_id, note) w) as weight`,
  )
  expect(made).toEqual({ grades: 36, notices: 2, past: 12, weight: 100 })
  const failed = await rows<{ status: string; n: number }>(
    `select status, count(*)::int as n from cascata.command_statuses where tenant = $1 and status <> 'success' group by 1`,
  )
  expect(failed).toEqual([{ status: 'error', n: 1 }])
})

test('the failure heals when it is reprocessed as its message says', async () => {
  await work.harness.runUntilIdle()
  await open('teacher', staff)
  await work.harness.runUntilIdle()
  const [failed] = await rows<{ id: string; error: string }>(
    `select id, error from cascata.command_statuses where tenant = $1 and type = $2`,
    [institutionId, FailForDemonstration.storedName],
  )
  expect(failed?.error).toContain('{"fail": false}')
  const copy = await work.harness.transaction((tx) =>
    reprocess(tx, {
      tenant: institutionId,
      commandId: failed?.id ?? '',
      author: 'test',
      reason: 'As the message says.',
      data: { fail: false },
    }),
  )
  await work.harness.runUntilIdle(30_000)
  expect(await rows('select status from cascata.command_statuses where id = $1', [copy])).toEqual([
    { status: 'success' },
  ])
})
