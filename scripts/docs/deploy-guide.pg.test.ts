/**
 * Follows docs/guides/deploy.md as it is written, block by block, with Debian's nginx and PostgreSQL. What a test must not do
 * to the machine that it runs on is in two lists, SUBSTITUTED and LEFT_OUT; whatever they do not name is run.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { type RequestOptions, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type RunningPostgres, startPostgres } from '@cascata/dev-postgres'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { codeShown } from '../../apps/academy/test-support/authenticator-app.ts'
import { buildPages, pagesAreBuilt } from '../start/pages.ts'
import { tryPort } from '../start/ports.ts'
import { codeBlocks, inRepository, ROOT } from './documents.ts'

const SLOW_MS = 300_000
vi.setConfig({ testTimeout: SLOW_MS, hookTimeout: SLOW_MS })

const GUIDE = 'docs/guides/deploy.md'
const NGINX = process.env['NGINX'] ?? '/usr/sbin/nginx'
const DEBIAN = process.env['CASCATA_POSTGRES_15_BIN'] ?? '/usr/lib/postgresql/15/bin'
const NAME = 'school.example'

/** What belongs to the machine: nothing is installed, no account made, no certificate asked for. Each is in the guide. */
const LEFT_OUT = [
  /^sudo apt-get install /,
  /^sudo useradd /,
  /^sudo git (clone|pull)\b/,
  /^sudo npm ci$/,
  /^sudo certbot /,
  /^sudoedit /,
  /^sudo systemctl daemon-reload$/,
]

let folder: string
let postgres: RunningPostgres
let ports: { http: number; https: number; api: number }
let certificate: string
const running = new Map<string, ChildProcess>()
const said: string[] = []

/** Paths, ports, owners of files, and the names under which two programs are called. */
const SUBSTITUTED = (): [RegExp | string, string][] => [
  [/ -o \w+ -g \w+| -g academy/g, ''],
  ['docs/guides/deploy/', `${folder}/guide/`],
  [/\/(etc\/(academy|nginx|systemd|letsencrypt)|var\/(lib|backups)\/academy|var\/www)/g, `${folder}$&`],
  ['/opt/academy', ROOT],
  ['127.0.0.1:5432', `127.0.0.1:${postgres.port}`],
  ['127.0.0.1:3000', `127.0.0.1:${ports.api}`],
  ['PORT="3000"', `PORT="${ports.api}"`],
  ['listen 80;', `listen 127.0.0.1:${ports.http};`],
  ['listen 443 ', `listen 127.0.0.1:${ports.https} `],
  [`https://${NAME}`, `https://${NAME}:${ports.https}`],
  ['nginx -t', `${NGINX} -t -q -p ${folder} -c ${folder}/etc/nginx/nginx.conf`],
]

