import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../scripts/testing/fresh-database.ts'
import { type RabbitMq, startRabbitMq } from '../../scripts/testing/rabbitmq-server.ts'

let rabbit: RabbitMq
beforeAll(async () => {
  rabbit = await startRabbitMq()
}, 240_000)
afterAll(() => rabbit?.stop(), 60_000)

test('an event is published once the broker has confirmed it', { timeout: 60_000 }, async () => {
  const database = await freshDatabase()
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { ...process.env, DATABASE_URL: database.url, RABBITMQ_URL: rabbit.url },
  })
  await database.drop()
  expect(stdout).toBe(await readFile(join(import.meta.dirname, 'expected-output.txt'), 'utf8'))
})
