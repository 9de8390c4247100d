// The console's HTTP API, as its pages and its server both see it.
export * from './endpoint.ts'
export * from './vocabulary.ts'
export * from './common.ts'
export * from './events.ts'
export * from './commands.ts'
export * from './batches.ts'
export * from './workflows.ts'
export * from './operations.ts'
