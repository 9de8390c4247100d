/**
 * From a bare clone to a running verb: `node scripts/setup.mjs <verb> …arguments`, which is what every npm script calls.
 * Plain JavaScript for Node 20 or later, since it runs before anything is installed. In order:
 *
 *   packages   `npm ci`, when what is installed is not what package-lock.json says; one at a time in a clone
 *   Debian     Chromium, PostgreSQL 15 and RabbitMQ, for verbs that test, when they are missing
 *   Node       the one that the packages bring
 *   the verb   in place of this process where Node can do that, else as a child that gets every signal
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const installing = join(root, '.installing')
const script = (name) => [join(root, `scripts/${name}.ts`)]

const [verb, ...args] = process.argv.slice(2)
const verbs = {
  start: { does: 'database, demo data, API, daemon and client', runs: script('start'), listens: true },
  dev: { does: 'the same, reloading what changes', runs: script('dev'), listens: true },
  serve: {
    does: 'the academy in production: docs/guides/deploy.md',
    runs: script('serve'),
    listens: !args.includes('--administrator'),
  },
  test: {
    does: 'the tests; arguments choose files: `npm test -- create-class-activity`',
    runs: [vitest, 'run'],
    tests: true,
  },
  check: { does: 'all that CI does', runs: script('check'), tests: true },
  flow: { does: 'prints what is wired to what', runs: script('flow') },
  story: { does: 'tells the main flow, step by step', runs: script('story') },
  bench: {
    does: 'measures the engine against its peers',
    runs: [join(root, 'bench/bench.ts')],
    tests: ['engine-pg15'], // Debian's PostgreSQL brings pgbench
  },
  cascata: { does: 'the command line: partitions, trace, reprocess', runs: script('cascata') },
  'bench:activities': { does: 'times publishing an activity', runs: [join(root, 'bench/activities.ts')] },
  'bench:retention': { does: 'times how a week of history goes', runs: [join(root, 'bench/retention.ts')] },
  'bench:console': { does: 'times the console with a million commands', runs: [join(root, 'bench/console.ts')] },
}

process.chdir(root)
await main()

async function main() {
  const chosen = Object.hasOwn(verbs, verb ?? '') ? verbs[verb] : undefined
  if (!chosen) {
    const list = Object.entries(verbs).map(([name, { does }]) => `  npm run ${name.padEnd(16)} ${does}`)
    fail(2, `${verb ? `There is no verb "${verb}".` : 'Which verb?'} These are:`, ...list)
  }
  if (!packagesMatchLock()) {
    if (chosen.listens) await needPort()
    await alone(async (alsoBusy) => {
      if (!packagesMatchLock()) await installPackages(alsoBusy)
    })
  }
  if (chosen.tests) await installFromDebian(programsFor(chosen.tests === true ? projectsIn(args) : chosen.tests))
  await become(nodeOfThePackages(), [...chosen.runs, ...args])
}

// Packages

/** Compares names and versions, not times: a checkout touches the lock, and an install that changed nothing does not. */
function packagesMatchLock() {
  const wanted = lockedPackages('package-lock.json')
  const installed = lockedPackages('node_modules/.package-lock.json')
  if (!wanted || !installed) return false
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (!path.includes('node_modules/')) return true // the root, or a workspace's own folder
    const found = installed[path]
    return found ? found.version === version : optional === true // optional: made for another platform
  })
}

/** Minutes of installing are lost on who is then told that the port is taken. Every other fault of it is the start's to explain. */
async function needPort() {
  const port = Number(process.env.PORT || 3000)
  const host = process.env.HOST || '127.0.0.1'
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return
  const code = await new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(error.code))
    server.listen(port, host, () => server.close(() => resolve(undefined)))
  })
  if (code !== 'EADDRINUSE') return
  fail(
    1,
    'Error   port-in-use',
    `What    Port ${port} on ${host} is taken.`,
    'Why     Another program listens there, and two cannot share a port.',
    `Fix     stop what listens there, or choose another: PORT=${port + 1} npm run ${verb}`,
  )
}

