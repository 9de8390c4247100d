/** The mailbox as the process that it is, killed as processes are. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createMailer } from '../platform/mail/create-mailer.ts'
import { mailSettings } from '../platform/mail/mail-settings.ts'

const program = fileURLToPath(new URL('../../bin/mailbox.ts', import.meta.url))

// Processes start slowly on a machine that does other things as well.
vi.setConfig({ testTimeout: 180_000 })

let folder: string
const running: ChildProcess[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailbox-process-'))
})
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
  await rm(folder, { recursive: true, force: true })
})

interface Started {
  child: ChildProcess
  url: string
  smtp: string
  page: string
}

function run(env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, MAILBOX_DATA: folder, MAILBOX_PORT: '0', MAILBOX_SMTP_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  return child
}

async function start(env: Record<string, string> = {}): Promise<Started> {
  const child = run(env)
  let output = ''
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (data) => {
      output += data
    })
    child.stdout?.on('data', (data) => {
      output += data
      const ready = /^mailbox ready {2}page (\S+) {2}http (\S+) {2}smtp (\S+)$/m.exec(output)
      if (ready) resolve({ child, page: ready[1] ?? '', url: ready[2] ?? '', smtp: ready[3] ?? '' })
    })
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${output}`)))
  })
}

const settings = { MAIL_FROM: 'no-reply@academy.example', MAIL_API_KEY: 'any' }

test.each(['http', 'smtp'] as const)(
  'SIGKILL while %s delivers: whatever was acknowledged is there, once',
  async (via) => {
    const acknowledged: string[] = []
    const attempted: string[] = []
    for (let round = 0; round < 2; round++) {
      const mailbox = await start()
      const mailer = createMailer(
        mailSettings({ ...settings, MAIL_URL: via === 'http' ? `mail+${mailbox.url}` : `smtp://${mailbox.smtp}` }),
      )
      const enough = acknowledged.length + 50
      const deliver = async () => {
        for (;;) {
          const key = randomUUID()
          attempted.push(key)
          await mailer.send({
            to: 'ana@student.example',
            subject: 'x',
            text: 'x',
            html: `<p>${'x'.repeat(20_000)}</p>`,
            key,
          })
          acknowledged.push(key)
          if (acknowledged.length === enough) mailbox.child.kill('SIGKILL')
        }
      }
      // Each ends with the error that the kill causes.
      await Promise.allSettled(Array.from({ length: 8 }, deliver))
      if (mailbox.child.signalCode === null) await once(mailbox.child, 'exit')
      expect(mailbox.child.signalCode).toBe('SIGKILL')
      await mailer.close()
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(100)

    const mailbox = await start()
    const stored: string[] = []
    let after = ''
    do {
      const page = (await (
        await fetch(`${mailbox.url}/api/messages?limit=250${after && `&after=${after}`}`)
      ).json()) as {
        items: { key: string }[]
        next: string | null
      }
      stored.push(...page.items.map((item) => item.key))
      after = page.next ?? ''
    } while (after)
    expect(new Set(stored).size).toBe(stored.length)
    expect(acknowledged.filter((key) => !stored.includes(key))).toEqual([])
    expect(stored.filter((key) => !attempted.includes(key))).toEqual([])
  },
)

test('SIGTERM: ends by itself with 0, though a page is watching', async () => {
  const { child, url, page } = await start({ MAILBOX_BASE: '/inbox' })
  expect(page).toBe(`${url}/inbox`)
  expect((await fetch(page)).status).toBe(200)
  const watching = await fetch(`${url}/api/stream`)
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
  await watching.body?.cancel().catch(() => {})
})

const taken = async () => ({ MAILBOX_PORT: new URL((await start()).url).port })

test.each<[what: string, env: () => Promise<Record<string, string>>, words: RegExp]>([
  ['a port that is taken', taken, /\[mailbox-port-taken\] Port \d+ is taken\. Fix: /],
  [
    'a number that cannot be',
    async () => ({ MAILBOX_KEEP: 'many' }),
    /\[mailbox-setting-invalid\] MAILBOX_KEEP is "many"\. Fix: /,
  ],
  [
    'an address that is none',
    async () => ({ MAILBOX_REJECTS: 'igor@student.example, igor' }),
    /\[mailbox-setting-invalid\] MAILBOX_REJECTS is "igor@student.example, igor"\. Fix: /,
  ],
])('%s: says so and ends with 1', async (_, given, words) => {
  const env = await given()
  const child = run(env)
  let output = ''
  child.stderr?.on('data', (data) => {
    output += data
  })
  const [code] = await once(child, 'close')
  expect(code).toBe(1)
  expect(output).toMatch(words)
})
