/** Every route, asked by every role of one institution with the ids of another: nothing of the other comes back, nothing of it changes. */
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { routes } from '../src/app.ts'
import { DEMO_ADMINISTRATOR, institutionId } from '../src/demo/people.ts'
import { type Given, giveEverything, requestOf, SECRET } from './give-everything.ts'
import { type Academy, PORTO, SERRA, STUDENT, startAcademy, TEACHER } from './start-academy.ts'

let academy: Academy
let owner: pg.Pool
let given: Given

beforeAll(async () => {
  academy = await startAcademy()
  given = await giveEverything(academy)
  owner = new pg.Pool({ connectionString: academy.url, max: 1 })
  owner.on('error', () => {})
})
afterAll(async () => {
  await owner?.end()
  await academy?.stop()
})

const people = {
  staff: PORTO.staff,
  teacher: PORTO.teachers[0],
  student: PORTO.students[0] as { email: string },
  administrator: DEMO_ADMINISTRATOR,
}
const ownPeople = { staff: SERRA.staff, teacher: TEACHER, student: STUDENT, administrator: DEMO_ADMINISTRATOR }

/** How a row tells whose it is: the first of these columns that its table has. */
const OWNER_COLUMNS = [
  ['institution_id', 't.institution_id = $1'],
  ['tenant', 't.tenant = $1'],
  ['user_id', 't.user_id in (select id from academy_auth.users where institution_id = $1)'],
] as const
/** Tables whose rows are no institution's. */
const NOBODYS = [
  'academy.migrations',
  'academy_auth.password_requests',
  'academy_auth.request_counts',
  'academy_auth.sign_in_failures',
  'academy_auth.verifications',
]
const OF_ITSELF: Record<string, string> = { 'academy.institutions': 't.id = $1' }

/** All tables of the academy, its accounts and the engine that hold something of institutions, from the catalogue. */
async function tablesWithOwner(): Promise<{ name: string; mine: string }[]> {
  const { rows } = await owner.query<{ name: string; columns: string[] }>(
    `select c.oid::regclass::text as name, array_agg(a.attname::text) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where n.nspname in ('academy', 'academy_auth', 'cascata') and c.relkind in ('r', 'p') and not c.relispartition
     group by c.oid order by 1`,
  )
  const unknown: string[] = []
  const known = rows.flatMap(({ name, columns }) => {
    const mine = OF_ITSELF[name] ?? OWNER_COLUMNS.find(([column]) => columns.includes(column))?.[1]
    if (mine) return [{ name, mine }]
    // The engine's own tables without a tenant are about its processes.
    if (!NOBODYS.includes(name) && !name.startsWith('cascata.')) unknown.push(name)
    return []
  })
  if (unknown.length > 0) throw new Error(`Whose are the rows of ${unknown.join(', ')}? Say so in this test.`)
  return known
}

/** Everything of the institution that is asked about: a checksum for each table. */
async function stateOfSerra(): Promise<Record<string, string>> {
  const sums = (await tablesWithOwner()).map(
    ({ name, mine }) =>
      `select '${name}' as name, count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t::text)), '') as sum
       from ${name} t where ${mine}`,
  )
  const { rows } = await owner.query<{ name: string; sum: string }>(sums.join(' union all '), [
    institutionId(SERRA.key),
  ])
  return Object.fromEntries(rows.map(({ name, sum }) => [name, sum]))
}

test('the state that is compared has every table, and something in nearly each', async () => {
  const state = await stateOfSerra()
  for (const name of ['academy.charges', 'academy.webhook_deliveries', 'academy_auth.accounts', 'cascata.commands']) {
    expect(state[name], name).toMatch(/^[1-9]/)
  }
  expect(Object.keys(state).length).toBeGreaterThan(40)
})

// Those that need no sign-in are asked with no id of anybody's, and make institutions of their own.
const everyRoute = routes
  .filter(({ kind }) => kind !== 'public-route')
  .map((route) => ({ path: route.contract.path, route }))

test('there are routes, and each of them is asked', () => {
  expect(everyRoute.length).toBeGreaterThan(12)
})

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/
/** Whatever is asked with an id of the other institution in its body is not done. */
const namesForeign = ({ body }: RequestInit) => UUID.test(String(body))

const withIds = everyRoute.filter(({ route }) => route.contract.params)
test.each(withIds.filter(({ path }) => path.startsWith('GET ')))('$path: the ids are real', async ({ route }) => {
  const answers = await Promise.all(
    route.contract.roles.map(async (role) => {
      const session = await academy.signIn(ownPeople[role])
      const leave = new AbortController()
      const [path, init] = requestOf(route.contract, given)
      const { status } = await session.fetch(path, { ...init, signal: leave.signal })
      leave.abort()
      return status
    }),
  )
  expect(answers).toContain(200)
})

test.each(everyRoute)('$path', async ({ route: { contract, kind } }) => {
  const before = await stateOfSerra()
  const names = [...SERRA.students, ...SERRA.teachers, SERRA.staff].flatMap(({ name, email }) => [name, email])
  const secrets = [...names, SECRET, SERRA.name, 'Agreste', 'Caruaru']
  for (const [role, person] of Object.entries(people)) {
    const session = await academy.signIn(person)
    const [path, init] = requestOf(contract, given)
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
    if (namesForeign(init)) expect(response.status, `${role} ${text}`).toBeGreaterThanOrEqual(400)
    if (!contract.roles.includes(role as never)) expect(response.status, `${role} ${text}`).toBe(403)
  }
  expect(await stateOfSerra()).toEqual(before)
  expect(academy.logged).toEqual([])
})

const answersVisitors = ({ route }: (typeof everyRoute)[number]) => 'toVisitors' in route && !!route.toVisitors

test('visitors are told who they are, nobody, and nothing else', () => {
  expect(everyRoute.filter(answersVisitors).map(({ path }) => path)).toEqual(['GET /api/me'])
})

test.each(everyRoute.filter((asked) => !answersVisitors(asked)))('$path without a session: 401', async ({ route }) => {
  const [path, init] = requestOf(route.contract, given)
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
