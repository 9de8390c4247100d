/** Ours against an implementation that is not ours, both ways. */
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { newWebhookSecret, signWebhook, verifyWebhook } from './standard-webhooks.ts'

const payload = '{"type":"class-activity.created","data":{"texto":"ação"}}'
const id = 'msg_019a0000-0000-7000-8000-000000000001'

describe('what we sign', () => {
  test('is verified by the reference library, with the old secret and with the new one', () => {
    const [old, fresh, stranger] = [newWebhookSecret(), newWebhookSecret(), newWebhookSecret()]
    const headers = signWebhook({ id, at: new Date(), payload }, [fresh, old])
    for (const secret of [old, fresh]) expect(new Webhook(secret).verify(payload, headers)).toEqual(JSON.parse(payload))
    expect(() => new Webhook(stranger).verify(payload, headers)).toThrow()
    expect(() => new Webhook(old).verify(`${payload} `, headers)).toThrow()
    expect(() => new Webhook(old).verify(payload, { ...headers, 'webhook-id': `${id}x` })).toThrow()
  })

  test('is the very text that the reference library makes', () => {
    const secret = newWebhookSecret()
    const at = new Date('2026-11-24T12:00:00.900Z')
    expect(signWebhook({ id, at, payload }, [secret])['webhook-signature']).toBe(
      new Webhook(secret).sign(id, at, payload),
    )
  })

  test('an id with a full stop, or a secret of the wrong form, is a mistake of ours', () => {
    expect(() => signWebhook({ id: 'a.b', at: new Date(), payload }, [newWebhookSecret()])).toThrow('full stop')
    for (const secret of ['plain', 'whsec_c2hvcnQ=', `whsec_${Buffer.alloc(65).toString('base64')}`]) {
      expect(() => signWebhook({ id, at: new Date(), payload }, [secret])).toThrow('24 to 64 bytes')
    }
  })
})

describe('what we verify', () => {
  const secret = newWebhookSecret()
  const at = new Date('2026-11-24T12:00:00Z')
  const headers = (over: Record<string, string> = {}) =>
    new Headers({
      'webhook-id': id,
      'webhook-timestamp': String(at.getTime() / 1000),
      'webhook-signature': new Webhook(secret).sign(id, at, payload),
      ...over,
    })

  test('a signature of the reference library, also as one of several', () => {
    expect(verifyWebhook(headers(), payload, secret, at)).toBe(id)
    const several = `v1a,xyz v1,AAAA ${new Webhook(secret).sign(id, at, payload)}`
    expect(verifyWebhook(headers({ 'webhook-signature': several }), payload, secret, at)).toBe(id)
  })

  test.each([
    ['another body', headers(), `${payload} `, secret],
    ['another secret', headers(), payload, newWebhookSecret()],
    ['another id', headers({ 'webhook-id': 'other' }), payload, secret],
    ['another time', headers({ 'webhook-timestamp': String(at.getTime() / 1000 + 1) }), payload, secret],
    ['no number as time', headers({ 'webhook-timestamp': 'now' }), payload, secret],
    ['an empty signature', headers({ 'webhook-signature': ' ' }), payload, secret],
    ['none of the headers', new Headers(), payload, secret],
  ])('%s: refused', (_name, given, body, key) => {
    expect(verifyWebhook(given, body, key, at)).toBeUndefined()
  })

  test.each([
    [299, id],
    [-299, id],
    [301, undefined],
    [-301, undefined],
  ])('%i s later', (seconds, expected) => {
    expect(verifyWebhook(headers(), payload, secret, new Date(at.getTime() + seconds * 1000))).toBe(expected)
  })
})
