/** Production, and what is not: who gets in without having been let in. */
import { spawn } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { DEMO_SIGN_INS } from '../../apps/academy/src/demo/people.ts'
import { type FreshDatabase, freshDatabase } from '../testing/fresh-database.ts'
import { type OwnSystem, startOwnSystem } from './own-system.ts'
import { tryPort } from './ports.ts'

/** Each starts processes, and the machine may be busy with other tests. */
const SLOW_MS = 180_000
vi.setConfig({ testTimeout: SLOW_MS, hookTimeout: SLOW_MS })

const PUBLIC_HOST = 'school.example'
/** Nobody listens there: nothing is sent in these tests. */
const MAIL = { MAIL_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'Escola <no-reply@school.example>' }
const PUBLIC = { PUBLIC_URL: `https://${PUBLIC_HOST}`, TRUST_PROXY: '127.0.0.1', ...MAIL }

let dataDir: string
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cascata-serve-'))
  await chmod(dataDir, 0o755)
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

/** Runs a verb that ends by itself. */
async function run(verb: 'start' | 'serve', env: NodeJS.ProcessEnv, args: string[] = []) {
  const port = String(await tryPort('127.0.0.1', 0))
  return new Promise<{ code: number | null; said: string }>((resolve) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, `../${verb}.ts`), ...args], {
      env: { ...process.env, DATABASE_URL: undefined, PORT: port, DATA_DIR: dataDir, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        said += text
      })
    }
    child.once('close', (code) => resolve({ code, said: said.trim() }))
  })
}

