/**
 * Runs the whole system until somebody ends it:
 *
 *     settings, named ports → PostgreSQL and the client's files → roles, migrations, demonstration data
 *     → the other ports → mailbox, payment gateway, API, Daemon → all parts healthy → where to go
 *     → a signal → API and Daemon drained → mailbox → PostgreSQL
 *
 * Whatever goes wrong on the way, what was started is stopped again.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Pools } from '../../apps/academy/src/platform/database/pools.ts'
import { type Database, embeddedDatabase, givenDatabase } from './database.ts'
import { buildPages, pagesAreBuilt } from './pages.ts'
import { needPort, tryPort, usualPort } from './ports.ts'
import {
  type Addresses,
  bin,
  createProcesses,
  hasMailbox,
  hasPaymentSimulator,
  mailboxUrl,
  type Processes,
} from './processes.ts'
import { watchSources } from './reload.ts'
import { runTool } from './run-tool.ts'
import { claimDataDir, releaseDataDir } from './running-file.ts'
import { type StartKind, type StartSettings, startSettings } from './settings.ts'
import { errorText, StartError } from './start-error.ts'
import type { Change } from './supervised.ts'
import { framed, type Terminal, terminal } from './terminal.ts'

const HEALTHY_WITHIN_MS = 30_000
const LOOK_EVERY_MS = 100
/** The Daemon gives running handlers 15 s; requests and streams end at once. */
const GRACE_MS = 20_000
/** Where mailbox and gateway listen, and the API behind the reloading client. */
const LOCAL = '127.0.0.1'
/** Whoever loses more has a neighbour who takes whatever we choose. */
const PORTS_LOST_MAX = 5

interface SignIn {
  role: 'teacher' | 'student' | 'staff' | 'administrator'
  name: string
  email: string
  password: string
}

