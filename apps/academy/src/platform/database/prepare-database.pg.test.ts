import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../../../../scripts/testing/fresh-database.ts'
import { TEST_SECRETS } from '../../../test-support/start-academy.ts'
import { prepareDatabase } from './prepare-database.ts'
import { loginOf, RUNTIME_ROLES } from './roles.ts'
import { loadSecrets, type Secrets } from './secrets.ts'
import { DatabaseSetupError } from './setup-error.ts'

let database: FreshDatabase | undefined
afterEach(() => database?.drop())

async function asSuperuser(...statements: string[]): Promise<void> {
  const client = new pg.Client(database?.url)
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

test('twenty at once: each succeeds, every migration runs once', async () => {
  database = await freshDatabase()
  const { url } = database
  const all = await Promise.all(Array.from({ length: 20 }, () => prepareDatabase(url, TEST_SECRETS)))
  expect(new Set(all.map((urls) => urls.web)).size).toBe(1)
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query('select name from academy.migrations order by name')
  await client.end()
  expect(rows.map(({ name }) => name)).toEqual((await readdir(new URL('../../../migrations', import.meta.url))).sort())
}, 120_000)

test('a role that may not create schemas: what is missing, and the SQL that gives it', async () => {
  database = await freshDatabase()
  await prepareDatabase(database.url, TEST_SECRETS) // the roles are there, as an administrator made them
  await database.drop()
  database = await freshDatabase()
  const name = `deployer_${new URL(database.url).pathname.slice(-8)}`
  await asSuperuser(`create role ${name} login`, `grant academy_owner to ${name}`)
  const url = new URL(database.url)
  url.username = name
  const error = await prepareDatabase(url.href, TEST_SECRETS).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(DatabaseSetupError)
  expect((error as DatabaseSetupError).message).toContain(`The role "${name}" of DATABASE_URL may not create schemas`)
  expect((error as DatabaseSetupError).fix).toContain('create schema academy authorization academy_owner;')
  await asSuperuser(`drop owned by ${name}`, `drop role ${name}`)
})

const randomSecrets = (): Secrets => ({
  sessionSecret: randomUUID(),
  passwords: Object.fromEntries(RUNTIME_ROLES.map((role) => [role, randomUUID()])) as Secrets['passwords'],
})

test('two installations on one server, each with its own secrets: both are let in, and neither into the other', async () => {
  database = await freshDatabase()
  const other = await freshDatabase()
  const connect = async (url: string) => {
    const client = new pg.Client(url)
    await client.connect()
    try {
      return (await client.query('select count(*)::int from academy_auth.users')).rows
    } finally {
      await client.end()
    }
  }
  const [first, second] = [randomSecrets(), randomSecrets()]
  const one = await prepareDatabase(database.url, first)
  const two = await prepareDatabase(other.url, second)
  await prepareDatabase(database.url, first) // started again
  expect(await connect(one.auth)).toEqual([{ count: 0 }])
  expect(await connect(two.auth)).toEqual([{ count: 0 }])
  const crossed = new URL(one.auth)
  crossed.pathname = new URL(two.auth).pathname
  await expect(connect(crossed.href)).rejects.toThrow(/permission denied for database/)
  await other.drop()
  const logins = [first, second].flatMap((secrets) => RUNTIME_ROLES.map((role) => loginOf(role, secrets)))
  await asSuperuser(`drop owned by ${logins.join(', ')}`, `drop role ${logins.join(', ')}`)
})

test('who may create roles and not give on those of another: the SQL that an administrator runs', async () => {
  database = await freshDatabase()
  await prepareDatabase(database.url, TEST_SECRETS)
  await database.drop()
  database = await freshDatabase()
  const name = `creator_${new URL(database.url).pathname.slice(-8)}`
  const secrets = randomSecrets()
  await asSuperuser(`create role ${name} login createrole`)
  const url = new URL(database.url)
  url.username = name
  const error = await prepareDatabase(url.href, secrets).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(DatabaseSetupError)
  expect((error as DatabaseSetupError).fix).toMatch(
    /grant academy_owner, academy_web, .+ to "creator_.+" with admin option;/,
  )
  const logins = RUNTIME_ROLES.map((role) => loginOf(role, secrets))
  await asSuperuser(`drop role ${logins.join(', ')}`, `drop role ${name}`)
})

test('who may not create roles is told where the passwords are', async () => {
  database = await freshDatabase()
  const name = `modest_${new URL(database.url).pathname.slice(-8)}`
  await asSuperuser(`create role ${name} login`)
  const url = new URL(database.url)
  url.username = name
  const error = await prepareDatabase(url.href, randomSecrets(), '/srv/academy/academy-secrets.json').catch(
    (thrown) => thrown,
  )
  expect((error as DatabaseSetupError).fix).toContain('/srv/academy/academy-secrets.json')
  expect((error as DatabaseSetupError).fix).toMatch(
    /create role academy_web_[0-9a-f]{8} login password '…' in role academy_web;/,
  )
  await asSuperuser(`drop role ${name}`)
})

test('secrets: one file that only its owner reads, the same for all who start at once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'academy-secrets-'))
  const file = join(folder, 'deeper', 'secrets.json')
  const all = await Promise.all(Array.from({ length: 20 }, () => loadSecrets(file)))
  expect(new Set(all.map((secrets) => JSON.stringify(secrets))).size).toBe(1)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readdir(join(folder, 'deeper'))).toEqual(['secrets.json'])
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(all[0])
  await rm(folder, { recursive: true })
})
