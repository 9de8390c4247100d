// The whole public API, in the order of the path: entity → event → handler → command → batch → what happened.
export { CascataError, ERROR_CODES, type ErrorCode } from './errors.ts'
export type { Schema } from './definitions/schema.ts'
export type { Label } from './definitions/label.ts'
export type { Duration } from './definitions/duration.ts'
export { correctClock, derivedUuid, SINGLE_TENANT, uuidv7 } from './definitions/uuid.ts'

export { Entity, type EntityRow } from './outbox/entity.ts'
export { save, type SaveOptions } from './outbox/save.ts'
export { addToBatch, enqueue, type EnqueueOptions, sealBatch } from './outbox/enqueue.ts'
export { asTx, type KyselyLike, type PgLike, type Rows, type Tx, type TxHandle } from './postgres/tx.ts'

export { event, type EventDefinition, type EventType, type EventValue } from './events/event.ts'
export { type EventContext, type EventHandler, type EventHandlerOptions, on } from './events/on.ts'
export {
  type DiscardEventOptions,
  discardParkedEvent,
  reprocessEvent,
  type ReprocessEventOptions,
} from './events/reprocess-event.ts'

export {
  command,
  type CommandCallOptions,
  type CommandOptions,
  type CommandDefinition,
  type CommandType,
  type CommandValue,
  type Lane,
} from './commands/command.ts'
export type { RetryOptions, RetryPolicy } from './commands/retry-policy.ts'
export {
  type CommandContext,
  type CommandHandler,
  type DataOf,
  effect,
  type EarlierCall,
  type EffectContext,
  handle,
  type OnUnknown,
  type Reconcile,
} from './commands/handle.ts'
export {
  cancel,
  discard,
  done,
  type Next,
  type NextList,
  type Outcome,
  retryIn,
  snooze,
  unknown,
} from './commands/outcome.ts'
export { Rejected } from './commands/rejected.ts'
export {
  type DecideOptions,
  type DiscardOptions,
  decideUnknown,
  discardParked,
  type UnknownDecision,
} from './commands/decide.ts'
export { reprocess, type ReprocessOptions } from './commands/reprocess.ts'

export { batch, type BatchPolicy, type BatchValue } from './batches/batch.ts'

export { type App, createApp, module, type Module } from './app/app.ts'
export type { Services } from './app/services.ts'
export { type HandlersOf, handlersOf } from './app/handlers-of.ts'
export { createDaemon, type Daemon, type DaemonHealth, type DaemonOptions } from './daemon/daemon.ts'
export type { Take } from './daemon/take.ts'
export type { ErrorContext, ErrorPlace } from './processor/error-context.ts'
export { createOutageLog, type OutageLogOptions } from './processor/outage-log.ts'
export { isDatabaseTimeout, isOutage } from './postgres/outage.ts'
export { type DoorbellMode, migrate, type MigrateOptions } from './postgres/migrate.ts'
export type { IsolatedRoles } from './postgres/isolate.ts'
export { runMigrations, type MigrationsOptions } from './postgres/run-migrations.ts'
export type { ConnectionOptions, DatabaseConnection } from './postgres/connection.ts'
export type { DatabaseOptions } from './postgres/pools.ts'
export { ring } from './listener/ring.ts'
export { causesOf, type Lineage, type LineageNode, lineageOf, type LineageOptions } from './lineage/lineage.ts'
export { applyRetention } from './upkeep/apply-retention.ts'
export type { RetentionOptions } from './upkeep/retention.ts'