/** @returns the exit code. */
export async function runSystem(args: string[], kind: StartKind): Promise<number> {
  const out = terminal(process.stdout, process.env)
  const stopping = new AbortController()
  const undo: (() => Promise<unknown>)[] = []
  let killNow = () => {}
  const onSignal = () => {
    if (!stopping.signal.aborted) {
      out.clear()
      out.line()
      out.line(`  ${out.paint('dim', 'Stopping; once more to stop at once')}`)
      stopping.abort()
      return
    }
    killNow()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  process.once('exit', () => killNow())

  let code = 0
  try {
    const settings = startSettings(args, process.env, kind)
    out.line(`${out.paint('bold', 'Cascata')}  ${out.paint('dim', `Node ${process.versions.node}`)}`)
    out.line()
    const begunMs = performance.now()
    if (settings.administrator === undefined) {
      await start(settings, out, stopping, undo, (processes) => {
        killNow = () => {
          for (const each of processes.all) each.killNow()
        }
      })
      const seconds = ((performance.now() - begunMs) / 1000).toFixed(1)
      out.line(`  ${out.paint('dim', `Ready after ${seconds} s. Ctrl-C stops everything.`)}`)
      out.line()
      await aborted(stopping.signal)
    } else await inviteAdministrator(settings, settings.administrator, out, stopping.signal)
  } catch (error) {
    if (!stopping.signal.aborted) {
      stopping.abort()
      out.clear()
      process.stderr.write(`\n${errorText(error)}\n`)
      code = error instanceof StartError && error.code === 'bad-argument' ? 2 : 1
    }
  }
  const begunMs = performance.now()
  for (const stop of undo.reverse()) {
    await stop().catch((error: unknown) => {
      process.stderr.write(`${errorText(error)}\n`)
      code = 1
    })
  }
  if (undo.length > 0)
    out.line(`  ${out.paint('dim', `Stopped in ${((performance.now() - begunMs) / 1000).toFixed(1)} s.`)}`)
  return code
}

async function start(
  settings: StartSettings,
  out: Terminal,
  stopping: AbortController,
  undo: (() => Promise<unknown>)[],
  onProcesses: (processes: Processes) => void,
): Promise<void> {
  const { dataDir, host } = settings
  const note = (text: string) => out.line(`  ${out.paint('yellow', '!')} ${text}`)
  if (settings.kind === 'serve') await mayServe(settings)
  const record = await claimDataDir(dataDir)
  await needNamedPorts(settings)

  // When one fails, the other is ended and waited for: nothing may still be starting when we clean up.
  const failing = new AbortController()
  const opening = out.step(
    'PostgreSQL',
    async () => {
      const found = await openDatabase(settings, note)
      undo.push(found.stop)
      return found
    },
    ({ description }) => description,
  )
  const building = pagesReady(settings, out, AbortSignal.any([stopping.signal, failing.signal]))
  for (const each of [opening, building]) each.catch(() => failing.abort())
  await Promise.allSettled([opening, building])
  const database = await opening
  await building
  if (stopping.signal.aborted) return
  const prepare = () => prepareDatabase(settings, database.url, stopping.signal)
  const { demo, signIns, empty } = await out.step('Roles, migrations, data', prepare, ({ demo: made }) =>
    made ? 'Roles, migrations, demonstration data' : 'Roles and migrations up to date',
  )

  if (settings.isPublic) await out.step('Passwords', () => noPublishedPassword(settings, database.url))

  const known = { ready: false, url: settings.publicUrl, mailboxUrl: '', databaseUrl: database.url }
  const pids: Record<string, number> = {}
  let ready = false
  let processes: Processes | undefined
  undo.push(async () => {
    await releaseDataDir(dataDir)
    if (processes) await stopAll(processes)
  })
  const lost: number[] = []
  for (;;) {
    // As late as can be: until they listen, others may take the ports.
    const all = { ...(await addressesOf(settings, lost)), databaseUrl: database.url }
    known.mailboxUrl = hasMailbox(settings) ? mailboxUrl(all) : ''
    processes = createProcesses(settings, all, {
      onTrouble: (name, text) => {
        // While it starts, the error holds all that was said.
        if (ready && !stopping.signal.aborted) out.line(`  ${out.paint('red', name.padEnd(8))} ${text}`)
      },
      onChange: (name, change) => {
        if (change.kind === 'started') pids[name] = change.pid
        else if (!stopping.signal.aborted) out.line(told(name, change, out))
        if (change.kind !== 'died') record({ ...known, ready, processes: pids }).catch(() => {})
      },
    })
    onProcesses(processes)
    const starting = processes.all.map((each) =>
      out.step(
        each.name,
        () => each.start(),
        () => `${each.name}, process ${each.pid}`,
      ),
    )
    try {
      await Promise.race([Promise.all(starting), aborted(stopping.signal)])
      break
    } catch (error) {
      const port = takenPort(error)
      if (port === undefined || lost.push(port) > PORTS_LOST_MAX) throw error
      await stopAll(processes)
      await needNamedPorts(settings)
      note(`Port ${port} was taken in the meantime; starting again on others`)
    }
  }
  if (stopping.signal.aborted) return
  await healthy(`http://${reachable(host)}:${settings.port}/health`, stopping.signal)
  if (demo) await demoWork(settings, database.url, out, stopping.signal)
  if (stopping.signal.aborted) return
  ready = true
  await record({ ...known, ready, processes: pids })

  out.line()
  const card = welcome(settings, { signIns, isEmpty: empty, mailboxUrl: known.mailboxUrl })
  for (const line of framed(card, out)) out.line(line)
  out.line()
  if (settings.reload) reloading(processes, prepare, out, note, stopping.signal)
}

const openDatabase = (settings: StartSettings, note: (text: string) => void): Promise<Database> =>
  settings.databaseUrl ? givenDatabase(settings.databaseUrl) : embeddedDatabase(settings.dataDir, note)

/** Fails before anything is started where a port is taken that nothing else can stand in for. */
async function needNamedPorts(settings: StartSettings): Promise<void> {
  const { host, port, ...named } = settings
  await needPort('PORT', host, port)
  if (named.mailboxPort && hasMailbox(settings)) await needPort('MAILBOX_PORT', LOCAL, named.mailboxPort)
  if (named.mailboxSmtpPort && hasMailbox(settings)) await needPort('MAILBOX_SMTP_PORT', LOCAL, named.mailboxSmtpPort)
  if (named.paymentGatewayPort && hasPaymentSimulator(settings))
    await needPort('PAYMENT_GATEWAY_PORT', LOCAL, named.paymentGatewayPort)
}

/** @param lost ports that were free when we looked, and not when they were to be used. */
async function addressesOf(settings: StartSettings, lost: readonly number[]): Promise<Omit<Addresses, 'databaseUrl'>> {
  const { port, reload } = settings
  const taken = [port, ...lost]
  const choose = async (named: number | undefined, usual: number) => {
    const chosen = named ?? (await usualPort(LOCAL, usual, taken))
    taken.push(chosen)
    return chosen
  }
  const mailboxPort = await choose(settings.mailboxPort, 3025)
  const mailboxSmtpPort = await choose(settings.mailboxSmtpPort, 3026)
  const paymentGatewayPort = await choose(settings.paymentGatewayPort, 3027)
  return { mailboxPort, mailboxSmtpPort, paymentGatewayPort, apiPort: reload ? await tryPort(LOCAL, 0) : port }
}

/** The port for which a process gave up, as it says itself. */
function takenPort(error: unknown): number | undefined {
  const said = error instanceof StartError ? /\bPort (\d+) is taken\b/.exec(error.what)?.[1] : undefined
  return said === undefined ? undefined : Number(said)
}

async function stopAll({ pages, api, daemon, mailbox, gateway }: Processes): Promise<void> {
  await Promise.all([pages, api, daemon].map((each) => each?.stop(GRACE_MS)))
  // Last: the Daemon's last e-mails and orders go there.
  await Promise.all([mailbox, gateway].map((each) => each?.stop(GRACE_MS)))
}

async function pagesReady(settings: StartSettings, out: Terminal, signal: AbortSignal): Promise<void> {
  if (settings.reload || (await pagesAreBuilt())) return
  await out.step(
    'Building the client',
    () => buildPages(signal),
    () => 'Client built',
  )
}

async function prepareDatabase(settings: StartSettings, databaseUrl: string, signal: AbortSignal) {
  const args = [...bin('prepare'), ...(settings.demo ? ['--demo'] : [])]
  const env = {
    ...process.env,
    ...own(settings, databaseUrl),
    ...(settings.isDemonstration ? { DEMO_ACCOUNTS: 'on' } : {}),
  }
  const text = await runTool(args, env, signal).catch((error: Error) => {
    if (signal.aborted) throw error
    const [what = '', fix] = error.message.split(/\s+Fix: /)
    throw new StartError('database-not-ready', what, fix ?? 'correct what it says, and start again.', error)
  })
  return JSON.parse(text.trim().split('\n').at(-1) ?? '') as Prepared
}

type Prepared = { demo: object | null; signIns: SignIn[] /** Nobody has an account yet. */; empty: boolean }

/** What every program of ours is told, whatever it is for. */
const own = ({ dataDir, host, port, publicUrl }: StartSettings, databaseUrl: string): NodeJS.ProcessEnv => ({
  DATABASE_URL: databaseUrl,
  DATA_DIR: dataDir,
  HOST: host,
  PORT: String(port),
  PUBLIC_URL: publicUrl,
  MAILBOX_URL: '',
})

/** @throws ProductionError, MailSettingsError, SettingError: whatever is not safe, before anything is started. */
async function mayServe(settings: StartSettings): Promise<void> {
  const { checkAddress } = await import('../../apps/academy/src/platform/production.ts')
  const { mailSettings } = await import('../../apps/academy/src/platform/mail/mail-settings.ts')
  const { readSettings } = await import('../../apps/academy/src/platform/settings.ts')
  const env = { ...process.env, ...own(settings, settings.databaseUrl ?? '') }
  checkAddress(await readSettings(env), env)
  mailSettings(process.env)
}

/** @throws ProductionError `demo-password`. */
async function noPublishedPassword(settings: StartSettings, databaseUrl: string): Promise<void> {
  const { checkPasswords } = await import('../../apps/academy/src/platform/production.ts')
  await withPools(settings, databaseUrl, (pools) => checkPasswords(pools.auth))
}

/** The day's work of the demonstration's people is carried out now, so that there is something to see wherever one looks. */
async function demoWork(
  settings: StartSettings,
  databaseUrl: string,
  out: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { followDemoWork } = await import('../../apps/academy/src/demo/follow-demo-work.ts')
  await withPools(settings, databaseUrl, (pools) =>
    out.step(
      'Work of the demonstration',
      (tell) =>
        followDemoWork(pools, {
          signal,
          tell: ({ succeeded, left }) => tell(`${succeeded} commands done, ${left} left`),
        }),
      ({ succeeded, failed }) =>
        `Work of the demonstration: ${succeeded} commands${failed > 0 ? `, and ${failed} that failed` : ''}`,
    ),
  )
}

async function withPools<T>(
  settings: StartSettings,
  databaseUrl: string,
  run: (pools: Pools) => Promise<T>,
): Promise<T> {
  const { openPools } = await import('../../apps/academy/src/platform/database/pools.ts')
  const { readSettings } = await import('../../apps/academy/src/platform/settings.ts')
  const { database } = await readSettings({ ...process.env, ...own(settings, databaseUrl) })
  const pools = openPools(database)
  return run(pools).finally(() => pools.close())
}

/** The first administrator, or one who lost their password: a link that is shown here and nowhere else. */
async function inviteAdministrator(settings: StartSettings, address: string, out: Terminal, signal: AbortSignal) {
  const { databaseUrl = '', withoutAuthenticator } = settings
  await givenDatabase(databaseUrl)
  await prepareDatabase(settings, databaseUrl, signal)
  const env = { ...process.env, ...own(settings, databaseUrl) }
  const args = withoutAuthenticator ? [address, '--without-authenticator'] : [address]
  const links = await runTool([...bin('administrator'), ...args], env, signal).catch((error: Error) => {
    const [what = '', fix = 'correct what it says.'] = error.message.split(/\s+Fix: /)
    throw new StartError('bad-argument', what, fix, error)
  })
  const said = withoutAuthenticator ? 'comes in' : 'is administrator'
  out.line(`  ${address} ${said} once a password is chosen here; the link works once, for a day:`)
  out.line()
  for (const link of links.trim().split('\n')) out.line(`  ${link}`)
}

/** All parts up, as the server itself says on the public port. */
async function healthy(url: string, signal: AbortSignal): Promise<void> {
  let last = 'no answer'
  for (const untilMs = performance.now() + HEALTHY_WITHIN_MS; performance.now() < untilMs; ) {
    if (signal.aborted) return
    try {
      const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]) })
      if (response.ok) return
      last = await response.text()
    } catch (error) {
      last = (error as Error).message
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
  }
  throw new StartError('not-healthy', `${url} says: ${last}`, 'read the logs in the data folder.')
}