const substituted = (text: string) => SUBSTITUTED().reduce((changed, [from, to]) => changed.replaceAll(from, to), text)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'academy-deploy-'))
  await chmod(folder, 0o755)
  const free = () => tryPort('127.0.0.1', 0)
  ports = { http: await free(), https: await free(), api: await free() }
  postgres = await startPostgres({ dataDir: join(folder, 'postgres'), version: 15, unsafeFast: true })
  if (!(await pagesAreBuilt())) await buildPages(new AbortController().signal)
  await asDebianHasIt()
})
afterAll(async () => {
  for (const child of running.values()) await ended(child)
  await postgres?.stop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

/** What is on such a server before anybody has read the guide, and what certbot leaves there. */
async function asDebianHasIt(): Promise<void> {
  const nginx = join(folder, 'etc/nginx')
  const live = join(folder, `etc/letsencrypt/live/${NAME}`)
  for (const path of [
    join(nginx, 'sites-available'),
    join(nginx, 'sites-enabled'),
    live,
    join(folder, 'etc/systemd/system'),
  ]) {
    await mkdir(path, { recursive: true })
  }
  await mkdir(join(folder, 'programs'))
  // `sudo` as the one who may do all: the other accounts of the guide are not on this machine.
  await writeFile(join(folder, 'programs/sudo'), '#!/bin/sh\n[ "$1" = -u ] && shift 2\nexec "$@"\n', { mode: 0o755 })
  await writeFile(
    join(nginx, 'nginx.conf'),
    `pid ${folder}/nginx.pid;\nerror_log stderr warn;\ndaemon off;\n${process.getuid?.() === 0 ? 'user root;\n' : ''}events {}\nhttp {\naccess_log off;\n` +
      ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map((kind) => `${kind}_temp_path ${folder}/tmp-${kind};\n`)
        .join('') +
      `include ${nginx}/sites-enabled/*;\n}\n`,
  )
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`],
    ...['-keyout', join(live, 'privkey.pem'), '-out', join(live, 'fullchain.pem')],
  ])
  certificate = await readFile(join(live, 'fullchain.pem'), 'utf8')
  await cp(join(ROOT, 'docs/guides/deploy'), join(folder, 'guide'), { recursive: true })
  for (const name of await readdir(join(folder, 'guide'))) {
    const file = join(folder, 'guide', name)
    await writeFile(file, substituted(await readFile(file, 'utf8')))
  }
}

/** The guide's blocks under a heading, run in their order; gives what they wrote. */
async function follow(heading: string): Promise<string> {
  const text = await inRepository(GUIDE)
  const from = text.split('\n').indexOf(`## ${heading}`) + 1
  expect(from, `There is no heading "${heading}".`).toBeGreaterThan(0)
  const next = text.split('\n').findIndex((line, index) => index >= from && line.startsWith('## '))
  const blocks = (await codeBlocks(GUIDE)).filter(
    ({ language, line }) => language === 'sh' && line > from && (next === -1 || line < next),
  )
  expect(blocks.length).toBeGreaterThan(0)
  let wrote = ''
  for (const block of blocks) wrote += await followBlock(block.text)
  return wrote
}

async function followBlock(text: string): Promise<string> {
  let wrote = ''
  let lines: string[] = []
  const type = async () => {
    if (lines.length > 0) wrote += await bash(substituted(lines.join('\n')))
    lines = []
  }
  for (const line of text.split('\n')) {
    if (LEFT_OUT.some((left) => left.test(line))) continue
    if (line.includes('vite.js build')) continue // done above, beside what others serve meanwhile
    const [, verb, units] = /^sudo systemctl (enable --now|restart|reload) (.+)$/.exec(line) ?? []
    if (!verb) {
      lines.push(line)
      continue
    }
    await type()
    for (const unit of units?.split(' ') ?? []) await systemctl(verb, unit)
  }
  await type()
  return wrote
}

async function bash(script: string): Promise<string> {
  const env = {
    ...process.env,
    PATH: `${folder}/programs:${DEBIAN}:${process.env['PATH']}`,
    PGHOST: '127.0.0.1',
    PGPORT: String(postgres.port),
    ...superuser(),
  }
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { env, cwd: ROOT })
  return stdout
}

const superuser = () => {
  const { username, password } = new URL(postgres.url())
  return { PGUSER: decodeURIComponent(username), ...(password ? { PGPASSWORD: decodeURIComponent(password) } : {}) }
}

/** As systemd would: what the unit needs first, then its command with its settings, and nothing of this environment. */
async function systemctl(verb: string, unit: string): Promise<void> {
  if (unit === 'nginx') return nginxReloaded()
  const before = running.get(unit)
  if (verb === 'restart' && before) await ended(before)
  const text = await readFile(join(folder, `etc/systemd/system/${unit}.service`), 'utf8')
  const of = (name: string) => new RegExp(`^${name}=(.+)$`, 'm').exec(text)?.[1] ?? ''
  for (const needed of of('Requires').split(' ').filter(Boolean))
    await systemctl('start', needed.replace('.service', ''))
  const command = `set -a; . ${of('EnvironmentFile')}; exec ${of('ExecStart')}`
  const child = spawn('sh', ['-c', command], {
    cwd: of('WorkingDirectory'),
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (words) => said.push(String(words)))
  if (of('Type') !== 'oneshot') {
    running.set(unit, child)
    return
  }
  const code = await new Promise((resolve) => child.once('close', resolve))
  expect(code, said.join('')).toBe(0)
}

async function nginxReloaded(): Promise<void> {
  const nginx = spawn(NGINX, ['-p', folder, '-c', join(folder, 'etc/nginx/nginx.conf')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  nginx.stderr.on('data', (words) => said.push(String(words)))
  running.set('nginx', nginx)
  await expect.poll(() => tryPort('127.0.0.1', ports.https).catch(() => 'taken'), { timeout: 30_000 }).toBe('taken')
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const over = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGTERM')
  await over
}

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string }
type Asked = {
  method?: 'POST' | 'PUT'
  body?: object
  cookie?: string
  from?: string
  name?: string
  firstPiece?: boolean
}

/** As a browser that believes the certificate's issuer. */
function ask(
  path: string,
  { method = 'POST', body, cookie, from = '127.0.0.1', name = NAME, firstPiece = false }: Asked = {},
): Promise<Answer> {
  const options: RequestOptions = {
    host: '127.0.0.1',
    port: ports.https,
    servername: NAME,
    localAddress: from,
    ca: certificate,
    path,
    agent: false,
    method: body ? method : 'GET',
    headers: { host: `${name}:${ports.https}`, 'content-type': 'application/json', ...(cookie ? { cookie } : {}) },
  }
  return new Promise((resolve, reject) => {
    const asked = request(options, (response) => {
      let text = ''
      const give = () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      response.on('data', (chunk) => {
        text += chunk
        if (!firstPiece) return
        give()
        asked.destroy()
      })
      response.on('end', give)
    })
    asked.on('error', reject)
    asked.end(body && JSON.stringify(body))
  })
}

const signIn = (password: string, { from, code }: { from?: string; code?: string | undefined } = {}) =>
  ask('/api/auth/sign-in/email', {
    body: { email: `you@${NAME}`, password, ...(code ? { code } : {}) },
    ...(from ? { from } : {}),
  })
const cookieOf = ({ headers }: Answer) =>
  [headers['set-cookie'] ?? []]
    .flat()
    .map((line) => line.split(';')[0])
    .join('; ')
const isUp = () => expect.poll(async () => (await ask('/health')).status, { timeout: 60_000 }).toBe(200)

test('every line that the test leaves out is in the guide', async () => {
  const lines = (await codeBlocks(GUIDE)).flatMap(({ text }) => text.split('\n'))
  for (const left of LEFT_OUT)
    expect(
      lines.some((line) => left.test(line)),
      String(left),
    ).toBe(true)
})

test('the guide, from the first command to the restored backup', async () => {
  await follow('Programs, account, code')
  await follow('Database and settings')
  const health = await follow('Processes')
  expect(JSON.parse(health)).toMatchObject({ status: 'up', parts: { daemon: { status: 'up' } } })
  await follow('TLS')

  // Headers, the name, and what a stranger is told.
  const page = await ask('/')
  expect(page.status).toBe(200)
  expect(page.headers).toMatchObject({
    'strict-transport-security': expect.stringContaining('max-age='),
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("default-src 'self'"),
  })
  expect(JSON.parse((await ask('/health')).text)).toEqual({ status: 'up' })
  expect((await ask('/api/me', { name: 'evil.example' })).status).not.toBe(200)
  expect((await ask('/mailbox')).status).toBe(404)
  expect((await ask('/demo-institutions', { body: {} })).status).toBe(404)

  // The administrator comes in by the printed link, and signs in.
  const printed = await follow('The first administrator')
  const token = new RegExp(`^https://${NAME}:${ports.https}/app/choose-password\\?token=([\\w-]+)$`, 'm').exec(
    printed,
  )?.[1]
  const password = 'mangue vermelho na chuva 2026'
  expect(await ask('/passwords', { body: { token, password } })).toMatchObject({ status: 200 })
  const signedIn = await signIn(password)
  expect(signedIn.status, signedIn.text).toBe(200)
  const cookie = cookieOf(signedIn)
  expect(String(signedIn.headers['set-cookie'])).toMatch(/__Host-.+; Secure/i)
  expect(JSON.parse((await ask('/api/me', { cookie })).text)).toMatchObject({ role: 'administrator' })

  // Until they have set up an authenticator app nothing else is open.
  expect((await ask('/adm/api/stream', { cookie })).status).toBe(401)
  const put = (path: string, body: object) => ask(`/api/me/authenticator${path}`, { method: 'PUT', body, cookie })
  const { secret } = JSON.parse((await put('', {})).text) as { secret: string }
  const confirmed = await put('/confirmation', { code: codeShown(secret) })
  const { recoveryCodes: codes } = JSON.parse(confirmed.text) as { recoveryCodes: string[] }
  expect((await signIn(password)).status).toBe(401)

  // A stream's first piece arrives while the stream is open.
  const stream = await ask('/adm/api/stream', { cookie, firstPiece: true })
  expect(stream).toMatchObject({
    status: 200,
    headers: { 'content-type': expect.stringContaining('text/event-stream') },
  })

  // Each client behind the proxy is counted alone.
  const wrong = []
  for (let n = 0; n < 9; n++) wrong.push((await signIn(`wrong ${n}`, { from: '127.0.0.66' })).status)
  expect(wrong.at(-1)).toBe(429)
  expect((await signIn(password, { from: '127.0.0.67', code: codes[0] })).status).toBe(200)

  // The backup, restored beside the first database: everybody signs in there.
  await follow('Backup and restore')
  await isUp()
  const back = await signIn(password, { code: codes[1] })
  expect(back.status, back.text).toBe(200)
  const { stdout } = await promisify(execFile)(
    join(DEBIAN, 'psql'),
    [
      '-Atc',
      "select count(*) from pg_stat_activity where datname = 'academy'",
      '-h',
      '127.0.0.1',
      '-p',
      String(postgres.port),
      '-d',
      'postgres',
    ],
    { env: { ...process.env, ...superuser() } },
  )
  expect(stdout.trim(), 'sessions of the first database').toBe('0')

  await follow('Upgrade')
  await isUp()
  expect((await signIn(password, { code: codes[2] })).status).toBe(200)
})

test('systemd finds no fault in the units', async () => {
  if (!existsSync('/usr/bin/systemd-analyze')) return
  const units = (await readdir(join(ROOT, 'docs/guides/deploy'))).filter((name) => name.endsWith('.service'))
  const files = units.map((name) => join(folder, 'guide', name))
  const { stderr } = await promisify(execFile)('systemd-analyze', ['verify', '--man=no', ...files])
  const faults = stderr
    .split('\n')
    .filter((line) => units.some((name) => line.includes(name)) && !line.includes('not-found'))
  expect(faults).toEqual([])
})
