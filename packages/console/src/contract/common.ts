/** What several endpoints share: statuses, ids, references, paging, time ranges. */
import { z } from 'zod'
import { COMMAND_STATUSES, KINDS, type Kind, PAGE_SIZES, PREFIXES } from './vocabulary.ts'

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const idOf = (kind: Kind) =>
  z
    .string()
    .regex(new RegExp(`^(${PREFIXES[kind]})?${UUID}$`, 'i'), { error: 'not-an-id' })
    .meta({ description: `UUID, with or without \`${PREFIXES[kind]}\` before it.` })

/** Ids as requests may give them. */
export const eventId = idOf('event')
export const commandId = idOf('command')
export const batchId = idOf('batch')
export const anyId = z
  .string()
  .regex(new RegExp(`^(evt_|cmd_|bat_)?${UUID}$`, 'i'), { error: 'not-an-id' })
  .meta({ description: 'UUID of an event, command or batch, with or without its prefix.' })
const tenantId = z.string().regex(new RegExp(`^${UUID}$`, 'i'), { error: 'not-an-id' })

/** Several values, separated by commas. */
const listOf = <T extends z.ZodType<string>>(item: T, max: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? [...new Set(value.split(',').filter((v) => v !== ''))] : value),
    z.array(item).min(1).max(max),
  )

export const typeName = z.string().min(1).max(200)
export const typesFilter = listOf(typeName, 20)
export const statusFilter = <const S extends readonly [string, ...string[]]>(statuses: S) =>
  listOf(z.enum(statuses), statuses.length)

/** An instant, or so long ago: `2026-05-04T12:00:00Z`, `-15m`, `-24h`, `-7d`. */
export const instantFilter = z
  .union([
    z.iso.datetime({ offset: true }).refine((text) => {
      const year = new Date(text).getUTCFullYear()
      return year >= 1970 && year < 10_000
    }),
    z.string().regex(/^-\d{1,5}[smhdw]$/),
  ])
  .meta({ description: 'ISO 8601 with an offset, or relative: -15m, -24h, -7d, -2w.' })

/** Filters that every list has. `from` ≤ time of the id < `to`; what an event's handler made has its event's time. */
export const listQuery = {
  tenant: tenantId.optional(),
  from: instantFilter.optional(),
  to: instantFilter.optional(),
  limit: z.coerce
    .number()
    .refine((n) => (PAGE_SIZES as readonly number[]).includes(n), { error: 'not-a-page-size' })
    .default(25),
  /** From `page.next` or `page.previous` of an earlier answer, with the same filters. */
  cursor: z.string().max(200).optional(),
}
export const tenantFilter = tenantId.optional()

export const instant = z.iso.datetime().meta({ description: 'UTC, with milliseconds.' })

export const labelSchema = z.object({ en: z.string(), pt: z.string() })
export type Label = z.output<typeof labelSchema>

export const tenantSchema = z.object({
  id: z.string(),
  /** Null when the application gave none. */
  name: z.string().nullable(),
})
export type Tenant = z.output<typeof tenantSchema>

/** What every record says of itself. `label` is null for types that the running code does not know: show `type` raw. */
export const namedType = { type: z.string(), label: labelSchema.nullable() }

/** A link to a record. */
export const refSchema = z.object({
  kind: z.enum(KINDS),
  id: z.string(),
  ...namedType,
  status: z.enum(COMMAND_STATUSES),
})
export type Ref = z.output<typeof refSchema>

export const commandRef = refSchema.extend({ kind: z.literal('command') })
export const eventRef = refSchema.extend({ kind: z.literal('event') })
export const batchRef = refSchema.extend({ kind: z.literal('batch') })

/** One page of a list, newest first. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    page: z.object({
      limit: z.int(),
      /** Cursor of the page with older records; null at the end. */
      next: z.string().nullable(),
      /** Cursor of the page with newer records; null when none were there. */
      previous: z.string().nullable(),
    }),
    /** When the database was read. */
    asOf: instant,
  })

export const errorSchema = z.object({
  class: z.string().nullable(),
  message: z.string().nullable(),
  stack: z.string().nullable(),
})
export type RecordedError = z.output<typeof errorSchema>

/** Data as JSON text, not parsed, so that no number loses digits; `bytes` of the whole. */
export const dataSchema = z.object({ json: z.string(), bytes: z.int() })