function lockedPackages(file) {
  if (!existsSync(file)) return undefined
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return undefined // an install that was interrupted
  }
}

/** @param alsoBusy is told the id of npm, which goes on when this process is killed. */
async function installPackages(alsoBusy) {
  say('Installing packages (npm ci: 170 MB are downloaded, 770 MB on disk; a minute or a few) …')
  // The npm that runs us, on the Node that runs it: the one in node_modules is about to be replaced.
  const npm = process.env.npm_execpath
  const [program, first] = npm ? [process.env.npm_node_execpath ?? process.execPath, [npm]] : ['npm', []]
  const code = await run(program, [...first, 'ci', '--loglevel=error'], { stdio: ['ignore', 2, 2] }, alsoBusy)
  if (code !== 0) fail(code, 'npm ci failed. Nothing can run without the packages.')
}

// One install at a time: `npm ci` begins by removing node_modules, from under another one too

/**
 * Runs `work` while no other process of this clone is in here. Each states itself in a file of its own, then looks for others:
 * of two that come at once, the later to state itself sees the other, and whoever sees another withdraws and looks again after a
 * while. A file whose processes are gone counts for nothing, and whoever finds it removes it.
 */
async function alone(work) {
  const own = `${process.pid}-${Date.now()}`
  const file = join(installing, own)
  const pids = [process.pid]
  const state = () => {
    mkdirSync(installing, { recursive: true })
    writeFileSync(file, JSON.stringify(pids.map((pid) => ({ pid, begun: begunOf(pid) }))))
  }
  const withdraw = () => {
    rmSync(file, { force: true })
    try {
      rmdirSync(installing)
    } catch {
      // others are in it
    }
  }
  process.on('exit', withdraw)
  let isTold = false
  for (;;) {
    retried(state)
    const other = otherThan(own)
    if (other === undefined) break
    withdraw()
    if (!isTold) say(`Process ${other} is installing packages in this clone; waiting for it …`)
    isTold = true
    await sleep(200 + 200 * Math.random())
  }
  await work((pid) => {
    pids.push(pid)
    state()
  })
  withdraw()
  process.off('exit', withdraw)
}

/** The folder goes when the last leaves it, which may be between our making it and our writing into it. */
function retried(write) {
  for (let left = 20; ; left--) {
    try {
      return write()
    } catch (error) {
      if (error.code !== 'ENOENT' || left === 0) throw error
    }
  }
}

