import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { integrationSettings } from './integration-settings.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'integration-settings-'))
})
afterAll(() => rm(folder, { recursive: true }))

const key = Buffer.alloc(32, 7).toString('base64')

test('with nothing set, only the key for secrets is there: in a file of the data folder, the same each time', async () => {
  const settings = await integrationSettings({ DATA_DIR: folder })
  expect(settings).toEqual({
    encryptionKey: expect.any(Uint8Array),
    rabbitMqUrl: undefined,
    paymentGateway: undefined,
    paymentCallbackSecret: undefined,
  })
  expect((await integrationSettings({ DATA_DIR: folder })).encryptionKey).toEqual(settings.encryptionKey)
})

test('all set', async () => {
  const secret = `whsec_${key}`
  const settings = await integrationSettings({
    ENCRYPTION_KEY: key,
    RABBITMQ_URL: 'amqps://u:p@rabbit.example',
    PAYMENT_GATEWAY_URL: 'https://gateway.example/',
    PAYMENT_GATEWAY_KEY: 'k',
    PAYMENT_CALLBACK_SECRET: secret,
  })
  expect(settings).toEqual({
    encryptionKey: Buffer.alloc(32, 7),
    rabbitMqUrl: 'amqps://u:p@rabbit.example',
    paymentGateway: { url: 'https://gateway.example', apiKey: 'k' },
    paymentCallbackSecret: secret,
  })
})

test.each([
  ['ENCRYPTION_KEY', { ENCRYPTION_KEY: 's3cret' }],
  ['RABBITMQ_URL', { RABBITMQ_URL: 'http://user:s3cret@rabbit' }],
  ['PAYMENT_GATEWAY_URL', { PAYMENT_GATEWAY_URL: 'gateway' }],
  ['PAYMENT_GATEWAY_URL', { PAYMENT_GATEWAY_URL: 'https://s3cret@gateway.example', PAYMENT_GATEWAY_KEY: 'k' }],
  ['PAYMENT_GATEWAY_URL', { PAYMENT_GATEWAY_URL: 'http://gateway.example', PAYMENT_GATEWAY_KEY: 's3cret' }],
  ['PAYMENT_GATEWAY_KEY', { PAYMENT_GATEWAY_URL: 'http://127.0.0.1:3027' }],
  ['PAYMENT_CALLBACK_SECRET', { PAYMENT_CALLBACK_SECRET: 's3cret' }],
])('%s is refused with what to do, and without the secret', async (name, env) => {
  const error: Error = await integrationSettings({ ENCRYPTION_KEY: key, ...env }).then(
    () => Promise.reject(new Error('it was taken')),
    (refused) => refused,
  )
  expect(error.message).toMatch(new RegExp(`^${name} is .+ Fix: .+\\.$`))
  expect(error.message).not.toContain('s3cret')
})
