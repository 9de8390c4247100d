import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import {
  type Academy,
  SERRA,
  type SignedIn,
  STUDENT,
  startAcademy,
  TEACHER,
} from '../../../test-support/start-academy.ts'
import { routes } from '../../app.ts'

let academy: Academy
let people: Record<string, SignedIn>
beforeAll(async () => {
  academy = await startAcademy()
  people = {
    staff: await academy.signIn(SERRA.staff),
    teacher: await academy.signIn(TEACHER),
    student: await academy.signIn(STUDENT),
  }
})
afterAll(() => academy?.stop())

const BAD_TEXTS = { 'U+0000': 'a\u0000b', 'half a pair': 'a\ud800b' }
/** Taken, or refused by a rule; never our fault. */
const ODD_TEXTS = { 'turned around': 'a\u202eb', long: 'x'.repeat(10_000) }

type Schema = {
  type?: string
  format?: string
  pattern?: string
  enum?: unknown[]
  const?: unknown
  examples?: unknown[]
  example?: unknown
  minimum?: number
  minLength?: number
  minItems?: number
  items?: Schema
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  propertyNames?: Schema
  required?: string[]
  anyOf?: Schema[]
  oneOf?: Schema[]
}

/** By the pattern that a field has, where no example stands with it. */
const PATTERNED: Record<string, string> = { hour: '19:00', https: 'https://example.org/hook' }

/** A value that the schema takes, with every field that it has. */
function sampleOf(schema: Schema, name = ''): unknown {
  const given = schema.example ?? schema.examples?.[0] ?? schema.const ?? schema.enum?.[0]
  if (given !== undefined) return given
  const [first] = schema.anyOf ?? schema.oneOf ?? []
  if (first) return sampleOf(first, name)
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, each]) => [key, sampleOf(each, key)]),
      )
    case 'array':
      return [sampleOf(schema.items ?? {}, name)]
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, 1)
    case 'boolean':
      return true
    case 'string':
      return textOf(schema, name)
    default:
      return 1
  }
}

function textOf({ format, pattern }: Schema, name: string): string {
  if (format === 'uuid') return '019a0000-0000-7000-8000-000000000000'
  if (format === 'date') return '2031-02-20'
  if (format === 'email' || name === 'email') return 'someone@uni.example'
  if (name === 'password') return 'Forte-Senha-2026'
  if (pattern?.includes('[0-5]')) return PATTERNED['hour'] as string
  if (name === 'url') return PATTERNED['https'] as string
  if (name === 'token') return 'a'.repeat(43)
  return 'Texto'
}

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

const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema

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
    expect(body?.safeParse(sampleOf(schemaOf(body))).error?.issues).toBeUndefined()
  },
)

test.each(withBody.map((contract) => [contract.path, contract] as const))(
  '%s: no text of a body is our fault',
  async (_, contract) => {
    const sample = sampleOf(schemaOf(contract.body as z.ZodType))
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
    const body = contract.body && sampleOf(schemaOf(contract.body))
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
        schemaOf(routes.find(({ contract }) => contract.path === 'POST /offerings')?.contract.body as z.ZodType),
      ) as object),
      periodId: 'a\u0000b',
    }),
  })
  expect(await response?.json()).toMatchObject({
    status: 422,
    errors: [{ field: 'periodId', code: 'invalid-format', message: 'This text holds characters that cannot be kept.' }],
  })
})