/** The process that is busy, if any but ours is. */
function otherThan(own) {
  for (const name of readdirSync(installing)) {
    if (name === own) continue
    let stated
    try {
      stated = JSON.parse(readFileSync(join(installing, name), 'utf8'))
    } catch {
      // Gone, or being written: by its name.
      const pid = Number(name.split('-')[0])
      if (!existsSync(join(installing, name))) continue
      stated = [{ pid, begun: begunOf(pid) }]
    }
    const busy = stated.find(({ pid, begun }) => isAlive(pid) && begunOf(pid) === begun)
    if (busy) return busy.pid
    rmSync(join(installing, name), { force: true })
  }
  return undefined
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** When a process began, where the system tells: after a restart of the machine, another has its id. */
function begunOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

// Programs that tests need and npm does not have

/** @param projects of vitest; none: all of them. */
function programsFor(projects) {
  const chromium = {
    path: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
    packages: ['chromium-headless-shell', 'fonts-dejavu-core', 'fonts-noto-color-emoji'],
    variable: 'CHROMIUM (the program)',
    projects: ['page', 'page-throttled'],
  }
  const postgres15 = {
    path: join(process.env.CASCATA_POSTGRES_15_BIN ?? '/usr/lib/postgresql/15/bin', 'postgres'),
    packages: ['postgresql-15'],
    variable: 'CASCATA_POSTGRES_15_BIN (the folder of its programs)',
    projects: ['pg', 'engine-pg15'],
  }
  const rabbitmq = {
    path: process.env.RABBITMQ_SERVER ?? '/usr/lib/rabbitmq/bin/rabbitmq-server',
    packages: ['rabbitmq-server'],
    variable: 'RABBITMQ_SERVER (the script in the folder of its programs)',
    projects: ['academy', 'pg'],
  }
  const nginx = {
    path: process.env.NGINX ?? '/usr/sbin/nginx',
    packages: ['nginx-light'],
    variable: 'NGINX (the program)',
    projects: ['pg'],
  }
  const all = [chromium, postgres15, rabbitmq, nginx]
  return projects.length === 0 ? all : all.filter((program) => program.projects.some((name) => projects.includes(name)))
}

function projectsIn(testArgs) {
  return testArgs.flatMap((arg, i) => {
    if (arg === '--project') return [testArgs[i + 1]]
    return arg.startsWith('--project=') ? [arg.slice('--project='.length)] : []
  })
}

async function installFromDebian(programs) {
  const missing = programs.filter(({ path }) => !existsSync(path))
  if (missing.length === 0) return
  const packages = missing.flatMap((program) => program.packages)
  const command = `apt-get install --no-install-recommends ${packages.join(' ')}`
  const advice = [
    `Missing: ${missing.map(({ path }) => path).join(', ')}.`,
    `On Debian 12:  ${command}`,
    ...missing.map(({ variable }) => `If it is installed elsewhere, set ${variable}.`),
    'Tests that need none of them:  npm test -- --project unit',
  ]
  if (process.getuid?.() !== 0) fail(1, 'The tests need programs that only root can install.', ...advice)
  if (!existsSync('/usr/bin/apt-get')) {
    fail(1, 'The tests need programs, and there is no apt-get to install them with.', ...advice)
  }
  say(`Installing from Debian: ${packages.join(' ')} …`)
  const apt = (...words) =>
    run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=600', ...words], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  doNotStartServices()
  const updated = await apt('update')
  const code = updated || (await apt('install', '-y', '--no-install-recommends', ...packages))
  if (code !== 0) fail(1, 'apt-get failed.', ...advice)
}

/** Debian starts a database server when it installs one. We want the programs only. Undone when this process ends. */
function doNotStartServices() {
  const policy = '/usr/sbin/policy-rc.d'
  if (existsSync(policy)) return
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  process.on('exit', () => rmSync(policy))
}

// Node, and the verb itself

function nodeOfThePackages() {
  const brought = join(root, 'node_modules/.bin/node')
  if (existsSync(brought)) return brought
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  return fail(
    1,
    `Node 24 is needed and this is ${process.version}; for this platform npm brings none. Install Node 24.`,
  )
}

async function become(program, programArgs) {
  // `node` in whatever the verb starts must be the same one.
  const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` }
  if (process.execve) process.execve(program, [program, ...programArgs], env)
  process.exit(await run(program, programArgs, { stdio: 'inherit', env }))
}

/** Runs a program and gives its exit code. It gets every signal that we get, and when it has ended of one, so do we. */
async function run(program, programArgs, options, onStarted = () => {}) {
  const child = spawn(program, programArgs, options)
  if (child.pid !== undefined) onStarted(child.pid)
  let signalled
  const pass = (signal, number) => {
    signalled = number
    // Ctrl-C reaches the whole foreground group, the child too, and a second one would make it skip its clean-up.
    if (!(signal === 'SIGINT' && process.stdin.isTTY)) child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, pass)
  const code = await new Promise((resolve) => {
    child.on('error', (error) => fail(1, `${program}: ${error.message}`))
    child.on('exit', (exitCode, signal) => resolve(exitCode ?? 128 + constants.signals[signal]))
  })
  for (const signal of signals) process.off(signal, pass)
  if (signalled) process.exit(128 + signalled)
  return code
}

function say(...lines) {
  process.stderr.write(`${lines.join('\n')}\n`)
}

function fail(code, ...lines) {
  say(...lines)
  process.exit(code)
}
