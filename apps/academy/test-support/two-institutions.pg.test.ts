/** Every route, asked by every role of one institution with the ids of another: nothing of the other comes back, nothing of it changes. */
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { z } from 'zod'
import { routes } from '../src/app.ts'
import { classId, DEMO_ADMINISTRATOR, institutionId, personId } from '../src/demo/people.ts'
import { contract as createClassActivity } from '../src/modules/activities/create-class-activity/create-class-activity.contract.ts'
import type { Endpoint } from '../src/platform/http/endpoint.ts'
import { type Academy, PORTO, SERRA, startAcademy, startWork, type Work } from './start-academy.ts'

let academy: Academy
let work: Work
let owner: pg.Pool
let activityId: string
let notificationId: string

beforeAll(async () => {
  academy = await startAcademy()
  work = await startWork(academy)
  owner = new pg.Pool({ connectionString: academy.url, max: 1 })
  owner.on('error', () => {})
  const teacher = await academy.signIn(SERRA.teachers[0])
  const { dueDate, dueHour } = { dueDate: academy.demo.period.endAt, dueHour: '23:59' }
  const activity = {
    title: 'Segredo da Serra',
    description: 'Só para a Serra.',
    type: 'exam',
    note: 'N1',
    weight: 5,
  } as const
  ;({ id: activityId } = await teacher.call(createClassActivity, {
    ...activity,
    classId: academy.classes.six,
    dueDate,
    dueHour,
  }))
  await work.harness.runUntilIdle()
  const { rows } = await owner.query<{ id: string }>(
    'select id from academy.notifications where subject_id = $1 limit 1',
    [activityId],
  )
  notificationId = rows[0]?.id ?? ''
})
afterAll(async () => {
  await owner?.end()
  await work?.stop()
  await academy?.stop()
})

const people = {
  staff: PORTO.staff,
  teacher: PORTO.teachers[0],
  student: PORTO.students[0] as { email: string },
  administrator: DEMO_ADMINISTRATOR,
}

/** Ids of the institution that is asked about, by the name of the parameter. */
const ids = (): Record<string, string> => ({
  classId: classId(SERRA.key, 'six', academy.demo.period.id),
  activityId,
  notificationId,
  studentId: personId((SERRA.students[0] as { email: string }).email),
  institutionId: institutionId(SERRA.key),
})

const values: Record<string, unknown> = {
  note: 'N1',
  title: 'Intruder',
  description: 'Intruder',
  type: 'work',
  weight: 1,
  dueHour: '23:59',
  email: 'intruder@uni.example',
  reason: 'Intruder',
  locale: 'en',
  startAt: '2031-02-03',
  endAt: '2031-06-30',
  notes: [{ type: 'N1', note: 1, version: 1 }],
}

function requestOf(contract: Endpoint): [path: string, init: RequestInit] {
  const [method = 'GET', pattern = '/'] = contract.path.split(' ')
  const path = pattern.replace(/:(\w+)/g, (_, name: string) => ids()[name] ?? 'unknown')
  if (method === 'GET') return [path, { method }]
  const fields = Object.keys((contract.body as z.ZodObject | undefined)?.shape ?? {})
  const body = Object.fromEntries(
    fields.map((name) => [name, ids()[name] ?? (name === 'dueDate' ? academy.demo.period.endAt : values[name])]),
  )
  return [path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }]
}

/** Everything of the institution that is asked about, as one text. */
const stateOf = async () => {
  const tables = [
    'users',
    'students',
    'classes',
    'class_activities',
    'notifications',
    'notification_recipients',
    'email_messages',
  ]
  const parts = await Promise.all(
    tables.map((table) =>
      owner.query(
        `select md5(string_agg(t::text, '' order by t::text)) as sum from academy.${table} t where institution_id = $1`,
        [institutionId(SERRA.key)],
      ),
    ),
  )
  return parts.map(({ rows }) => rows[0].sum)
}

// Those that need no sign-in are asked with no id of anybody's, and make institutions of their own.
const everyRoute = routes
  .filter(({ kind }) => kind !== 'public-route')
  .map((route) => ({ path: route.contract.path, route }))

test('there are routes, and each of them is asked', () => {
  expect(everyRoute.length).toBeGreaterThan(12)
})

test.each(everyRoute)('$path', async ({ route: { contract, kind } }) => {
  const before = await stateOf()
  const names = [...SERRA.students, ...SERRA.teachers, SERRA.staff].flatMap(({ name, email }) => [name, email])
  const secrets = [...names, 'Segredo da Serra', SERRA.name]
  for (const [role, person] of Object.entries(people)) {
    const session = await academy.signIn(person)
    const [path, init] = requestOf(contract)
    const leave = new AbortController()
    const response = await session.fetch(path, { ...init, signal: leave.signal })
    const streaming = kind === 'stream-route' && response.ok
    const text = streaming ? await firstEvents(response) : await response.text()
    leave.abort()
    expect(response.status, `${role}: ${text}`).toBeLessThan(500)
    const directory = contract.path === 'GET /institutions' && role === 'administrator'
    if (!directory) for (const secret of secrets) expect(text, role).not.toContain(secret)
    // Whoever names something of the other institution is told that it is not there.
    if (contract.params && contract.roles.includes(role as never)) expect(response.status, `${role} ${text}`).toBe(404)
    if (!contract.roles.includes(role as never)) expect(response.status, `${role} ${text}`).toBe(403)
  }
  expect(await stateOf()).toEqual(before)
  expect(academy.logged).toEqual([])
})

const answersVisitors = ({ route }: (typeof everyRoute)[number]) => 'toVisitors' in route && !!route.toVisitors

test('visitors are told who they are, nobody, and nothing else', () => {
  expect(everyRoute.filter(answersVisitors).map(({ path }) => path)).toEqual(['GET /api/me'])
})

test.each(everyRoute.filter((asked) => !answersVisitors(asked)))('$path without a session: 401', async ({ route }) => {
  const [path, init] = requestOf(route.contract)
  const response = await academy.fetch(path, init)
  expect(response.status).toBe(401)
  expect(await response.json()).toMatchObject({ code: 'unauthenticated' })
})

async function firstEvents(response: Response): Promise<string> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (!text.includes('event: snapshot')) {
    const { value, done } = await reader.read()
    if (done) break
    text += decoder.decode(value, { stream: true })
  }
  await reader.cancel()
  return text
}
