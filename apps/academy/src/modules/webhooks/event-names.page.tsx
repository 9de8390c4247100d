/** Events in the reader's language. */
import { useTranslation } from 'react-i18next'
import type { WebhookEvent } from './webhook.fields.ts'

const NAMES = {
  'student.created': 'webhooks.event.studentCreated',
  'class-activity.created': 'webhooks.event.activityCreated',
  'charge.created': 'webhooks.event.chargeCreated',
  'charge.paid': 'webhooks.event.chargePaid',
} as const satisfies Record<WebhookEvent, string>

/** A name that this version does not know is shown as it is stored. */
export function useEventName() {
  const { t } = useTranslation()
  return (event: string) => (event in NAMES ? t(NAMES[event as WebhookEvent]) : event)
}
