import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

vi.setConfig({ testTimeout: 60_000 })

/** A clone in which nothing is installed, and an npm that takes as long as the test likes. */
let clone: string
const started: ChildProcess[] = []
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'cascata-setup-'))
  mkdirSync(join(clone, 'scripts'))
  copyFileSync(join(import.meta.dirname, 'setup.mjs'), join(clone, 'scripts/setup.mjs'))
  writeFileSync(join(clone, 'scripts/flow.ts'), `console.log('the verb ran')`)
  const lock = JSON.stringify({ packages: { 'node_modules/one': { version: '1.0.0' } } })
  writeFileSync(join(clone, 'package-lock.json'), lock)
  writeFileSync(
    join(clone, 'npm.mjs'),
    `import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
     appendFileSync('npm.log', 'begins ' + process.pid + '\\n')
     rmSync('node_modules', { recursive: true, force: true })
     while (!existsSync('go-on')) await new Promise((resolve) => setTimeout(resolve, 20))
     mkdirSync('node_modules')
     writeFileSync('node_modules/.package-lock.json', ${JSON.stringify(lock)})
     appendFileSync('npm.log', 'ends\\n')`,
  )
})
afterEach(() => {
  for (const each of started.splice(0)) each.kill('SIGKILL')
  writeFileSync(join(clone, 'go-on'), '')
  rmSync(clone, { recursive: true, force: true, maxRetries: 20 })
})

const goOn = () => writeFileSync(join(clone, 'go-on'), '')
const npmLog = () => (existsSync(join(clone, 'npm.log')) ? readFileSync(join(clone, 'npm.log'), 'utf8') : '')

function setUp() {
  const env = { ...process.env, npm_execpath: join(clone, 'npm.mjs'), npm_node_execpath: process.execPath }
  const child = spawn(process.execPath, [join(clone, 'scripts/setup.mjs'), 'flow'], { env })
  started.push(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      said += text
    })
  }
  const ended = new Promise<{ code: number | null; said: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, said })),
  )
  return { child, said: () => said, ended }
}

const WAITS = /Process \d+ is installing packages in this clone; waiting for it/

test('several at once install once: the others wait, and find the packages there', async () => {
  const all = [setUp(), setUp(), setUp()]
  await vi.waitFor(() => expect(all.filter(({ said }) => WAITS.test(said()))).toHaveLength(2), 30_000)
  await vi.waitFor(() => expect(npmLog()).toMatch(/^begins \d+\n$/), 30_000)
  goOn()
  for (const { ended } of all) {
    expect(await ended).toMatchObject({ code: 0, said: expect.stringContaining('the verb ran') })
  }
  expect(npmLog()).toMatch(/^begins \d+\nends\n$/)
  expect(existsSync(join(clone, '.installing'))).toBe(false)
})

test('an install goes on as long as its npm does, also when its start was killed', async () => {
  const first = setUp()
  await vi.waitFor(() => expect(npmLog()).toMatch(/begins/), 30_000)
  await vi.waitFor(() => expect(JSON.parse(readFileSync(statementOf(first.child), 'utf8'))).toHaveLength(2), 30_000)
  const gone = once(first.child, 'exit')
  first.child.kill('SIGKILL')
  await gone
  const second = setUp()
  await vi.waitFor(() => expect(second.said()).toMatch(WAITS), 30_000)
  goOn()
  expect(await second.ended).toMatchObject({ code: 0, said: expect.stringContaining('the verb ran') })
  expect(npmLog()).toMatch(/^begins \d+\nends\n$/)
})

function statementOf({ pid }: ChildProcess): string {
  const folder = join(clone, '.installing')
  const name = readdirSync(folder).find((each) => each.startsWith(`${pid}-`))
  return join(folder, name ?? 'none')
}

test.each([
  ['that is gone', () => [{ pid: 4_194_305, begun: '1' }]], // above what Linux gives
  ['whose id another has by now', () => [{ pid: process.pid, begun: '1' }]],
])('the statement of an install %s is taken over', async (_, stale) => {
  mkdirSync(join(clone, '.installing'))
  writeFileSync(join(clone, '.installing/4194305-1'), JSON.stringify(stale()))
  goOn()
  const { code, said } = await setUp().ended
  expect(code).toBe(0)
  expect(said).not.toMatch(WAITS)
  expect(npmLog()).toMatch(/^begins \d+\nends\n$/)
  expect(existsSync(join(clone, '.installing'))).toBe(false)
})

test('a failed install lets the next one try', async () => {
  const npm = readFileSync(join(clone, 'npm.mjs'), 'utf8')
  writeFileSync(join(clone, 'npm.mjs'), 'process.exit(3)')
  const failed = await setUp().ended
  expect(failed).toMatchObject({ code: 3, said: expect.stringContaining('npm ci failed') })
  expect(existsSync(join(clone, '.installing'))).toBe(false)
  writeFileSync(join(clone, 'npm.mjs'), npm)
  goOn()
  expect(await setUp().ended).toMatchObject({ code: 0 })
})
