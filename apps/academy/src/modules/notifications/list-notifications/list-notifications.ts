/** The bell: one's own notifications, newest first, and live. */
import type { Tx } from 'cascata'
import { route, type StreamEvent, stream } from '../../../platform/http/route.ts'
import { watches } from '../../../platform/http/watch.ts'
import { NOTIFICATION_COLUMNS, type NotificationRow, notificationIn } from '../notification-row.ts'
import { unreadCount } from '../unread.queries.ts'
import { contract, stream as streamContract } from './list-notifications.contract.ts'

export const listNotifications = route('GET /notifications', contract, async ({ input, tx, by, locale }) => {
  const { rows } = await tx.query<NotificationRow>(
    `select ${NOTIFICATION_COLUMNS}
     from academy.notification_recipients r
     join academy.notifications n on n.institution_id = r.institution_id and n.id = r.notification_id
     where r.institution_id = $1 and r.user_id = $2 and ($3::uuid is null or r.notification_id < $3)
     order by r.notification_id desc
     limit $4`,
    [by.institutionId, by.id, input.before ?? null, input.limit + 1],
  )
  const page = rows.slice(0, input.limit)
  return {
    notifications: page.flatMap((row) => notificationIn(row, locale)),
    next: rows.length > page.length ? (page.at(-1)?.id ?? null) : null,
    unread: await unreadCount(tx, by.institutionId, by.id),
  }
})

const LOOK_EVERY_MS = 750
/** Enough for what arrives between two looks; whoever was away longer sees the rest in the list. */
const ARRIVED_MAX = 20

type Bell = { unread: number; newest: NotificationRow[] }

export const followNotifications = stream(
  'GET /notifications/stream',
  streamContract,
  async ({ read, by, locale, signal, lastEventId }) => {
    const look = () => read((tx) => bellOf(tx, by.institutionId, by.id))
    const bells = watches.follow(`bell ${by.institutionId} ${by.id}`, LOOK_EVERY_MS, look, signal)
    return events(bells, locale, lastEventId)
  },
)

async function bellOf(tx: Tx, institutionId: string, userId: string): Promise<Bell> {
  const { rows } = await tx.query<NotificationRow>(
    `select ${NOTIFICATION_COLUMNS}
     from academy.notification_recipients r
     join academy.notifications n on n.institution_id = r.institution_id and n.id = r.notification_id
     where r.institution_id = $1 and r.user_id = $2
     order by r.notification_id desc limit $3`,
    [institutionId, userId, ARRIVED_MAX],
  )
  return { unread: await unreadCount(tx, institutionId, userId), newest: rows }
}

async function* events(
  bells: AsyncIterable<Bell>,
  locale: Parameters<typeof notificationIn>[1],
  lastEventId: string | undefined,
): AsyncIterable<StreamEvent> {
  // Notifications are known by their ids, so none is told twice and one that committed late is not missed.
  let told: Set<string> | undefined
  let unread: number | undefined
  for await (const bell of bells) {
    if (!told) {
      yield { event: 'snapshot', data: { unread: bell.unread } }
      const missed = lastEventId ? bell.newest.filter(({ id }) => id > lastEventId) : []
      told = new Set(bell.newest.filter((row) => !missed.includes(row)).map(({ id }) => id))
      unread = bell.unread
    }
    for (const row of [...bell.newest].reverse()) {
      if (told.has(row.id)) continue
      told.add(row.id)
      for (const data of notificationIn(row, locale)) yield { event: 'arrived', data, id: row.id }
    }
    if (bell.unread !== unread) {
      unread = bell.unread
      yield { event: 'unread', data: { unread } }
    }
  }
}
