export { startPostgres, type RunningPostgres, type StartPostgresOptions } from './start-postgres.ts'
export type { PostgresVersion } from './server-binaries.ts'
export { DEV_POSTGRES_ERROR_CODES, DevPostgresError, type DevPostgresErrorCode } from './dev-postgres-error.ts'