function reloading(
  processes: Processes,
  prepare: () => Promise<unknown>,
  out: Terminal,
  note: (text: string) => void,
  signal: AbortSignal,
): void {
  watchSources(async ({ files, migrations, mailbox }) => {
    const [first, ...rest] = files
    out.line(`  ${out.paint('cyan', '↻')} ${first}${rest.length > 0 ? ` and ${rest.length} more` : ''}`)
    try {
      if (migrations) await prepare()
    } catch (error) {
      return note(errorText(error))
    }
    const changed = [processes.api, processes.daemon, ...(mailbox && processes.mailbox ? [processes.mailbox] : [])]
    await Promise.all(changed.map((each) => each.restart(GRACE_MS)))
  }, signal)
}

function told(name: string, change: Exclude<Change, { kind: 'started' }>, out: Terminal): string {
  const at = out.paint('dim', new Date().toTimeString().slice(0, 8))
  return change.kind === 'died'
    ? `  ${out.paint('red', '✖')} ${at} ${name} ended (${change.how}); starting it again in ${change.waitMs} ms`
    : `  ${out.paint('green', '✔')} ${at} ${name} is back as process ${change.pid}, after ${(change.afterMs / 1000).toFixed(1)} s`
}

const ROLES = { teacher: 'Teacher', student: 'Student', staff: 'Academic staff', administrator: 'System administrator' }

