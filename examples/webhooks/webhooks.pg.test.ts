import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../scripts/testing/fresh-database.ts'

test('a webhook is signed, and tried again under the same id', { timeout: 60_000 }, async () => {
  const database = await freshDatabase()
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { ...process.env, DATABASE_URL: database.url },
  })
  await database.drop()
  expect(stdout).toBe(await readFile(join(import.meta.dirname, 'expected-output.txt'), 'utf8'))
})
