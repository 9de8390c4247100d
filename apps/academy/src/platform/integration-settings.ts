/**
 * What a process reads from its environment about the systems that it works with.
 *
 *     ENCRYPTION_KEY            32 bytes in base64; seals secrets in the database. Without it: a file of DATA_DIR (0600)
 *     RABBITMQ_URL              amqp://user:password@host; without it events are not published
 *     PAYMENT_GATEWAY_URL       with PAYMENT_GATEWAY_KEY; without it nobody can be asked to pay
 *     PAYMENT_CALLBACK_SECRET   whsec_…; without it POST /payments/callback is not there
 */
import { join } from 'node:path'
import type { GatewaySettings } from './payment-gateway/payment-gateway.ts'
import { encryptionKey, loadEncryptionKey } from './secret-box/encryption-key.ts'
import { SettingError } from './setting-error.ts'

type Env = Readonly<Record<string, string | undefined>>

export type IntegrationSettings = {
  encryptionKey: Uint8Array
  rabbitMqUrl: string | undefined
  paymentGateway: GatewaySettings | undefined
  paymentCallbackSecret: string | undefined
}

/** @throws SettingError, which repeats no secret. */
export async function integrationSettings(env: Env): Promise<IntegrationSettings> {
  const rabbitMqUrl = env['RABBITMQ_URL'] || undefined
  if (rabbitMqUrl && !(URL.canParse(rabbitMqUrl) && /^amqps?:$/.test(new URL(rabbitMqUrl).protocol))) {
    throw new SettingError('RABBITMQ_URL', 'no address of a RabbitMQ', 'set it to amqp://user:password@host:5672.')
  }
  const paymentCallbackSecret = env['PAYMENT_CALLBACK_SECRET'] || undefined
  if (paymentCallbackSecret && !/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/.test(paymentCallbackSecret)) {
    throw new SettingError('PAYMENT_CALLBACK_SECRET', 'no webhook secret', 'use whsec_ and 24 to 64 bytes in base64.')
  }
  const given = env['ENCRYPTION_KEY']
  return {
    rabbitMqUrl,
    paymentCallbackSecret,
    paymentGateway: gatewaySettings(env),
    encryptionKey: given
      ? encryptionKey(given, 'ENCRYPTION_KEY')
      : await loadEncryptionKey(join(env['DATA_DIR'] || '.data', 'encryption-key')),
  }
}

function gatewaySettings(env: Env): GatewaySettings | undefined {
  const url = env['PAYMENT_GATEWAY_URL']?.replace(/\/+$/, '')
  if (!url) return undefined
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol) || new URL(url).username) {
    throw new SettingError('PAYMENT_GATEWAY_URL', 'no address of a gateway', 'set it to https://gateway.example.org.')
  }
  const { protocol, hostname } = new URL(url)
  // A key never crosses a network in clear; a single label is a private network's, as containers have it.
  const local = ['localhost', '[::1]'].includes(hostname) || /^127(\.\d+){3}$/.test(hostname) || !hostname.includes('.')
  if (protocol === 'http:' && !local) {
    throw new SettingError('PAYMENT_GATEWAY_URL', 'http:// to another machine', 'use https://.')
  }
  const apiKey = env['PAYMENT_GATEWAY_KEY']
  if (!apiKey) throw new SettingError('PAYMENT_GATEWAY_KEY', undefined, 'set it to the key that the gateway gave you.')
  return { url, apiKey }
}
