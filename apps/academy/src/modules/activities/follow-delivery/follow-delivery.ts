/** The teacher watches the notices go out: once, by student, or live. Leaving the page changes nothing. */
import { notFound } from '../../../platform/http/refusal.ts'
import { route, type StreamEvent, stream } from '../../../platform/http/route.ts'
import { watches } from '../../../platform/http/watch.ts'
import { deliveryByStudent, deliveryGroups } from './delivery.queries.ts'
import { studentsOf, summaryOf } from './delivery.ts'
import { delivery, deliveryStream } from './follow-delivery.contract.ts'

const LOOK_EVERY_MS = 500

const activityNotFound = () =>
  notFound('activity-not-found', { en: 'There is no such activity.', pt: 'Esta atividade não existe.' })

export const readDelivery = route(
  'GET /activities/:activityId/delivery',
  delivery,
  async ({ input, tx, by, locale }) => {
    const scope = { institutionId: by.institutionId, teacherId: by.id }
    const groups = await deliveryGroups(tx, scope, input.activityId)
    if (!groups) return activityNotFound()
    const students = await deliveryByStudent(tx, by.institutionId, input.activityId)
    return { ...summaryOf(input.activityId, groups, locale), students: studentsOf(students, locale) }
  },
)

export const followDelivery = stream(
  'GET /activities/:activityId/delivery/stream',
  deliveryStream,
  async ({ input: { activityId }, read, by, locale, signal }) => {
    const scope = { institutionId: by.institutionId, teacherId: by.id }
    const look = () => read((tx) => deliveryGroups(tx, scope, activityId))
    if (!(await look())) return activityNotFound()
    const key = `delivery ${by.institutionId} ${by.id} ${activityId}`
    return events(activityId, watches.follow(key, LOOK_EVERY_MS, look, signal), locale)
  },
)

async function* events(
  activityId: string,
  found: AsyncIterable<Awaited<ReturnType<typeof deliveryGroups>>>,
  locale: Parameters<typeof summaryOf>[2],
): AsyncIterable<StreamEvent> {
  let event = 'snapshot'
  for await (const groups of found) {
    if (!groups) return
    yield { event, data: summaryOf(activityId, groups, locale) }
    event = 'delivery'
  }
}
