import { connect } from 'amqplib'
import { command, createApp, effect, event, module, on, Rejected } from 'cascata'
import { z } from 'zod'

const book = z.object({ bookId: z.uuid() })
export const BookPublished = event('book.published', book)
const PublishEvent = command('event.publish', book.extend({ eventId: z.uuid() }), {
  retry: { attempts: 100, cap: '10m' },
})

// A fact becomes an order …
const publishBook = on(BookPublished, 'publish-event', ({ bookId }, { event }) =>
  PublishEvent({ bookId, eventId: event.id }),
)

// … to have one message confirmed. Without a confirmation nobody knows: it is published again under the same id.
const publishEvent = effect(PublishEvent, async ({ bookId, eventId }, { key }) => {
  const connection = await connect(process.env['RABBITMQ_URL'] ?? '').catch((cause: unknown) => {
    throw new Rejected('The broker cannot be reached.', { retryable: true, cause })
  })
  try {
    const channel = await connection.createConfirmChannel()
    const cloudEvent = { specversion: '1.0', id: eventId, source: '/books', type: 'book.published', data: { bookId } }
    channel.publish('books', 'book.published', Buffer.from(JSON.stringify(cloudEvent)), {
      messageId: key,
      persistent: true,
      contentType: 'application/cloudevents+json',
    })
    await channel.waitForConfirms()
  } finally {
    await connection.close().catch(() => {})
  }
})

export const app = createApp([module('publishing', [publishBook, publishEvent])])
