import { command } from 'cascata'
import { z } from 'zod'

/**
 * When a call is tried again after its first, second, … failure: the schedule that Standard Webhooks 1.0 suggests, three days
 * and four hours in all.
 */
export const RETRY_AFTER_MS = [5_000, 300_000, ...[0.5, 2, 5, 10, 14, 20, 24].map((hours) => hours * 3_600_000)]

/** Carries what the receiver is told, which is ids: the same in every attempt, however the subscription changes. */
export const CallWebhook = command(
  'webhook.call',
  z.object({
    subscriptionId: z.uuid(),
    eventId: z.uuid(),
    type: z.string(),
    occurredAt: z.iso.datetime(),
    data: z.record(z.string(), z.unknown()),
  }),
  {
    lane: 'bulk',
    retry: { attempts: RETRY_AFTER_MS.length + 1, backoff: 'fixed', base: '5s', jitter: 'none' },
    timeout: '30s', // longer than a call may take, so that it is the call that says what happened
    label: { en: 'Call a webhook', pt: 'Chamar um webhook' },
  },
)
