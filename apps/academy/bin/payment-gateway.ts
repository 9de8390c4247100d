/**
 * The payment gateway of development as a process.
 *
 *     PAYMENT_GATEWAY_PORT      default 3027; 0: any
 *     PAYMENT_GATEWAY_HOST      default 127.0.0.1
 *     PAYMENT_GATEWAY_DATA      folder of its file, default .data/payment-gateway
 *     PAYMENT_GATEWAY_KEY       what callers sign in with
 *     PAYMENT_CALLBACK_SECRET   whsec_…, signs its messages
 *
 * Prints one line when it is ready; ends on SIGTERM and SIGINT.
 */
import { startPaymentGateway } from '../src/payment-gateway/start-payment-gateway.ts'

const { env } = process
const port = Number(env['PAYMENT_GATEWAY_PORT'] || 3027)
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  quit(
    'payment-gateway-setting-invalid',
    `PAYMENT_GATEWAY_PORT is "${env['PAYMENT_GATEWAY_PORT']}".`,
    'use a number from 0 to 65535.',
  )
}
const gateway = await startPaymentGateway({
  data: env['PAYMENT_GATEWAY_DATA'] || '.data/payment-gateway',
  port,
  host: env['PAYMENT_GATEWAY_HOST'] || '127.0.0.1',
  apiKey: needed('PAYMENT_GATEWAY_KEY'),
  callbackSecret: needed('PAYMENT_CALLBACK_SECRET'),
}).catch((error: NodeJS.ErrnoException) => {
  if (error.code !== 'EADDRINUSE') throw error
  return quit(
    'payment-gateway-port-taken',
    `Port ${port} is taken.`,
    'stop the other process, or set PAYMENT_GATEWAY_PORT.',
  )
})

console.log(`payment gateway ready  ${gateway.url}`)

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    gateway.close().then(() => process.exit(0))
  })
}

function needed(name: string): string {
  return (
    env[name] || quit('payment-gateway-setting-invalid', `${name} is not set.`, 'set it, here and for API and Daemon.')
  )
}

function quit(code: string, what: string, fix: string): never {
  console.error(`[${code}] ${what} Fix: ${fix}`)
  process.exit(1)
}
