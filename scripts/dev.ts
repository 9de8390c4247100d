/** `npm run dev`: as `npm start`, and what changes is reloaded: pages in the browser, API and Daemon as processes. */
import { runSystem } from './start/run-system.ts'

process.exit(await runSystem(process.argv.slice(2), 'dev'))
