/** A POST that is sent twice is done once: a second click, a retry after a lost answer, two at the same time. */
import { SINGLE_TENANT } from 'cascata'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { type Given, giveEverything, requestOf } from '../../../test-support/give-everything.ts'
import { setClock } from '../../../test-support/set-clock.ts'
import {
  type Academy,
  academyToCopy,
  cookieOf,
  PORTO,
  SERRA,
  type SignedIn,
  TEACHER,
  TEST_SERVICES,
} from '../../../test-support/start-academy.ts'
import { waitFor } from '../../../test-support/wait-for.ts'
import { routes } from '../../app.ts'
import { institutionId } from '../../demo/people.ts'
import { newIdempotencyKey } from './client.ts'
import type { Endpoint } from './endpoint.ts'
import { forgetEverywhere, startIdempotencyUpkeep, UPKEEP_LOCK } from './idempotency-upkeep.ts'

let full: Awaited<ReturnType<typeof academyToCopy<Given>>>
let academy: Academy
let owner: pg.Client
let given: Given
beforeAll(async () => {
  full = await academyToCopy(giveEverything)
  given = full.prepared
})
afterAll(() => full?.drop())
beforeEach(async () => {
  academy = await full.start()
  owner = new pg.Client({ connectionString: academy.url })
  await owner.connect()
})
afterEach(async () => {
  await owner?.end()
  await academy?.stop()
})

const posts = routes.flatMap(({ kind, contract }) =>
  kind === 'route' && contract.path.startsWith('POST ') ? [[contract.path, contract] as const] : [],
)
/** Answered with another session, or possible only after something that failed: what they share with the others is tested there. */
const APART = ['POST /demo-institutions/doors', 'POST /institutions/own/seed/retry']

/** Values with which an operation that an institution can do is done: the others are as they are given. */
const able = (): Given => ({
  ...given,
  'POST /enrollment-periods id': '2033.1',
  'POST /enrollment-periods startAt': '2033-01-10',
  'POST /enrollment-periods endAt': '2033-01-14',
  'POST /webhooks/:webhookId/deliveries/:deliveryId/send-again reason': 'The receiver is back.',
})

const sessionFor = ({ roles }: Endpoint): Promise<SignedIn> =>
  academy.signIn(roles.includes('staff') ? SERRA.staff : TEACHER)

