import type { StandardSchemaV1 } from '@standard-schema/spec'
import { CascataError } from '../errors.ts'

/** Any definition's schema. `any`, since a schema's input is checked against its own definition, not against others'. */
// biome-ignore lint/suspicious/noExplicitAny: no other type has every schema as its subtype and lets data in.
export type Schema = StandardSchemaV1<any, any>

/** @throws CascataError `bad-option` for anything that is no Standard Schema. */
export function checkedSchema(owner: string, schema: Schema): void {
  if (typeof schema?.['~standard']?.validate === 'function') return
  throw new CascataError('bad-option', `"${owner}" is defined without a schema.`, {
    fix: 'pass a Standard Schema: of zod, valibot, arktype …',
  })
}
