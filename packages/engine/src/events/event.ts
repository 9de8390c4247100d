import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Label } from '../definitions/label.ts'
import { checkedSchema, type Schema } from '../definitions/schema.ts'
import { definedAt, storedName } from '../definitions/stored-name.ts'
import { checkedData } from '../definitions/validate.ts'

/** A fact to be emitted: made by calling its definition, saved by `save(tx, entity)`. */
export interface EventValue<Name extends string = string> {
  readonly kind: 'event'
  readonly name: Name
  /** JSON text of the data as it was given. */
  readonly json: string
}

/** What is known of an event's type, whatever its data. */
export interface EventDefinition<Name extends string = string, S extends Schema = Schema> {
  readonly kind: 'event-type'
  readonly storedName: Name
  readonly schema: S
  readonly label: Label | undefined
  readonly definedAt: string | undefined
}

/** A definition that is called with the data to make the fact. */
export interface EventType<Name extends string, S extends Schema> extends EventDefinition<Name, S> {
  (data: StandardSchemaV1.InferInput<S>): EventValue<Name>
}

/**
 * Defines a domain event: a fact that committed, named in the past tense. `name` is stored and never changes.
 * Calling the definition checks the data against the schema and keeps them as they were given, keys that the schema does
 * not know included; handlers are given what the schema makes of them when it runs (defaults, transforms), which is at each
 * claim.
 * @throws CascataError `bad-name`, `bad-option` here; `bad-data`, `not-json`, `data-too-large` when called.
 */
export function event<const Name extends string, S extends Schema>(
  name: Name,
  schema: S,
  options: { label?: Label } = {},
): EventType<Name, S> {
  storedName(name)
  checkedSchema(name, schema)
  const make = (data: StandardSchemaV1.InferInput<S>): EventValue<Name> => ({
    kind: 'event',
    name,
    json: checkedData(name, schema, data),
  })
  return Object.assign(make, {
    kind: 'event-type' as const,
    storedName: name,
    schema,
    label: options.label,
    definedAt: definedAt(),
  })
}
