/** What a field names and is not there makes the field invalid; not found is what the address names. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { z } from 'zod'
import { oneOfEachRole } from '../../../test-support/one-of-each-role.ts'
import { sampleOf } from '../../../test-support/sample-of.ts'
import { type Academy, type SignedIn, startAcademy } from '../../../test-support/start-academy.ts'
import { routes } from '../../app.ts'

let academy: Academy
let people: Record<string, SignedIn>
beforeAll(async () => {
  academy = await startAcademy()
  people = await oneOfEachRole(academy)
})
afterAll(() => academy?.stop())

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-/

/** An activity is added to a class, which another teacher's is as little as none; and a term may have no window open. */
const OTHERWISE: Record<string, string> = {
  'POST /activities': '404 class-not-found',
  'PUT /enrollment': '404 enrollment-period-not-found',
}

const withIds = routes
  .filter(({ kind }) => kind === 'route')
  .map(({ contract }) => contract)
  .filter(({ params, body }) => !params && body && UUID.test(JSON.stringify(sampleOf(body as z.ZodType))))

test('there are operations to walk', () => {
  expect(withIds.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['POST /classes', 'POST /students', 'POST /offerings', 'POST /payments/charges']),
  )
})

test.each(withIds.map((contract) => [contract.path, contract] as const))('%s', async (_, { path, roles, body }) => {
  const [method = '', address = ''] = path.split(' ')
  const person = roles.map((role) => people[role]).find(Boolean) as SignedIn
  const response = await person.fetch(address, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(sampleOf(body as z.ZodType)),
  })
  const { code, errors = [] } = (await response.json()) as { code: string; errors?: { field: string; code: string }[] }
  const otherwise = OTHERWISE[path]
  if (otherwise) return expect(`${response.status} ${code}`).toBe(otherwise)
  expect(`${response.status} ${code}`).toMatch(/^422 .*-not-found$|^422 invalid-/)
  expect(errors.length).toBeGreaterThan(0)
})
