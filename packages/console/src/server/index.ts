// The console's API: a fetch handler to mount in a server.
export { type Console, type ConsoleOptions, createConsole } from './create-console.ts'
export type { Person } from './route.ts'
export type { StreamTiming } from './stream/event-stream.ts'