/** As a reverse proxy would: fetch keeps the name for itself. */
function ask(
  url: string,
  path: string,
  { host = PUBLIC_HOST, body, cookie }: { host?: string; body?: object; cookie?: string } = {},
) {
  return new Promise<{ status: number; cookie: string; text: string }>((resolve, reject) => {
    const asked = request(new URL(path, url), {
      agent: false,
      method: body ? 'POST' : 'GET',
      headers: { host, 'content-type': 'application/json', ...(cookie ? { cookie } : {}) },
    })
    asked.on('error', reject)
    asked.on('response', (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      const given = (response.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ')
      response.on('end', () => resolve({ status: response.statusCode ?? 0, cookie: given, text }))
    })
    asked.end(body && JSON.stringify(body))
  })
}

test('npm start -- --demo is refused on a public address', async () => {
  const database = await freshDatabase()
  onTestFinished(database.drop)
  const { code, said } = await run('start', { DATABASE_URL: database.url, PUBLIC_URL: PUBLIC.PUBLIC_URL }, ['--demo'])
  expect(code).toBe(2)
  expect(said).toMatch(/Error {3}bad-argument\nWhat {4}--demo makes accounts with a published password/)
})

/** On a database of one's own, `npm start` makes no account with a published password, and serves no mailbox. */
async function expectNobodyIn(system: OwnSystem): Promise<void> {
  const { url } = await system.running()
  const { host } = new URL(url)
  expect((await ask(url, '/health', { host })).status).toBe(200)
  for (const { email, password } of DEMO_SIGN_INS) {
    expect((await ask(url, '/api/auth/sign-in/email', { host, body: { email, password } })).status).toBe(401)
    expect(system.output()).not.toContain(email)
  }
  for (const path of ['/mailbox', '/mailbox/api/messages', '/mailbox/api/simulator']) {
    expect((await ask(url, path, { host })).status, path).toBe(404)
  }
  expect(system.output()).toContain('npm run serve -- --administrator')
}

describe('npm run serve says what is not safe, why, and what to do', () => {
  let database: FreshDatabase
  beforeAll(async () => {
    database = await freshDatabase()
  })
  afterAll(() => database?.drop())

  test.each<[what: string, env: Record<string, string | undefined>, code: string]>([
    ['no database', { DATABASE_URL: undefined }, 'bad-setting'],
    ['no TLS', { PUBLIC_URL: 'http://school.example' }, 'address-without-tls'],
    ['an open port without an address', { HOST: '0.0.0.0', PUBLIC_URL: undefined }, 'address-without-tls'],
    ['no proxy', { TRUST_PROXY: undefined }, 'address-without-proxy'],
    ['no mail provider', { MAIL_URL: undefined }, 'mail-url-missing'],
  ])('%s', async (_, env, code) => {
    const { code: exit, said } = await run('serve', { ...PUBLIC, DATABASE_URL: database.url, ...env })
    expect(exit).toBe(1)
    expect(said).toMatch(new RegExp(`Error   ${code}\nWhat    .+\nWhy     .+\nFix     .+`))
  })

  test('accounts with the published password', async () => {
    const prepared = await new Promise<number | null>((resolve) => {
      const program = join(import.meta.dirname, '../../apps/academy/bin/prepare.ts')
      const env = { ...process.env, DATABASE_URL: database.url, DATA_DIR: dataDir, DEMO_ACCOUNTS: 'on' }
      spawn(process.execPath, [program, '--demo'], { env, stdio: 'ignore' }).once('close', resolve)
    })
    expect(prepared).toBe(0)
    for (const verb of ['start', 'serve'] as const) {
      const { code, said } = await run(verb, { ...PUBLIC, DATABASE_URL: database.url })
      expect(code).toBe(1)
      expect(said).toMatch(/Error {3}demo-password\nWhat {4}.+ have the demonstration’s password\.\nWhy .+\nFix /)
    }
  })
})

test('two installations on two databases of one server are both up, and nobody is let in', async () => {
  const databases = [await freshDatabase(), await freshDatabase()]
  const systems = await Promise.all(databases.map(({ url }) => startOwnSystem({ env: { DATABASE_URL: url } })))
  try {
    for (const system of systems) await expectNobodyIn(system)
    // The first was ready before the second, or the other way round: each goes on with new connections.
    for (const system of systems) {
      const { url, processes } = await system.running()
      process.kill(processes['Daemon'] as number, 'SIGKILL')
      await expect.poll(() => system.output(), { timeout: 60_000 }).toMatch(/Daemon is back as process/)
      const answer = await ask(url, '/api/auth/sign-in/email', {
        host: new URL(url).host,
        body: { email: 'a@b.example', password: 'x' },
      })
      expect(answer.status).toBe(401)
      await expect
        .poll(async () => (await ask(url, '/health', { host: new URL(url).host })).status, { timeout: 60_000 })
        .toBe(200)
    }
  } finally {
    await Promise.all(systems.map((system) => system.stop()))
    for (const database of databases) await database.drop()
  }
})

describe('npm run serve', () => {
  let database: FreshDatabase
  beforeAll(async () => {
    database = await freshDatabase()
  })
  afterAll(() => database?.drop())

  test('the first administrator comes in by a link that is printed, and strangers have no other door', async () => {
    const env = { ...PUBLIC, DATABASE_URL: database.url, DATA_DIR: dataDir }
    const administrator = 'reitoria@school.example'
    const invited = await run('serve', env, ['--administrator', administrator])
    expect(invited.code).toBe(0)
    const token = /https:\/\/school\.example\/app\/choose-password\?token=([\w-]+)/.exec(invited.said)?.[1]
    expect(token).toBeDefined()
    expect(await run('serve', env, ['--administrator', 'nobody'])).toMatchObject({
      code: 2,
      said: expect.stringContaining('"nobody" is no e-mail address'),
    })
    expect(await run('serve', env, ['--administrator', administrator, '--without-authenticator'])).toMatchObject({
      code: 2,
      said: expect.stringContaining(`"${administrator}" has no account with an authenticator.`),
    })
    expect(await run('serve', env, ['--without-authenticator'])).toMatchObject({ code: 2 })
    // Asked again: the first link is over.
    const again = await run('serve', env, ['--administrator', administrator])
    const second = /token=([\w-]+)/.exec(again.said)?.[1]

    const system = await startOwnSystem({ verb: 'serve', env })
    try {
      const { port } = system
      const url = `http://127.0.0.1:${port}`
      const password = 'uma frase longa que ninguém adivinha 2026'.slice(0, 32)
      expect((await ask(url, '/passwords', { body: { token, password: `A1${password}` } })).status).toBe(409)
      const chosen = await ask(url, '/passwords', { body: { token: second, password: `A1${password}` } })
      expect(chosen.status).toBe(200)
      const me = JSON.parse((await ask(url, '/api/me', { cookie: chosen.cookie })).text)
      expect(me).toMatchObject({ email: administrator, role: 'administrator' })
      expect(chosen.cookie).toContain('__Host-')

      expect((await ask(url, '/demo-institutions', { body: {} })).status).toBe(404)
      expect((await ask(url, '/registrations', { body: { email: 'a@b.example' } })).status).toBe(403)
      expect((await ask(url, '/mailbox')).status).toBe(404)
      expect((await ask(url, '/api/me', { host: `127.0.0.1:${port}` })).status).toBe(403)
      expect((await ask(url, '/health', { host: `127.0.0.1:${port}` })).status).toBe(200)
    } finally {
      await system.stop()
    }
  })
})
