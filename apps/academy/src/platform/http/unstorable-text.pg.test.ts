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

const BAD_TEXTS = { 'U+0000': 'a\u0000b', 'half a pair': 'a\ud800b' }
/** Taken, or refused by a rule; never our fault. */
const ODD_TEXTS = { 'turned around': 'a\u202eb', long: 'x'.repeat(10_000) }

type Change = { where: string; value: unknown }

/** The sample once for each text in it, with this text in its place. */
function withText(value: unknown, text: string, where: string): Change[] {
  if (typeof value === 'string') return [{ where, value: text }]
  if (Array.isArray(value)) {
    return value.flatMap((each, index) =>
      withText(each, text, `${where}.${index}`).map((change) => ({
        ...change,
        value: value.with(index, change.value),
      })),
    )
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) =>
    withText(each, text, where ? `${where}.${key}` : key).map((change) => ({
      ...change,
      value: { ...value, [key]: change.value },
    })),
  )
}

const operations = routes
  // Streams read no body, and hold the connection.
  .filter(({ kind }) => kind !== 'stream-route')
  .map(({ contract }) => contract)

const addressOf = (pattern: string) =>
  pattern.replace(':periodId', '2031.1').replace(/:\w+/g, '019a0000-0000-7000-8000-000000000000')

async function statusOf(contract: (typeof operations)[number], path: string, body?: unknown): Promise<number> {
  const [method = ''] = contract.path.split(' ')
  const person = contract.roles.map((role) => people[role]).find(Boolean)
  const send = person ? person.fetch : academy.fetch
  const response = await send(path, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  await response.body?.cancel()
  return response.status
}

const withBody = operations.filter(({ body }) => body !== undefined)

test.each(withBody.map((contract) => [contract.path, contract] as const))(
  '%s: the sample is what it takes',
  (_, { body }) => {
    expect(body?.safeParse(sampleOf(body as z.ZodType)).error?.issues).toBeUndefined()
  },
)

test.each(withBody.map((contract) => [contract.path, contract] as const))(
  '%s: no text of a body is our fault',
  async (_, contract) => {
    const sample = sampleOf(contract.body as z.ZodType)
    const path = addressOf(contract.path.split(' ')[1] ?? '')
    for (const [name, text] of Object.entries(BAD_TEXTS)) {
      for (const { where, value } of withText(sample, text, '')) {
        // What is asked for too often says so first.
        expect.soft([422, 429], `${where}: ${name}`).toContain(await statusOf(contract, path, value))
      }
    }
    for (const [name, text] of Object.entries(ODD_TEXTS)) {
      for (const { where, value } of withText(sample, text, '')) {
        expect.soft(await statusOf(contract, path, value), `${where}: ${name}`).toBeLessThan(500)
      }
    }
  },
)

test('nor one of an address', async () => {
  for (const contract of operations) {
    const [, pattern = ''] = contract.path.split(' ')
    const body = contract.body && sampleOf(contract.body)
    for (const text of ['a%00b', 'a%ed%a0%80b', 'a%e2%80%aeb', 'x'.repeat(10_000)]) {
      const params = pattern.match(/:\w+/g) ?? []
      const paths = params.map((param) => addressOf(pattern.replace(param, text)))
      const names = Object.keys(contract.query?.shape ?? {})
      paths.push(...names.map((name) => `${addressOf(pattern)}?${name}=${text}`))
      for (const path of paths) {
        expect.soft(await statusOf(contract, path, body), `${contract.path} at ${path.slice(0, 200)}`).toBeLessThan(500)
      }
    }
  }
})

test('nor one of a sign-in', async () => {
  for (const text of [...Object.values(BAD_TEXTS), ...Object.values(ODD_TEXTS)]) {
    for (const body of [
      { email: `${text}@uni.example`, password: 'x' },
      { email: 'a@uni.example', password: text },
    ]) {
      const headers = { 'content-type': 'application/json' }
      const init = { method: 'POST', headers, body: JSON.stringify(body) }
      expect
        .soft((await academy.fetch('/api/auth/sign-in/email', init)).status, JSON.stringify(body).slice(0, 90))
        .toBeLessThan(500)
    }
  }
})

test('what is wrong is named at its field', async () => {
  const response = await people['staff']?.fetch('/offerings', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-language': 'en' },
    body: JSON.stringify({
      ...(sampleOf(
        routes.find(({ contract }) => contract.path === 'POST /offerings')?.contract.body as z.ZodType,
      ) as object),
      periodId: 'a\u0000b',
    }),
  })
  expect(await response?.json()).toMatchObject({
    status: 422,
    errors: [{ field: 'periodId', code: 'invalid-format', message: 'This text holds characters that cannot be kept.' }],
  })
})
