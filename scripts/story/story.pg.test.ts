import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Story } from './play-story.ts'

vi.setConfig({ testTimeout: 600_000 })

const STORY = join(import.meta.dirname, '../story.ts')

function story(...args: string[]): Promise<{ code: number; last: string; said: string }> {
  return new Promise((resolve) => {
    // A data folder on which nothing runs: it starts a system of its own.
    const env = { ...process.env, DATA_DIR: join(import.meta.dirname, '../../.data/none') }
    execFile(process.execPath, [STORY, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, last: stdout.trim().split('\n').at(-1) ?? '', said: stderr })
    })
  })
}

test('a class is told once each, though e-mails fail and the Daemon is killed in the middle', async () => {
  // How soon a process is back depends on what else the machine does, other tests above all.
  const size = ['--students', '150', '--fail', '10']
  const { code, last, said } = await story(...size, '--kill', '3', '--seed', '7', '--resume', '60', '--json')
  const played = JSON.parse(last) as Story
  expect(played, said).toMatchObject({
    students: 150,
    events: 1,
    commands: 152,
    batches: 1,
    notifications: 2,
    recipients: 151,
    messages: 150,
    kills: { count: 3 },
    ok: true,
  })
  expect(played.retries).toBe(played.attempts - 150)
  expect(played.kills?.hits).toBeGreaterThanOrEqual(2)
  expect(code).toBe(0)
})

test.each([
  ['--students', '0'],
  ['--students', 'many'],
  ['--fail', '101'],
  ['--kill', '-1'],
  ['--studnets', '5'],
])('%s %s is refused, saying what there is', async (...args) => {
  const { code, said } = await story(...args)
  expect(code).toBe(2)
  expect(said).toContain(args[0])
  expect(said).toContain('--students n')
})
