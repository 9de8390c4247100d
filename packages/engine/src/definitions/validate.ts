import type { StandardSchemaV1 } from '@standard-schema/spec'
import { CascataError } from '../errors.ts'
import { isThenable } from './is-thenable.ts'
import type { Schema } from './schema.ts'

/**
 * Data checked by its definition's schema (any Standard Schema: zod, valibot, arktype …; https://standardschema.dev).
 * @throws CascataError `bad-data` with every issue, `async-schema` when the schema answers with a promise.
 */
export function validate<S extends Schema>(owner: string, schema: S, data: unknown): StandardSchemaV1.InferOutput<S> {
  const result = schema['~standard'].validate(data)
  if (isThenable(result)) {
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
