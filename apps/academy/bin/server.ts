/** The API and the pages as a process. Settings: src/platform/settings.ts and integration-settings.ts. */
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { createServer } from '../src/create-server.ts'
import { isPublic } from '../src/platform/allowed.ts'
import { startCountUpkeep } from '../src/platform/auth/count-upkeep.ts'
import { openPools } from '../src/platform/database/pools.ts'
import { servedHosts } from '../src/platform/http/hosts.ts'
import { startIdempotencyUpkeep } from '../src/platform/http/idempotency-upkeep.ts'
import { listen } from '../src/platform/http/listen.ts'
import { integrationSettings } from '../src/platform/integration-settings.ts'
import { mailReachesPeople } from '../src/platform/mail/goes-to-mailbox.ts'
import { createOutbound } from '../src/platform/outbound/outbound.ts'
import { checkAddress, checkPasswords } from '../src/platform/production.ts'
import { createSecretBox } from '../src/platform/secret-box/secret-box.ts'
import { readSettings } from '../src/platform/settings.ts'

const settings = await readSettings(process.env).catch(quit)
const integrations = await integrationSettings(process.env).catch(quit)
const reachesPeople = await Promise.resolve(process.env).then(mailReachesPeople).catch(quit)
const pools = openPools(settings.database)
try {
  if (!settings.allowed.insecureAddress) checkAddress(settings, process.env)
  if (isPublic(settings)) await checkPasswords(pools.auth)
} catch (error) {
  quit(error as Error)
}
const closing = new AbortController()
const { fetch, log } = createServer({
  pools,
  services: {
    secretBox: createSecretBox(integrations.encryptionKey),
    // As the Daemon, which makes the calls.
    outbound: createOutbound({ allow: { loopback: settings.allowed.privateOutbound } }),
    features: settings.allowed,
    mailReachesPeople: reachesPeople,
    operatorContact: settings.operatorContact,
  },
  paymentCallbackSecret: integrations.paymentCallbackSecret,
  sessionSecret: settings.secrets.sessionSecret,
  secureCookies: settings.secureCookies,
  administratorCode: settings.allowed.administratorCode,
  trustedProxies: settings.trustedProxies,
  mailboxUrl: settings.allowed.mailboxUrl,
  hosts: servedHosts({
    publicUrl: settings.publicUrl,
    loopbackPorts: isPublic(settings) ? [] : settings.port === 0 ? 'any' : [settings.port, portOf(settings.publicUrl)],
  }),
  pages: fileURLToPath(new URL('../web/dist', import.meta.url)),
  log: pino({ name: 'api' }),
  closing: closing.signal,
})

startIdempotencyUpkeep(pools, {
  closing: closing.signal,
  onError: (error, institutionId) => log.error({ err: error, institutionId }, 'expired answers could not be removed'),
})
startCountUpkeep(pools.auth, {
  closing: closing.signal,
  onError: (error) => log.error({ err: error }, 'old counts and sessions could not be removed'),
})

const { host: hostname, port, secureCookies: secure } = settings
const server = listen({ fetch, hostname, port, secure }, ({ port: opened }) =>
  log.info({ port: opened }, `api ready  ${settings.publicUrl}`),
)
server.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EADDRINUSE') throw error
  quit(new Error(`Port ${settings.port} is taken. Fix: stop the other process, or set PORT.`))
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    closing.abort() // streams end, or the server would wait for them
    server.close(async () => {
      await pools.close()
      process.exit(0)
    })
    // A connection that was busy at that moment becomes idle later, and would be kept for the next request.
    setInterval(() => server.closeIdleConnections(), 50)
  })
}

function portOf(url: string): number {
  return Number(new URL(url).port) || (url.startsWith('https:') ? 443 : 80)
}

function quit(error: Error): never {
  console.error(error.message)
  process.exit(1)
}
