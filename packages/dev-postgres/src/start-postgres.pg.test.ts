import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RunningPostgres, type StartPostgresOptions, startPostgres } from './index.ts'
import { standInFor } from './open-folder.ts'
import { isPostmaster } from './postmaster.ts'

const isRoot = process.getuid?.() === 0
let folder: string
let running: RunningPostgres[]

let cluster: string

beforeAll(async () => {
  const made = await mkdtemp(join(tmpdir(), 'dev-postgres-cluster-'))
  await chmod(made, 0o755)
  cluster = join(made, 'data')
  await (await startPostgres({ dataDir: cluster, unsafeFast: true })).stop()
  return () => rm(made, { recursive: true })
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dev-postgres-'))
  await chmod(folder, 0o755)
  running = []
})
afterEach(async () => {
  for (const server of running) await server.stop()
  await rm(folder, { recursive: true, force: true })
})

async function start(options: Partial<StartPostgresOptions> = {}) {
  const server = await startPostgres({ dataDir: join(folder, 'data'), unsafeFast: true, ...options })
  running.push(server)
  return server
}

/** Saves the second of an initdb, where that is not what the test is about. */
async function withExistingData() {
  await promisify(execFile)('cp', ['-a', cluster, join(folder, 'data')])
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query({ text: sql, rowMode: 'array' })
  await client.end()
  return rows[0]?.[0]
}

describe.each([18, 15] as const)('PostgreSQL %i', (version) => {
  test('starts on loopback alone, with the settings asked for, and keeps its data', async () => {
    const first = await start({ version, settings: { max_connections: 17 } })
    expect(first.adopted).toBe(false)
    expect(await ask(first.url(), 'show server_version_num')).toMatch(new RegExp(`^${version}`))
    expect(await ask(first.url(), 'show max_connections')).toBe('17')
    expect(await ask(first.url(), 'show listen_addresses')).toBe('127.0.0.1')
    expect(await ask(first.url(), 'show unix_socket_directories')).toBe('')
    expect(await ask(first.url(), 'show server_encoding')).toBe('UTF8')
    await ask(first.url(), 'create table kept as select 42 as answer')
    await first.stop()
    await first.stop()
    expect(await isPostmaster(first.pid, first.dataDir)).toBe(false)

    const second = await start({ version })
    expect(await ask(second.url(), 'select answer from kept')).toBe(42)
  })
})

test('a live server is adopted, and left running while the process that started it lives', async () => {
  await withExistingData()
  const owner = await start()
  const guest = await start({ port: 1 })
  expect(guest).toMatchObject({ adopted: true, pid: owner.pid, port: owner.port })
  await guest.stop()
  expect(await ask(owner.url(), 'select 1')).toBe(1)
})

test('two starts at once on the same new folder give one server', async () => {
  const both = await Promise.all([start(), start()])
  expect(both[0].pid).toBe(both[1].pid)
  expect(both.map((s) => s.adopted).sort()).toEqual([false, true])
})

test('a server that was killed recovers at the next start', async () => {
  await withExistingData()
  const first = await start({ unsafeFast: false })
  await ask(first.url(), 'create table kept as select 42 as answer')
  process.kill(first.pid, 'SIGKILL')
  const second = await start({ unsafeFast: false })
  expect(second.pid).not.toBe(first.pid)
  expect(await ask(second.url(), 'select answer from kept')).toBe(42)
})

// Linux shows what a process was started with.
test.runIf(process.platform === 'linux')('a server of tests alone takes its memory in large pages', async () => {
  await withExistingData()
  const environment = async (unsafeFast: boolean) => {
    const server = await start({ unsafeFast })
    const variables = (await readFile(`/proc/${server.pid}/environ`, 'utf8')).split('\0')
    await server.stop()
    return variables.filter((variable) => variable.startsWith('GLIBC_TUNABLES='))
  }
  expect(await environment(false)).toEqual([])
  expect(await environment(true)).toEqual([expect.stringContaining('glibc.malloc.hugetlb=1')])
})

test('when the process that started it is killed, the next start has a server of its own', async () => {
  await withExistingData()
  const child = spawn(process.execPath, ['--input-type=module', '-e', START_AND_WAIT], {
    env: { ...process.env, MODULE: join(import.meta.dirname, 'index.ts'), DATA: join(folder, 'data') },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [pid] = await new Promise<[number]>((resolve) =>
    createInterface({ input: child.stdout }).once('line', (line) => resolve([Number(line)])),
  )
  expect(await isPostmaster(pid, join(folder, 'data'))).toBe(true)
  child.kill('SIGKILL')
  const next = await start()
  expect(await ask(next.url(), 'select 1')).toBe(1)
  await next.stop()
  expect(await isPostmaster(pid, join(folder, 'data'))).toBe(false)
  expect(existsSync(join(folder, 'data/postmaster.pid'))).toBe(false)
})

const START_AND_WAIT = `
  const { startPostgres } = await import(process.env.MODULE)
  const server = await startPostgres({ dataDir: process.env.DATA, unsafeFast: true })
  console.log(server.pid)
  setInterval(() => {}, 1000)
`

test('a stale pid file whose pid now belongs to another program does not prevent a start', async () => {
  await withExistingData()
  const first = await start()
  const file = join(folder, 'data/postmaster.pid')
  const lines = (await readFile(file, 'utf8')).split('\n')
  await first.stop()
  await writeFile(file, [String(process.pid), ...lines.slice(1)].join('\n'))
  expect((await start()).adopted).toBe(false)
})

test('the remains of an initdb that was killed are removed', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['-p', 'process.pid'])
  const abandoned = join(folder, `data.part-${stdout.trim()}-x`)
  await mkdir(abandoned)
  await start()
  expect(existsSync(abandoned)).toBe(false)
})

test('a folder with other files is refused and left alone', async () => {
  await mkdir(join(folder, 'data'))
  await writeFile(join(folder, 'data/thesis.txt'), 'ten years')
  await expect(start()).rejects.toMatchObject({ code: 'data-directory-not-empty' })
  expect(existsSync(join(folder, 'data/thesis.txt'))).toBe(true)
})

test('data of another major version is refused', async () => {
  await (await start({ version: 15 })).stop()
  await expect(start({ version: 18 })).rejects.toMatchObject({ code: 'data-directory-other-version' })
})

test('a port in use is named', async () => {
  await withExistingData()
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as { port: number }
  await expect(start({ port })).rejects.toMatchObject({
    code: 'port-taken',
    what: expect.stringContaining(String(port)),
  })
  other.close()
})

test('a setting that the server refuses is reported with what it said', async () => {
  await withExistingData()
  await expect(start({ settings: { max_connections: 'many' } })).rejects.toMatchObject({
    code: 'start-failed',
    what: expect.stringContaining('max_connections'),
  })
})

test('log lines arrive one by one', async () => {
  await withExistingData()
  const lines: string[] = []
  const server = await start({ onLog: (line) => lines.push(line) })
  await server.stop()
  expect(lines.some((line) => line.includes('ready to accept connections'))).toBe(true)
})

test('in a folder that the server account cannot enter, the data lies in an open one, and it says which', async () => {
  await chmod(folder, 0o700)
  const asked = join(folder, 'data')
  const server = await start()
  expect(server.dataDir).toBe(isRoot ? standInFor(asked) : asked)
  expect(await ask(server.url(), 'show data_directory')).toBe(server.dataDir)
  await server.stop()
  await rm(server.dataDir, { recursive: true })
})
