/**
 * A RabbitMQ of a test's own: Debian's server with private ports and folders, as the account that it is made for. It ends
 * with the process that started it, and so does the port mapper (epmd) that Erlang would otherwise leave behind.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface RabbitMq {
  url: string
  /** Ends it without a word, as a crash does; what is durable stays. */
  kill(): Promise<void>
  /** After `kill`: at the same address, with what was durable. */
  startAgain(): Promise<void>
  stop(): Promise<void>
}

/** The script itself; what lies in the path changes the account and writes its log elsewhere. RABBITMQ_SERVER names another. */
const SERVER = process.env['RABBITMQ_SERVER'] ?? '/usr/lib/rabbitmq/bin/rabbitmq-server'
const SETPRIV = '/usr/bin/setpriv'
const READY_WITHIN_MS = 200_000

export async function startRabbitMq(): Promise<RabbitMq> {
  if (!existsSync(SERVER)) {
    throw new Error(
      `There is no ${SERVER}. Fix: apt-get install --no-install-recommends rabbitmq-server, or set RABBITMQ_SERVER.`,
    )
  }
  const account = process.getuid?.() === 0 ? await accountOf('rabbitmq') : undefined
  const folder = await mkdtemp(join(tmpdir(), 'rabbitmq-'))
  // Files of its own, or it would read those of the machine.
  for (const name of ['empty.conf', 'enabled_plugins']) {
    await writeFile(join(folder, name), name === 'enabled_plugins' ? '[].\n' : '')
  }
  if (account) for (const path of [folder, join(folder, 'enabled_plugins')]) await chown(path, account.uid, account.gid)
  const [port, distPort, epmdPort] = await freePorts()
  const env = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    LC_ALL: 'C.UTF-8',
    HOME: folder, // its cookie
    NOTIFY_SOCKET: 'none', // or its script would stay in front of it, and take the signals
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `test-${randomBytes(6).toString('hex')}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_CONF_ENV_FILE: join(folder, 'empty.conf'),
    RABBITMQ_CONFIG_FILE: join(folder, 'none'),
    // Two schedulers are enough for a test, and busy waiting would take a core from the others.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none',
  }
  const start = (program: string, args: string[]) => tied(program, args, { env, cwd: folder, account })
  const epmd = start('epmd', ['-address', '127.0.0.1', '-port', String(epmdPort)])
  let server: Running | undefined
  const stop = async () => {
    await server?.end('SIGTERM')
    await epmd.end('SIGTERM')
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  const open = async () => {
    server = start(SERVER, [])
    await ready(port, server)
  }
  try {
    await open()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    kill: async () => server?.end('SIGKILL'),
    startAgain: open,
    stop,
  }
}

interface Running {
  output: () => string
  ended: () => boolean
  end(signal: NodeJS.Signals): Promise<void>
}

type Account = { uid: number; gid: number }

/** Started so that the kernel ends it with us, even if we are killed. */
function tied(
  program: string,
  args: string[],
  { env, cwd, account }: { env: NodeJS.ProcessEnv; cwd: string; account: Account | undefined },
): Running {
  const drop = account ? [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'] : []
  const child: ChildProcess = existsSync(SETPRIV)
    ? spawn(SETPRIV, ['--pdeathsig=KILL', ...drop, program, ...args], { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    : spawn(program, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], ...account })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000)
    })
  }
  let over = false
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      output += error.message
      over = true
      resolve()
    })
    child.once('exit', () => {
      over = true
      resolve()
    })
  })
  return {
    output: () => output,
    ended: () => over,
    end: async (signal) => {
      if (!over) child.kill(signal)
      const hard = setTimeout(() => child.kill('SIGKILL'), 20_000)
      await exited
      clearTimeout(hard)
    },
  }
}

/** It speaks AMQP: whoever greets it with another protocol's header is told its own. */
async function ready(port: number, server: Running): Promise<void> {
  const until = performance.now() + READY_WITHIN_MS
  while (performance.now() < until && !server.ended()) {
    if (await speaks(port)) return
    await sleep(100)
  }
  throw new Error(`RabbitMQ did not start:\n${server.output()}`)
}

function speaks(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' }, () => socket.write('AMQP\u0000\u0000\u0000\u0000'))
    socket.setTimeout(2_000, () => socket.destroy())
    socket.once('data', (data) => {
      socket.destroy()
      resolve(data.subarray(0, 4).toString() === 'AMQP')
    })
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })
}

async function accountOf(name: string): Promise<Account> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((each) => each.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid === undefined || gid === undefined) throw new Error(`There is no account ${name}.`)
  return { uid: Number(uid), gid: Number(gid) }
}

/** Free a moment ago, and different from each other. */
async function freePorts(): Promise<[number, number, number]> {
  const servers = await Promise.all(
    [1, 2, 3].map(async () => {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports as [number, number, number]
}
