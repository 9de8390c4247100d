/** Input that a contract takes, made from its schema: for tests that walk every operation. */
import { z } from 'zod'

type Schema = {
  type?: string
  format?: string
  pattern?: string
  enum?: unknown[]
  const?: unknown
  examples?: unknown[]
  example?: unknown
  minimum?: number
  items?: Schema
  properties?: Record<string, Schema>
  anyOf?: Schema[]
  oneOf?: Schema[]
}

/** A value that the schema takes, with every field that it has. */
function valueFor(schema: Schema, name = ''): unknown {
  const given = schema.example ?? schema.examples?.[0] ?? schema.const ?? schema.enum?.[0]
  if (given !== undefined) return given
  const [first] = schema.anyOf ?? schema.oneOf ?? []
  if (first) return valueFor(first, name)
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, each]) => [key, valueFor(each, key)]),
      )
    case 'array':
      return [valueFor(schema.items ?? {}, name)]
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
  if (pattern?.includes('[0-5]')) return '19:00'
  if (name === 'url') return 'https://example.org/hook'
  if (name === 'token') return 'a'.repeat(43)
  return 'Texto'
}

/** Ids in it are of nothing that exists. */
export const sampleOf = (schema: z.ZodType): unknown =>
  valueFor(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema)