type Found = { signIns: SignIn[]; isEmpty: boolean; mailboxUrl: string }

function welcome(settings: StartSettings, { signIns, isEmpty, mailboxUrl }: Found): Parameters<typeof framed>[0] {
  const { publicUrl: url, isDemonstration, isPublic, kind } = settings
  const rows: [string, string][] = [
    ['Application', url],
    ...(mailboxUrl
      ? [['Mailbox', isDemonstration ? `${url}/mailbox` : `${mailboxUrl}/mailbox`] as [string, string]]
      : []),
    ['Console', `${url}/adm`],
    ['API reference', `${url}/docs`],
    ['Health', `${url}/health`],
  ]
  const shown = isDemonstration ? signIns : []
  const people: [string, string][] = shown.map(({ role, email }) => [ROLES[role], email])
  const wide = Math.max(...[...rows, ...people].map(([name]) => name.length)) + 3
  const lines = (pairs: [string, string][]) => pairs.map(([name, value]) => ({ text: `${name.padEnd(wide)}${value}` }))
  const notes = [
    ...(isDemonstration
      ? [
          'A demonstration, for this machine alone: fictional people, a published password,',
          'and a mailbox that needs no sign-in. For production: docs/guides/deploy.md',
        ]
      : []),
    ...(!isDemonstration && isEmpty
      ? [
          'Nobody has an account yet. The first administrator gets a link by',
          '  npm run serve -- --administrator you@school.example',
        ]
      : []),
    ...(kind !== 'serve' && isPublic
      ? ['Others can reach this address, and it is not made for that: docs/guides/deploy.md']
      : []),
    ...(mailboxUrl && !isDemonstration
      ? ['E-mails stay in the mailbox on this machine: MAIL_URL names no provider.']
      : []),
  ]
  return [
    { text: 'The academy is ready', style: 'bold' },
    { text: '' },
    ...lines(rows),
    ...(people.length > 0
      ? [
          { text: '' },
          { text: `Sign in with the password ${shown[0]?.password}`, style: 'bold' as const },
          ...lines(people),
        ]
      : []),
    ...(notes.length > 0 ? [{ text: '' }, ...notes.map((text) => ({ text }))] : []),
  ]
}

const reachable = (host: string) => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host)

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
