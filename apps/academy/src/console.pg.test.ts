/** The console as the academy mounts it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Academy, startAcademy } from '../test-support/start-academy.ts'
import { DEMO_ADMINISTRATOR } from './demo/people.ts'

let academy: Academy
beforeAll(async () => {
  academy = await startAcademy()
})
afterAll(() => academy?.stop())

test('a change whose length is not said beforehand is of the person who sends it', async () => {
  const administrator = await academy.signIn(DEMO_ADMINISTRATOR)
  const body = new Blob([JSON.stringify({ reason: 'again' })]).stream()
  const response = await administrator.fetch('/adm/api/commands/019a0000-0000-7000-8000-000000000000/reprocess', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    duplex: 'half',
  } as RequestInit)
  expect([response.status, await response.json()]).toMatchObject([404, { code: 'not-found' }])
})
