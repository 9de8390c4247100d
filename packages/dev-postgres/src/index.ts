export { DevPostgresError, type DevPostgresErrorCode } from './dev-postgres-error.ts'
export { type RunningPostgres, type StartPostgresOptions, startPostgres } from './start-postgres.ts'
export type { PostgresVersion } from './server-binaries.ts'
