/**
 * What happened is told to other systems, by way of RabbitMQ: event → command → one confirmed message. Off without
 * RABBITMQ_URL. The broker is an outlet, never the truth: what it did not confirm is published again, under the same id.
 */
import { cancel, command, done, type EventContext, effect, on } from 'cascata'
import { z } from 'zod'
import { ClassActivityCreated } from '../../activities/class-activity.events.ts'
import { ClassesFinalized } from '../../classes/class.events.ts'
import { StudentClassNoteAdded } from '../../notes/student-class-note.events.ts'
import { ChargeCreated, ChargePaid, ChargeRefused } from '../../payments/charge.events.ts'
import { StudentCreated } from '../../students/student.events.ts'
import { TeacherCreated } from '../../teachers/teacher.events.ts'

export const PublishEvent = command(
  'event.publish',
  z.object({
    eventId: z.uuid(),
    type: z.string(),
    occurredAt: z.iso.datetime(),
    subject: z.string().optional(),
    data: z.record(z.string(), z.unknown()),
  }),
  {
    lane: 'bulk',
    retry: { attempts: 1_000, backoff: 'exponential', base: '1s', cap: '10m', jitter: 'full' },
    timeout: '30s', // longer than connecting and waiting for a confirmation take together
    label: { en: 'Publish an event', pt: 'Publicar um evento' },
  },
)

// Event → command.
export const onTeacherCreated = on(TeacherCreated, 'publish-event', (data, context) =>
  publish('teacher.created', data, context),
)
export const onStudentCreated = on(StudentCreated, 'publish-event', (data, context) =>
  publish('student.created', data, context),
)
export const onActivityCreated = on(ClassActivityCreated, 'publish-event', (data, context) =>
  publish('class-activity.created', data, context),
)
export const onNoteAdded = on(StudentClassNoteAdded, 'publish-event', (data, context) =>
  publish('student-class-note.added', data, context),
)
export const onClassesFinalized = on(ClassesFinalized, 'publish-event', (data, context) =>
  publish('classes.finalized', data, context),
)
export const onChargeCreated = on(ChargeCreated, 'publish-event', (data, context) =>
  publish('charge.created', data, context),
)
export const onChargePaid = on(ChargePaid, 'publish-event', (data, context) => publish('charge.paid', data, context))
export const onChargeRefused = on(ChargeRefused, 'publish-event', (data, context) =>
  publish('charge.refused', data, context),
)

function publish(type: string, data: Record<string, unknown>, { event, eventPublisher }: EventContext) {
  if (!eventPublisher) return undefined
  const { id: eventId, entityId: subject, occurredAt } = event
  return PublishEvent({ eventId, type, occurredAt: occurredAt.toISOString(), ...(subject ? { subject } : {}), data })
}

// Command → a message that the broker has confirmed.
export const publishEvent = effect(PublishEvent, async (order, context) => {
  const { eventPublisher, tenant, key, signal } = context
  if (!eventPublisher) return cancel('Events are not published any more: RABBITMQ_URL is not set.')
  const { eventId: id, type, occurredAt, subject, data } = order
  const source = `/institutions/${tenant}`
  await eventPublisher.publish({ messageId: key, id, source, type, time: new Date(occurredAt), subject, data }, signal)
  return done(undefined, { providerId: key })
})
