/** The words of the contract that are plain values. Apart from the schemas: a page that reads them carries no validator. */

export const KINDS = ['event', 'command', 'batch'] as const
export type Kind = (typeof KINDS)[number]

export const EVENT_STATUSES = ['pending', 'scheduled', 'processing', 'success', 'error'] as const
export const COMMAND_STATUSES = [
  'pending',
  'scheduled',
  'awaiting',
  'processing',
  'success',
  'recovered',
  'error',
  'cancelled',
  'unknown',
] as const
export const BATCH_STATUSES = ['pending', 'processing', 'success', 'error', 'cancelled'] as const
export type EventStatus = (typeof EVENT_STATUSES)[number]
export type CommandStatus = (typeof COMMAND_STATUSES)[number]
export type BatchStatus = (typeof BATCH_STATUSES)[number]
/** A status of any kind of record. */
export type Status = CommandStatus

export const ORIGIN_KINDS = ['event', 'command', 'reprocess', 'batch', 'batch-failure', 'schedule', 'direct'] as const
export type OriginKind = (typeof ORIGIN_KINDS)[number]

export const LANES = ['interactive', 'default', 'bulk'] as const

/** Ids say what they are: `evt_…`, `cmd_…`, `bat_…` before the UUID. */
export const PREFIXES = { event: 'evt_', command: 'cmd_', batch: 'bat_' } as const satisfies Record<Kind, string>

export const PAGE_SIZES = [10, 25, 50, 100, 250] as const

/** How far the chart looks back, and how wide its buckets are. */
export const WINDOWS = {
  '15m': { ms: 15 * 60_000, bucketMs: 15_000 },
  '1h': { ms: 3_600_000, bucketMs: 60_000 },
  '6h': { ms: 6 * 3_600_000, bucketMs: 300_000 },
  '24h': { ms: 24 * 3_600_000, bucketMs: 3_600_000 },
  '7d': { ms: 7 * 86_400_000, bucketMs: 6 * 3_600_000 },
  '30d': { ms: 30 * 86_400_000, bucketMs: 86_400_000 },
} as const
export type Window = keyof typeof WINDOWS
