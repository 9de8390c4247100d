import type { StandardSchemaV1 } from '@standard-schema/spec'

/** Any definition's schema. `any`, since a schema's input is checked against its own definition, not against others'. */
// biome-ignore lint/suspicious/noExplicitAny: no other type has every schema as its subtype and lets data in.
export type Schema = StandardSchemaV1<any, any>
