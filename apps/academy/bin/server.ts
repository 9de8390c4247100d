/** The API and the pages as a process. Settings: src/platform/settings.ts and integration-settings.ts. */
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { pino } from 'pino'
import { createServer } from '../src/create-server.ts'
import { openPools } from '../src/platform/database/pools.ts'
import { integrationSettings } from '../src/platform/integration-settings.ts'
import { createOutbound } from '../src/platform/outbound/outbound.ts'
import { createSecretBox } from '../src/platform/secret-box/secret-box.ts'
import { readSettings } from '../src/platform/settings.ts'

const log = pino({ name: 'api' })
const settings = await readSettings(process.env).catch(quit)
const integrations = await integrationSettings(process.env).catch(quit)
const closing = new AbortController()
const pools = openPools(settings.database, {
  onError: (error) => log.error({ err: error }, 'a database connection was lost'),
})
const { fetch } = createServer({
  pools,
  services: {
    secretBox: createSecretBox(integrations.encryptionKey),
    // As the Daemon, which makes the calls.
    outbound: createOutbound(process.env['NODE_ENV'] === 'production' ? {} : { allow: { loopback: true } }),
  },
  paymentCallbackSecret: integrations.paymentCallbackSecret,
  sessionSecret: settings.secrets.sessionSecret,
  secureCookies: settings.secureCookies,
  trustedProxies: settings.trustedProxies,
  mailboxUrl: settings.mailboxUrl,
  pages: fileURLToPath(new URL('../web/dist', import.meta.url)),
  log,
  closing: closing.signal,
})

const server = serve({ fetch, hostname: settings.host, port: settings.port }, ({ port }) =>
  log.info({ port }, `api ready  ${settings.publicUrl}`),
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
    if ('closeIdleConnections' in server) setInterval(() => server.closeIdleConnections(), 50)
  })
}

function quit(error: Error): never {
  console.error(error.message)
  process.exit(1)
}
