import { expect, test } from 'vitest'
import { isRefusal } from '../../platform/http/refusal.ts'
import { type WebhookColumns, type WebhookInput, WebhookSubscription } from './webhook-subscription.ts'

const by = { id: '019a0000-0000-7000-8000-000000000001', institutionId: '019a0000-0000-7000-8000-000000000002' }
const input = (over: Partial<WebhookInput> = {}): WebhookInput => ({
  name: 'ERP',
  url: 'https://hooks.example.org',
  events: ['class-activity.created'],
  active: true,
  ...over,
})
const given = { existing: 0, urlProblem: undefined, seal: (id: string) => `sealed for ${id}` }

const created = () => {
  const subscription = WebhookSubscription.create(input(), given, by)
  if (isRefusal(subscription)) throw new Error(subscription.code)
  return subscription
}

test('a new one is active, with a secret sealed for it', () => {
  const subscription = created()
  expect(subscription.row()).toMatchObject({
    key: { institution_id: by.institutionId, id: subscription.id },
    values: { name: 'ERP', active: true, secret: `sealed for ${subscription.id}`, created_by: by.id },
    version: 0,
  })
})

test.each(['not-absolute', 'not-https', 'has-credentials', 'port-not-allowed', 'not-public'] as const)(
  'an address that is %s is refused at its field, when created and when changed',
  (urlProblem) => {
    const refusals = [
      WebhookSubscription.create(input(), { ...given, urlProblem }, by),
      created().change(input(), urlProblem),
    ]
    for (const refusal of refusals) {
      expect(isRefusal(refusal) && [refusal.code, refusal.errors[0]?.field]).toEqual([
        `webhook-url-${urlProblem}`,
        'url',
      ])
    }
  },
)

test('the twenty-first is refused', () => {
  const refusal = WebhookSubscription.create(input(), { ...given, existing: 20 }, by)
  expect(isRefusal(refusal) && [refusal.code, refusal.because]).toEqual(['too-many-webhooks', 'conflict'])
})

test('gone stays gone until somebody activates it', () => {
  const gone: WebhookColumns = { ...(created().row().values as object), id: by.id, version: 3 } as WebhookColumns
  const subscription = new WebhookSubscription(by.institutionId, { ...gone, active: false, gone_at: new Date() })
  subscription.change(input({ active: false }), undefined)
  expect(subscription.row().values.gone_at).not.toBeNull()
  subscription.change(input({ active: true }), undefined)
  expect(subscription.row().values).toMatchObject({ active: true, gone_at: null })
})

test('a new secret leaves the one before it valid for a day; the one before that is forgotten', () => {
  const subscription = created()
  const first = subscription.row().values.secret
  expect(subscription.rotateSecret('second', new Date('2026-11-24T12:00:00Z'))).toEqual(
    new Date('2026-11-25T12:00:00Z'),
  )
  expect(subscription.row().values).toMatchObject({ secret: 'second', previous_secret: first })
  subscription.rotateSecret('third', new Date('2026-11-24T13:00:00Z'))
  expect(subscription.row().values).toMatchObject({
    secret: 'third',
    previous_secret: 'second',
    previous_secret_until: new Date('2026-11-25T13:00:00Z'),
  })
})
