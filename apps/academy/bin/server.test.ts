/** The server as the process that it is: what it says of settings with which it cannot work. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'

// Processes start slowly on a machine that does other things as well.
vi.setConfig({ testTimeout: 180_000 })

const WORKS = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' }

async function start(env: Record<string, string>): Promise<{ code: unknown; stderr: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'academy-server-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const program = join(import.meta.dirname, 'server.ts')
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program],
      { env: { PATH: process.env['PATH'], DATA_DIR: folder, ...env } },
      (error, _stdout, stderr) => resolve({ code: error?.code, stderr }),
    )
  })
}

test.each([
  ['of the database', {}, /^DATABASE_URL .*Fix: .*\n$/],
  ['of who runs it', { ...WORKS, OPERATOR_CONTACT: 'Maria' }, /^OPERATOR_CONTACT is "Maria"\. Fix: .*\n$/],
  ['of its integrations', { ...WORKS, RABBITMQ_URL: 'http://x' }, /^RABBITMQ_URL .*Fix: .*\n$/],
  ['of mail', { ...WORKS, MAIL_URL: 'gopher://x' }, /^\[mail-url-invalid\] MAIL_URL is "gopher:\/\/x"\..*Fix: .*\n$/],
])('a wrong setting %s is told in one line', async (_of, env, line) => {
  expect(await start(env)).toEqual({ code: 1, stderr: expect.stringMatching(line) })
})
