/** What `daemon-process.ts` forks: a daemon until SIGTERM. */
import { createDaemon } from 'cascata'
import pg from 'pg'
import type { ChildOptions } from './daemon-process.ts'
import { ledgerApp } from './ledger-app.ts'
import { treeApp } from './tree-app.ts'

const [url, json] = process.argv.slice(2) as [string, string]
const { app = 'ledger', without, ...options } = JSON.parse(json) as ChildOptions
const outside = new pg.Pool({ connectionString: url, max: 4 })
const daemon = createDaemon({
  app: app === 'tree' ? treeApp(outside) : ledgerApp(without),
  database: { control: url },
  pollMs: 200,
  ...options,
})
process.on('SIGTERM', async () => {
  await daemon.stop(1_000)
  await outside.end()
  process.off('disconnect', orphaned)
  process.disconnect?.() // nothing holds the process any more: it ends by itself, with 0
})
const orphaned = () => process.exit(1)
process.on('disconnect', orphaned)
await daemon.start()
process.send?.('ready')
