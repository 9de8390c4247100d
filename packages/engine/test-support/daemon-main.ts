/** What `daemon-process.ts` forks: a daemon around `ledger-app.ts` until SIGTERM. */
import { createDaemon } from 'cascata'
import type { ChildOptions } from './daemon-process.ts'
import { ledgerApp } from './ledger-app.ts'

const [url, json] = process.argv.slice(2) as [string, string]
const { without, ...options } = JSON.parse(json) as ChildOptions
const daemon = createDaemon({ app: ledgerApp(without), database: { control: url }, pollMs: 200, ...options })
process.on('SIGTERM', async () => {
  await daemon.stop(1_000)
  process.off('disconnect', orphaned)
  process.disconnect?.() // nothing holds the process any more: it ends by itself, with 0
})
const orphaned = () => process.exit(1)
process.on('disconnect', orphaned)
await daemon.start()
process.send?.('ready')
