/**
 * Makes a system administrator, or lets one who is there in again: `node bin/administrator.ts address`. Prints a link by
 * which they choose a password: it works once, for a day. Nothing is sent, so it needs no mail provider. Who lost the
 * authenticator app and its recovery codes as well is let in by `--without-authenticator`, and sets up another.
 */
import { parseArgs } from 'node:util'
import { makeAdministrator } from '../src/modules/users/administrator/make-administrator.ts'
import { openPools } from '../src/platform/database/pools.ts'
import { integrationSettings } from '../src/platform/integration-settings.ts'
import { createSecretBox } from '../src/platform/secret-box/secret-box.ts'
import { readSettings } from '../src/platform/settings.ts'

try {
  const { values, positionals } = parseArgs({
    options: { 'without-authenticator': { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const [address = ''] = positionals
  const withoutAuthenticator = values['without-authenticator']
  const settings = await readSettings(process.env)
  const { encryptionKey } = await integrationSettings(process.env)
  const pools = openPools(settings.database)
  const secretBox = createSecretBox(encryptionKey)
  const token = await makeAdministrator({ pools, secretBox }, address, { withoutAuthenticator }).finally(() =>
    pools.close(),
  )
  console.log(`${settings.publicUrl}/app/choose-password?token=${token}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
