/**
 * Makes a system administrator, or lets one who is there in again: `node bin/administrator.ts address`. Prints a link by
 * which they choose a password: it works once, for a day, and needs no mail provider.
 *
 * `--without-authenticator` makes nobody: it lets in somebody, also of an institution, who lost the authenticator app and its
 * recovery codes. The password ends with the authenticator, and each account of the address gets a link of its own.
 */
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { letInWithoutAuthenticator } from '../src/modules/users/administrator/let-in-without-authenticator.ts'
import { makeAdministrator } from '../src/modules/users/administrator/make-administrator.ts'
import { createSecurityLog } from '../src/platform/auth/security-log.ts'
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
  const settings = await readSettings(process.env)
  const { encryptionKey } = await integrationSettings(process.env)
  const pools = openPools(settings.database)
  const secretBox = createSecretBox(encryptionKey)
  const linkOf = (token: string) => `${settings.publicUrl}/app/choose-password?token=${token}`
  const lines = async () => {
    if (!values['without-authenticator']) return [linkOf(await makeAdministrator({ pools, secretBox }, address))]
    const log = pino({ name: 'administrator' }, process.stderr)
    const record = createSecurityLog(log, settings.secrets.sessionSecret)
    const letIn = await letInWithoutAuthenticator({ pools, secretBox, record }, address)
    return letIn.map(({ institution, token }) => `${institution}: ${linkOf(token)}`)
  }
  for (const line of await lines().finally(() => pools.close())) console.log(line)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
