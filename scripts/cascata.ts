/** `npm run cascata -- …`: the command `cascata`, on the database of the system that runs here when no other is named. */
import { runCli } from '../packages/cli/src/index.ts'
import { readRunning } from './start/running-file.ts'
import { startSettings } from './start/settings.ts'

const { dataDir } = startSettings([], process.env, 'start')
const running = await readRunning(dataDir)
process.exitCode = await runCli(process.argv.slice(2), { env: { DATABASE_URL: running?.databaseUrl, ...process.env } })
