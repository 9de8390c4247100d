import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { doorbell, engineDatabase } from '../test-support/engine-database.ts'
import {
  batch,
  command,
  createApp,
  Entity,
  effect,
  event,
  handle,
  module,
  on,
  reprocess,
  SINGLE_TENANT,
  save,
  uuidv7,
} from './index.ts'
import { type Harness, lineageText, startHarness } from './testing/index.ts'

/** The story of the academy, told with the library alone: event → command → batch → next command. */
const ids = z.object({ activityId: z.string() })
const ActivityCreated = event('activity.created', ids)
const Announce = command('activity.announce', ids)
const SendEmail = command('email.send', z.object({ activityId: z.string(), student: z.number() }), {
  retry: { attempts: 3, base: '1s', jitter: 'none' },
})
const TellTeacher = command('teacher.tell', ids)
const TellTeacherOfFailure = command('teacher.tell-of-failure', ids)

class Activity extends Entity {
  readonly entityType = 'activity'
  readonly tenant = SINGLE_TENANT
  readonly id = uuidv7()
  readonly students: number

  constructor(students: number) {
    super()
    this.students = students
    this.emit(ActivityCreated({ activityId: this.id }))
  }

  row() {
    return { table: 'activities', key: { id: this.id }, values: { students: this.students } }
  }
}

const app = createApp([
  module('activities', [
    on(ActivityCreated, 'announce', ({ activityId }) => Announce({ activityId })),
    handle(Announce, async ({ activityId }, { tx }) => {
      const { rows } = await tx.query<{ students: number }>('select students from activities where id = $1', [
        activityId,
      ])
      const students = Array.from({ length: rows[0]?.students ?? 0 }, (_, i) => i)
      await tx.query('insert into notes select $1 from generate_series(1, $2::integer)', ['in-app', students.length])
      return batch('emails', students, (student) => SendEmail({ activityId, student }))
        .next(TellTeacher({ activityId }))
        .onFailure(TellTeacherOfFailure({ activityId }))
    }),
    effect(SendEmail, () => {}),
    handle(TellTeacher, async (_, { tx }) => {
      await tx.query(`insert into notes values ('told')`)
    }),
    handle(TellTeacherOfFailure, async (_, { tx }) => {
      await tx.query(`insert into notes values ('failed')`)
    }),
  ]),
])

let t: Harness
let drop: () => Promise<void>

beforeEach(async () => {
  const database = await engineDatabase()
  drop = database.drop
  t = await startHarness({ app, url: database.url, database: { control: database.url }, doorbell })
  await t.pool.query('create table activities (id uuid primary key, students integer); create table notes (what text)')
})
afterEach(async () => {
  await t.stop()
  await drop()
})

async function publish(students: number): Promise<string> {
  const [eventId] = await t.transaction((tx) => save(tx, new Activity(students)))
  return eventId as string
}

async function notes(): Promise<Record<string, number>> {
  const { rows } = await t.pool.query<{ what: string; n: number }>(
    'select what, count(*)::integer as n from notes group by 1',
  )
  return Object.fromEntries(rows.map(({ what, n }) => [what, n]))
}

test('an event becomes a command, a batch, and the command that follows when all have succeeded', async () => {
  const root = await publish(6)
  await t.runUntilIdle()
  expect(lineageText(await t.lineageOf(root))).toBe(
    [
      'activity.created success',
      '  activity.announce success',
      '    [emails] success',
      '      email.send success ×6',
      '      → teacher.tell success',
    ].join('\n'),
  )
  expect(await notes()).toEqual({ 'in-app': 6, told: 1 })
})

test('a batch of nobody has already succeeded', async () => {
  const root = await publish(0)
  await t.runUntilIdle()
  expect(lineageText(await t.lineageOf(root))).toBe(
    [
      'activity.created success',
      '  activity.announce success',
      '    [emails] success',
      '      → teacher.tell success',
    ].join('\n'),
  )
})

test('a member that fails and is retried does not keep the batch from succeeding', async () => {
  t.failNext(SendEmail, new Error('421 try again later'), 2)
  const root = await publish(3)
  await t.runUntilIdle()
  expect((await notes()).told).toBeUndefined()
  await t.clock.advance('1s')
  await t.runUntilIdle()
  expect((await notes()).told).toBe(1)
  const attempts = await t.pool.query(`select outcome, final from cascata.attempts where type = 'email.send'`)
  expect(attempts.rows.filter(({ final }) => !final)).toHaveLength(2)
  expect(lineageText(await t.lineageOf(root))).toContain('email.send success ×3')
})

test('a member that fails for good fails the batch, and a reprocessed copy heals it and releases the next command once', async () => {
  t.failNext(SendEmail, new Error('no such mailbox'), 3)
  const root = await publish(1)
  for (let i = 0; i < 3; i++) {
    await t.runUntilIdle()
    await t.clock.advance('10s')
  }
  await t.runUntilIdle()
  expect(await notes()).toEqual({ 'in-app': 1, failed: 1 })
  const failed = (await t.lineageOf(root)).find((n) => n.type === 'email.send')
  expect(failed?.status).toBe('error')
  await t.transaction((tx) =>
    reprocess(tx, { commandId: failed?.id as string, author: 'ana', reason: 'address corrected' }),
  )
  await t.runUntilIdle()
  expect(await notes()).toEqual({ 'in-app': 1, failed: 1, told: 1 })
  expect(lineageText(await t.lineageOf(root))).toBe(
    [
      'activity.created success',
      '  activity.announce success',
      '    [emails] success',
      '      email.send recovered',
      '        ↻ email.send success',
      '      → teacher.tell success',
      '      ✗ teacher.tell-of-failure success',
    ].join('\n'),
  )
})
