import type { StandardSchemaV1 } from '@standard-schema/spec'
import { CascataError } from '../errors.ts'
import { encode } from './encode.ts'
import { isThenable, letGo } from './is-thenable.ts'
import type { Schema } from './schema.ts'

/**
 * JSON text of the data as it was given, once its definition's schema accepts what will be read back. What the schema makes
 * of it is thrown away: that is made at the claim, once, or a schema that transforms would be applied to its own output.
 * @throws CascataError `not-json`, `data-too-large`, `bad-data` with every issue, `async-schema`.
 */
export function checkedData(owner: string, schema: Schema, data: unknown): string {
  const json = encode(owner, data)
  validate(owner, schema, JSON.parse(json))
  return json
}

/**
 * Data for a handler: stored data as the schema transforms it. Each call parses the text anew, so that neither a schema
 * nor a handler changes what the next handler, or a repetition, is given.
 * @param stored JSON text.
 * @throws CascataError `bad-data` with every issue, `async-schema`.
 */
export function handlerData<S extends Schema>(
  owner: string,
  schema: S,
  stored: string,
): StandardSchemaV1.InferOutput<S> {
  return validate(owner, schema, JSON.parse(stored))
}

/** Any Standard Schema: zod, valibot, arktype …; https://standardschema.dev. */
function validate<S extends Schema>(owner: string, schema: S, data: unknown): StandardSchemaV1.InferOutput<S> {
  const result = schema['~standard'].validate(data)
  if (isThenable(result)) {
    letGo(result)
    throw new CascataError('async-schema', `The schema of "${owner}" answers with a promise.`, {
      fix: 'use a synchronous schema; look things up in the handler.',
    })
  }
  if (result.issues) {
    const issues = result.issues.map((issue) => {
      const path = issue.path?.map((step) => (typeof step === 'object' ? String(step.key) : String(step))).join('.')
      return `${path || '(the top)'}: ${issue.message}`
    })
    throw new CascataError('bad-data', `Data of "${owner}" does not match its schema: ${issues.join('; ')}.`, {
      why: 'Nothing was written.',
      fix: 'pass data that the schema accepts, or change the schema.',
    })
  }
  return result.value
}
