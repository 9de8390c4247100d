/** Events in the reader's language. */
import { useTranslation } from 'react-i18next'
import type { WebhookEvent } from './webhook.fields.ts'

const NAMES = {
  'teacher.created': 'webhooks.event.teacherCreated',
  'student.created': 'webhooks.event.studentCreated',
  'class-activity.created': 'webhooks.event.activityCreated',
  'student-class-note.added': 'webhooks.event.noteAdded',
  'classes.finalized': 'webhooks.event.classesFinalized',
  'charge.created': 'webhooks.event.chargeCreated',
  'charge.paid': 'webhooks.event.chargePaid',
  'charge.refused': 'webhooks.event.chargeRefused',
} as const satisfies Record<WebhookEvent, string>

/** A name that this version does not know is shown as it is stored. */
export function useEventName() {
  const { t } = useTranslation()
  return (event: string) => (event in NAMES ? t(NAMES[event as WebhookEvent]) : event)
}
