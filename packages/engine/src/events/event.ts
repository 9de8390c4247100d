import type { StandardSchemaV1 } from '@standard-schema/spec'
import { encode } from '../definitions/encode.ts'
import type { Label } from '../definitions/label.ts'
import { definedAt, storedName } from '../definitions/stored-name.ts'
import { validate } from '../definitions/validate.ts'

/** A fact to be emitted: made by calling its definition, saved by `save(tx, entity)`. */
export interface EventValue<Name extends string = string> {
  readonly kind: 'event'
  readonly name: Name
  /** JSON text of the validated data. */
  readonly json: string
}

export interface EventType<Name extends string = string, S extends StandardSchemaV1 = StandardSchemaV1> {
  (data: StandardSchemaV1.InferInput<S>): EventValue<Name>
  readonly kind: 'event-type'
  readonly storedName: Name
  readonly schema: S
  readonly label: Label | undefined
  readonly definedAt: string | undefined
}

/**
 * Defines a domain event: a fact that committed, named in the past tense. `name` is stored and never changes.
 * Calling the definition validates the data.
 * @throws CascataError `bad-name` here; `bad-data`, `not-json`, `data-too-large` when called.
 */
export function event<const Name extends string, S extends StandardSchemaV1>(
  name: Name,
  schema: S,
  options: { label?: Label } = {},
): EventType<Name, S> {
  storedName(name)
  const make = (data: StandardSchemaV1.InferInput<S>): EventValue<Name> => ({
    kind: 'event',
    name,
    json: encode(name, validate(name, schema, data)),
  })
  return Object.assign(make, {
    kind: 'event-type' as const,
    storedName: name,
    schema,
    label: options.label,
    definedAt: definedAt(),
  })
}
