export { CascataError, ERROR_CODES, type ErrorCode } from './errors.ts'
export { Rejected } from './commands/rejected.ts'
