import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freshDatabase } from '../testing/fresh-database.ts'
import { type OwnSystem, startOwnSystem } from './own-system.ts'
import { tryPort } from './ports.ts'

/** Each starts processes, and the machine may be busy with other tests. */
const SLOW_MS = 180_000
vi.setConfig({ testTimeout: SLOW_MS, hookTimeout: SLOW_MS })
const START = join(import.meta.dirname, '../start.ts')

describe('a running system', () => {
  let system: OwnSystem
  beforeAll(async () => {
    system = await startOwnSystem()
  })
  afterAll(async () => {
    await system?.stop()
  })

  test('is up in all its parts, and says where to go and as whom', async () => {
    const { url } = await system.running()
    expect(await (await fetch(`${url}/health`)).json()).toEqual({
      status: 'up',
      parts: { api: { status: 'up' }, database: { status: 'up' }, daemon: { status: 'up' }, mailbox: { status: 'up' } },
    })
    for (const path of ['/', '/docs', '/mailbox']) expect((await fetch(`${url}${path}`)).status, path).toBe(200)
    const said = system.output()
    for (const words of [
      url,
      `${url}/mailbox`,
      `Console                ${url}/adm`,
      `${url}/docs`,
      'Teacher',
      'Student',
      'Academic staff',
      'System administrator',
    ]) {
      expect(said).toContain(words)
    }
    expect(said).not.toContain('\x1b') // no colours where nobody looks at a terminal
  })

  test('people of the demonstration have worked: the Daemon is done with it, and one e-mail failed', async () => {
    expect(system.output()).toMatch(/Work of the demonstration: \d\d commands, and 1 that failed/)
    const client = new pg.Client((await system.running()).databaseUrl)
    await client.connect()
    const { rows } = await client.query(
      `select type, (select count(*)::int from cascata.event_queue) as left from cascata.command_statuses where status = 'error'`,
    )
    await client.end()
    expect(rows).toEqual([{ type: 'new-class-activity-email.send', left: 0 }])
  })

  test('a sign-in that it shows works', async () => {
    const { url } = await system.running()
    const email = /Teacher\s+(\S+@\S+)/.exec(system.output())?.[1]
    const password = /the password (\S+)/.exec(system.output())?.[1]
    const response = await fetch(`${url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    })
    expect(response.status).toBe(200)
  })

  test.each(['API', 'Daemon', 'Mailbox'])('%s is back after a kill, and says so', async (name) => {
    const before = (await system.running()).processes[name] as number
    process.kill(before, 'SIGKILL')
    await waitFor(() => system.output().includes(`${name} ended (SIGKILL)`))
    await waitFor(() => new RegExp(`${name} is back as process \\d+`).test(system.output()))
    const { processes, url } = await system.running()
    expect(processes[name]).not.toBe(before)
    await waitFor(async () => (await fetch(`${url}/health`).catch(() => undefined))?.status === 200)
  })

  test('PostgreSQL is back after a kill', async () => {
    const { databaseUrl } = await system.running()
    const pid = Number(readFileSync(join(postgresFolder(system.output()), 'postmaster.pid'), 'utf8').split('\n')[0])
    process.kill(pid, 'SIGKILL')
    await waitFor(() => system.output().includes('PostgreSQL is back'))
    const client = new pg.Client(databaseUrl)
    await client.connect()
    await client.end()
    const { url } = await system.running()
    await waitFor(async () => (await fetch(`${url}/health`).catch(() => undefined))?.status === 200)
  })

  test('a second one on the same data is refused', async () => {
    const second = await start({ DATA_DIR: system.dataDir, PORT: String(await tryPort('127.0.0.1', 0)) })
    expect(second).toMatchObject({ code: 1, said: expect.stringContaining('already-running') })
  })
})

test('killed itself, it leaves no process either', async () => {
  const system = await startOwnSystem()
  const { processes } = await system.running()
  await system.stop('SIGKILL')
  await waitFor(() => !Object.values(processes).some(isAlive) && processesThatName(system.dataDir).length === 0)
})

test('a port that is taken between the look and the use is given up for another; Ctrl-C leaves no process', async () => {
  // We look at 127.0.0.1, and the gateway listens elsewhere, where somebody has been since.
  const usual = 3027
  const elsewhere = '127.0.0.2'
  const taken = createServer()
  await new Promise((resolve) => taken.once('error', resolve).listen(usual, elsewhere, () => resolve(undefined)))
  const looksFree = await tryPort('127.0.0.1', usual).catch(() => undefined)
  const system = await startOwnSystem({ env: { PAYMENT_GATEWAY_HOST: elsewhere, PAYMENT_GATEWAY_PORT: '' } })
  taken.close()
  if (looksFree) expect(system.output()).toContain(`Port ${usual} was taken in the meantime`)
  const { processes } = await system.running()
  expect(Object.values(processes).filter(isAlive)).toHaveLength(4)
  const postgres = postgresFolder(system.output())
  expect(await system.stop('SIGINT')).toBe(0)
  expect(existsSync(join(postgres, 'postmaster.pid'))).toBe(false)
  expect(Object.values(processes).filter(isAlive)).toEqual([])
  expect(processesThatName(system.dataDir)).toEqual([])
})

describe('what keeps it from starting is said with what to do, and nothing is left running', () => {
  let dataDir: string
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'cascata-refused-'))
    await chmod(dataDir, 0o755)
  })
  afterAll(() => rm(dataDir, { recursive: true, force: true }))

  const refused = async (env: NodeJS.ProcessEnv, args: string[] = []) => {
    const port = String(await tryPort('127.0.0.1', 0))
    const result = await start({ PORT: port, DATA_DIR: dataDir, ...env }, args)
    expect(processesThatName(dataDir)).toEqual([])
    return result
  }

  test('a port in use', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { port: number }
    expect(await refused({ PORT: String(port) })).toEqual({
      code: 1,
      said: [
        'Error   port-in-use',
        `What    Port ${port} on 127.0.0.1 is taken.`,
        'Why     Another program listens there, and two cannot share a port.',
        `Fix     stop what listens there, or choose another: PORT=${port + 1} npm start`,
      ].join('\n'),
    })
    taken.close()
  })

  test.each([
    ['PORT', 'eighty', 'bad-setting'],
    ['DATABASE_URL', 'mysql://localhost/app', 'bad-setting'],
    ['DATABASE_URL', 'postgres://127.0.0.1:1/app', 'postgres-unreachable'],
  ])('%s=%s', async (name, value, code) => {
    const { code: exit, said } = await refused({ [name]: value })
    expect(exit).toBe(1)
    expect(said).toMatch(new RegExp(`^Error   ${code}\nWhat    .+\nWhy     .+\nFix     .+`))
  })

  test('an option that it does not know', async () => {
    const { code, said } = await refused({}, ['--demmo'])
    expect(code).toBe(2)
    expect(said).toContain("Unknown option '--demmo'")
  })

  test('a database that is not there', async () => {
    const database = await freshDatabase()
    await database.drop()
    const { code, said } = await refused({ DATABASE_URL: database.url })
    expect(code).toBe(1)
    expect(said).toContain('Fix     create the database')
  })

  test('a role without the rights', async () => {
    const database = await freshDatabase()
    const owner = new pg.Client(database.url)
    await owner.connect()
    await owner.query(`create role nobody_much login password 'x'`)
    const url = new URL(database.url)
    url.username = 'nobody_much'
    url.password = 'x'
    const { code, said } = await refused({ DATABASE_URL: url.href })
    await owner.query('drop role nobody_much')
    await owner.end()
    await database.drop()
    expect(code).toBe(1)
    expect(said).toContain('Error   database-not-ready')
    expect(said).toContain('nobody_much')
    expect(said).toContain('have an administrator run:')
  })
})

function start(env: NodeJS.ProcessEnv, args: string[] = []): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve) => {
    const { DATABASE_URL, ...rest } = process.env
    const child = spawn(process.execPath, [START, ...args], {
      env: { ...rest, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (text) => {
      said += text
    })
    child.once('close', (code) => resolve({ code, said: said.trim() }))
  })
}

const postgresFolder = (output: string) => /embedded, data in (\S+)/.exec(output)?.[1] ?? ''

async function waitFor(fact: () => boolean | Promise<boolean>): Promise<void> {
  for (const untilMs = Date.now() + 60_000; Date.now() < untilMs; await sleep(50)) if (await fact()) return
  expect.fail(`It did not come true within a minute: ${fact}`)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** Processes with the folder in their command line or environment, by /proc. */
function processesThatName(folder: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid)
    .filter((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8')
        return text.includes(folder)
      } catch {
        return false // it has ended, or is another's
      }
    })
}