/** What the institution has of everything that a request can make. */
async function counts(): Promise<Record<string, number>> {
  const { rows: tables } = await owner.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c where c.relkind = 'r' and not c.relispartition
       and c.relnamespace in ('academy'::regnamespace, 'academy_auth'::regnamespace)
     union all values ('cascata.events'), ('cascata.commands') order by 1`,
  )
  const { rows } = await owner.query<{ name: string; n: number }>(
    tables.map(({ name }) => `select '${name}' as name, count(*)::int as n from ${name}`).join(' union all '),
  )
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]))
}

async function send(session: Pick<SignedIn, 'fetch'>, contract: Endpoint, values: Given, key?: string) {
  const [path, init] = requestOf(contract, values)
  const headers = {
    ...(init.headers as Record<string, string>),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  }
  const response = await session.fetch(path, { ...init, headers })
  const body = (await response.json()) as Record<string, unknown>
  return {
    status: response.status,
    code: body['code'],
    body,
    replayed: response.headers.get('idempotency-replayed'),
    response,
  }
}

/** Made ready where it takes more than values. */
async function prepare(path: string): Promise<void> {
  if (path === 'POST /activities') await setClock(academy, `${academy.demo.period.endAt}T08:00-03:00`)
  if (path.endsWith('/send-again'))
    await owner.query('update academy.webhook_subscriptions set active = true, gone_at = null')
  const staff = await academy.signIn(SERRA.staff)
  if (path === 'POST /enrollment-periods') {
    const period = routes.find(({ contract }) => contract.path === 'POST /academic-periods')?.contract as Endpoint
    expect((await send(staff, period, given, newIdempotencyKey())).status).toBe(201)
  }
}

describe('every POST of somebody who is signed in', () => {
  test.each(posts.filter(([path]) => !APART.includes(path)))('%s', async (path, contract) => {
    await prepare(path)
    const session = await sessionFor(contract)
    const key = newIdempotencyKey()
    const first = await send(session, contract, able(), key)
    expect([first.status, first.replayed], JSON.stringify(first.body)).toEqual([contract.status ?? 200, null])
    const after = await counts()
    const again = await send(session, contract, able(), `"${key}"`)
    expect([again.status, again.replayed, again.body]).toEqual([first.status, 'true', first.body])

    const fields = Object.keys(contract.body?.shape ?? {})
    const text = ['name', 'title', 'description', 'reason'].find((field) => fields.includes(field))
    if (text) {
      const other = await send(session, contract, { ...able(), [text]: 'Other', [`${path} ${text}`]: 'Other' }, key)
      expect([other.status, other.code]).toEqual([422, 'idempotency-key-reused'])
    }
    if (contract.status === 201) {
      const withoutKey = await send(session, contract, able())
      expect([withoutKey.status, withoutKey.code]).toEqual([409, 'repeated-request'])
    }
    expect(await counts()).toEqual(after)
    expect(academy.logged).toEqual([])
  })

  test('those that are apart are there', () => {
    expect(posts.map(([path]) => path)).toEqual(expect.arrayContaining(APART))
  })
})

const contractOf = (path: string) => routes.find(({ contract }) => contract.path === path)?.contract as Endpoint

test('two at the same time: one is done, the other is told to wait, and gets the same answer then', async () => {
  const notice = contractOf('POST /notifications')
  const staff = await academy.signIn(SERRA.staff)
  const key = newIdempotencyKey()
  const before = await counts()
  const answers = await Promise.all(Array.from({ length: 6 }, () => send(staff, notice, given, key)))
  const done = answers.filter(({ status }) => status === 201)
  const waiting = answers.filter(({ status }) => status !== 201)
  expect(new Set(done.map(({ body }) => body['id'])).size).toBe(1)
  for (const { status, code, response } of waiting) {
    expect([status, code, response.headers.get('retry-after')]).toEqual([409, 'request-under-way', '1'])
  }
  expect((await send(staff, notice, given, key)).body).toEqual(done[0]?.body)
  expect((await counts())['academy.notifications']).toBe((before['academy.notifications'] ?? 0) + 1)
})

test('without a key, ten equal ones at once make one; with keys of their own, each is meant', async () => {
  const notice = contractOf('POST /notifications')
  const staff = await academy.signIn(SERRA.staff)
  const answers = await Promise.all(Array.from({ length: 10 }, () => send(staff, notice, given)))
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(9)
  const meant = await Promise.all([1, 2].map(() => send(staff, notice, given, newIdempotencyKey())))
  expect(meant.map(({ status }) => status)).toEqual([201, 201])
  await owner.query(`update academy.idempotency_keys set created_at = created_at - interval '11 seconds'`)
  expect((await send(staff, notice, given)).status).toBe(201)
})

test('without a key, the same address in other letters is no second click: it is refused as what it is', async () => {
  const teacher = contractOf('POST /teachers')
  const staff = await academy.signIn(SERRA.staff)
  const email = `lia.${crypto.randomUUID()}@uni.example`
  expect((await send(staff, teacher, { ...given, email: email.toUpperCase() })).status).toBe(201)
  expect(await send(staff, teacher, { ...given, email })).toMatchObject({ status: 422, code: 'email-already-used' })
})

test('what is refused is not remembered: corrected, or once it is possible, it is sent with the same key', async () => {
  const campus = contractOf('POST /campi')
  const staff = await academy.signIn(SERRA.staff)
  const key = newIdempotencyKey()
  const taken = { ...given, name: 'Agreste' }
  expect((await send(staff, campus, taken, key)).code).toBe('campus-already-exists')
  await owner.query(`update academy.campi set name = 'Sertão' where name = 'Agreste'`)
  expect(await send(staff, campus, taken, key)).toMatchObject({ status: 201, replayed: null })
})

test('a key is one account’s, one operation’s, and is forgotten after a day', async () => {
  const [campus, course] = [contractOf('POST /campi'), contractOf('POST /courses')]
  const staff = await academy.signIn(SERRA.staff)
  const key = newIdempotencyKey()
  const first = await send(staff, campus, given, key)
  expect(await send(staff, course, given, key)).toMatchObject({ status: 201, replayed: null })
  const elsewhere = await academy.signIn(PORTO.staff)
  expect(await send(elsewhere, campus, given, key)).toMatchObject({ status: 201, replayed: null })
  await owner.query(`update academy.idempotency_keys set created_at = created_at - interval '25 hours'`)
  const later = await send(staff, campus, { ...given, name: 'Outro' }, key)
  expect(later).toMatchObject({ status: 201, replayed: null })
  expect(later.body['id']).not.toBe(first.body['id'])
})

test('what has expired goes by itself, also where nobody sends anything more; the rest stays', async () => {
  await owner.query(
    `insert into academy.idempotency_keys (institution_id, account_id, operation, key, fingerprint, created_at)
     select institution, gen_random_uuid(), 'POST /campi', kept, 'f', now() - kept::interval
     from unnest($1::uuid[]) institution, unnest(array['23:59', '24:01', '9 days']) kept`,
    [[SINGLE_TENANT, institutionId(SERRA.key), institutionId(PORTO.key)]],
  )
  const keys = async () =>
    (await owner.query("select key from academy.idempotency_keys where fingerprint = 'f'")).rows.map(({ key }) => key)
  const closing = new AbortController()
  onTestFinished(() => closing.abort())
  const onError = (error: unknown) => academy.logged.push({ message: String(error) })
  startIdempotencyUpkeep(academy.pools, { closing: closing.signal, onError, everyMs: 50 })
  await waitFor('key that is left', async () => (await keys()).every((key) => key === '23:59'))
  await owner.query(
    `update academy.idempotency_keys set created_at = created_at - interval '2 minutes'
    where institution_id = $1`,
    [institutionId(PORTO.key)],
  )
  await waitFor('second look', async () => (await keys()).length === 2)
  expect(await keys()).toEqual(['23:59', '23:59'])
  expect(academy.logged).toEqual([])
})

describe('one round of removing what has expired', () => {
  /** So many rows for each institution. */
  const expire = (rows: number) =>
    owner.query(
      `insert into academy.idempotency_keys (institution_id, account_id, operation, key, fingerprint, created_at)
       select institution, gen_random_uuid(), 'POST /campi', n, 'f', now() - interval '2 days'
       from unnest($1::uuid[]) institution, generate_series(1, $2) n`,
      [[institutionId(SERRA.key), institutionId(PORTO.key)], rows],
    )
  const left = async () => {
    const { rows } = await owner.query<{ institution: string; n: number }>(
      `select institution_id as institution, count(*)::int as n from academy.idempotency_keys
       where fingerprint = 'f' group by 1`,
    )
    return Object.fromEntries(rows.map(({ institution, n }) => [institution, n]))
  }
  /** @returns the institutions that it told of. */
  const round = async () => {
    const told: unknown[] = []
    const onError = (error: unknown, institution?: string) => told.push([(error as Error).message, institution])
    await forgetEverywhere(academy.pools, { closing: new AbortController().signal, onError })
    return told
  }
  /** A statement that removes what this is true of fails, as one that takes too long does. */
  const failing = (condition: string) =>
    owner.query(
      `create function academy.fail() returns trigger language plpgsql as $$ begin
         if ${condition} then raise exception 'too long'; end if; return null; end $$;
       create trigger fail after delete on academy.idempotency_keys referencing old table as gone
         for each statement execute function academy.fail()`,
    )

  test('however much there is, no statement removes more than a thousand rows', async () => {
    await expire(2_500)
    await failing('(select count(*) from gone) > 1000')
    expect(await round()).toEqual([])
    expect(await left()).toEqual({})
  })

  test.each([SERRA, PORTO])('what fails for $key leaves the others out of it, and is told', async ({ key }) => {
    const institution = institutionId(key)
    await expire(2)
    await failing(`exists (select from gone where institution_id = '${institution}')`)
    expect(await round()).toEqual([['too long', institution]])
    expect(await left()).toEqual({ [institution]: 2 })
  })

  test('it is left to the process that is at it', async () => {
    await expire(2)
    await owner.query('select pg_advisory_lock(hashtextextended($1, 0))', [UPKEEP_LOCK])
    expect(await round()).toEqual([])
    expect(Object.values(await left())).toEqual([2, 2])
    await owner.query('select pg_advisory_unlock(hashtextextended($1, 0))', [UPKEEP_LOCK])
    await round()
    expect(await left()).toEqual({})
  })
})

test('the answer is kept sealed: neither names nor secrets can be read where it lies', async () => {
  const staff = await academy.signIn(SERRA.staff)
  const made = await send(staff, contractOf('POST /webhooks'), { ...given, name: 'ERP da Serra' }, newIdempotencyKey())
  expect(JSON.stringify(made.body)).toContain('whsec_')
  const { rows } = await owner.query<{ row: string }>('select k::text as row from academy.idempotency_keys k')
  for (const { row } of rows) expect(row).not.toMatch(/whsec_|ERP da Serra/)
})

test.each(['', ' ', '""', 'x'.repeat(129), 'ação'])('the key %j is refused', async (key) => {
  const staff = await academy.signIn(SERRA.staff)
  const headers = new Headers({ 'content-type': 'application/json' })
  headers.set('idempotency-key', Buffer.from(key).toString('latin1'))
  const response = await staff.fetch('/campi', { method: 'POST', headers, body: '{}' })
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
    400,
    'malformed-idempotency-key',
  ])
})

describe('a visitor', () => {
  const visitor = { fetch: (path: string, init?: RequestInit) => academy.fetch(path, init) }
  const explore = () => contractOf('POST /demo-institutions')

  test('who clicks twice gets one demonstration, and is signed in by the second answer too', async () => {
    const values = { demoData: 'S' }
    const key = newIdempotencyKey()
    const before = await counts()
    const first = await send(visitor, explore(), values, key)
    const again = await send(visitor, explore(), values, key)
    expect([first.status, again.status, again.replayed]).toEqual([201, 201, 'true'])
    expect(again.body).toEqual(first.body)
    const me = await academy.fetch('/api/me', { headers: { cookie: cookieOf(again.response) } })
    expect(await me.json()).toMatchObject({ role: 'staff', institution: { id: first.body['institutionId'] } })
    expect((await counts())['academy.institutions']).toBe((before['academy.institutions'] ?? 0) + 1)
    expect((await send(visitor, explore(), { demoData: 'M' }, key)).code).toBe('idempotency-key-reused')
  })

  test('whose answer was kept before accesses had versions is asked to sign in', async () => {
    const operation = explore().path
    const key = newIdempotencyKey()
    expect((await send(visitor, explore(), { demoData: 'S' }, key)).status).toBe(201)
    const { secretBox } = TEST_SERVICES
    const id = JSON.stringify([SINGLE_TENANT, operation, key])
    const place = { tenant: SINGLE_TENANT, table: 'idempotency_keys', id, column: 'answer' }
    const { rows } = await owner.query('select answer from academy.idempotency_keys where key = $1', [key])
    const { entrance, ...rest } = JSON.parse(secretBox.open(rows[0].answer, place))
    const { accessVersion, ...before } = entrance
    expect(accessVersion).toBe(1)
    const kept = secretBox.seal(JSON.stringify({ ...rest, entrance: before }), place)
    await owner.query('update academy.idempotency_keys set answer = $2 where key = $1', [key, kept])
    const again = await send(visitor, explore(), { demoData: 'S' }, key)
    expect([again.status, again.code, again.response.headers.getSetCookie()]).toEqual([401, 'unauthenticated', []])
    expect(academy.logged).toEqual([])
  })

  test('whose request died with its process sends it again after a minute', async () => {
    const key = newIdempotencyKey()
    await send(visitor, explore(), { demoData: 'S' }, key)
    await owner.query('update academy.idempotency_keys set answer = null')
    expect((await send(visitor, explore(), { demoData: 'S' }, key)).code).toBe('request-under-way')
    await owner.query(`update academy.idempotency_keys set created_at = created_at - interval '61 seconds'`)
    expect(await send(visitor, explore(), { demoData: 'S' }, key)).toMatchObject({ status: 201, replayed: null })
  })

  test('who was refused sends the same key again', async () => {
    const key = newIdempotencyKey()
    const reset = contractOf('POST /passwords')
    const values = { token: 'x'.repeat(43), password: 'Forte-Senha-2026' }
    expect((await send(visitor, reset, values, key)).status).toBe(404)
    expect((await send(visitor, reset, { ...values, password: 'Outra-Senha-2026' }, key)).status).toBe(404)
  })
})
