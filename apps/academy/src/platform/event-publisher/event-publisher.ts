/**
 * Events for the world outside, on RabbitMQ: CloudEvents 1.0 as JSON, to a durable topic exchange, with publisher confirms.
 * An event is published once a broker that keeps it has said so; and `mandatory`, so that one which no queue is bound for
 * comes back instead of vanishing.
 */
import { once } from 'node:events'
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import { Rejected } from 'cascata'

export interface PublishedEvent {
  /** The same for every try: consumers ignore what they have had. */
  messageId: string
  /** Of the CloudEvent. */
  id: string
  source: string
  type: string
  time: Date
  subject?: string | undefined
  data: unknown
}

export interface EventPublisher {
  /**
   * Resolves when the broker has confirmed.
   * @throws Rejected when it certainly was not taken; PublishUnknown when it may have been.
   */
  publish(event: PublishedEvent, signal?: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** The broker may have taken the event: no confirmation came. The same id makes another try safe. */
export class PublishUnknown extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'PublishUnknown'
  }
}

export interface PublisherOptions {
  /** amqp:// or amqps:// */
  url: string
  exchange?: string
  confirmTimeoutMs?: number
  connectTimeoutMs?: number
}

export const EXCHANGE = 'cascata.events'
const CONFIRM_TIMEOUT_MS = 10_000
const CONNECT_TIMEOUT_MS = 10_000

/** One that waits for its confirmation. */
type Waiting = { fail: (error: Error) => void; returned: boolean }
type Open = { connection: ChannelModel; channel: ConfirmChannel; waiting: Map<string, Waiting> }

/** Connects at the first event, and again at the first event after a connection was lost. */
export function createEventPublisher(options: PublisherOptions): EventPublisher {
  const { url, exchange = EXCHANGE } = options
  const { confirmTimeoutMs = CONFIRM_TIMEOUT_MS, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options
  let opening: Promise<Open> | undefined

  const open = async (): Promise<Open> => {
    const connection = await connect(url, { timeout: connectTimeoutMs })
    const waiting = new Map<string, Waiting>()
    const lost = (cause?: unknown) => {
      opening = undefined
      for (const { fail } of waiting.values()) {
        fail(new PublishUnknown('The connection to RabbitMQ was lost before it confirmed.', { cause }))
      }
      waiting.clear()
    }
    // Without a listener an error would end the process; "close" follows it.
    connection.on('error', () => {})
    connection.on('close', lost)
    try {
      const channel = await connection.createConfirmChannel()
      channel.on('error', () => {})
      channel.on('close', () => {
        lost()
        connection.close().catch(() => {})
      })
      channel.on('return', ({ properties }) => {
        const message = waiting.get(String(properties.messageId))
        if (message) message.returned = true // its confirmation follows
      })
      await channel.assertExchange(exchange, 'topic', { durable: true })
      return { connection, channel, waiting }
    } catch (error) {
      await connection.close().catch(() => {})
      throw error
    }
  }

  const opened = async (): Promise<Open> => {
    opening ??= open()
    try {
      return await opening
    } catch (cause) {
      opening = undefined
      throw new Rejected(`RabbitMQ cannot be reached: ${wordsOf(cause)}`, { retryable: true, cause })
    }
  }

  return {
    async publish(event, signal) {
      const { channel, waiting } = await opened()
      signal?.throwIfAborted()
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(
          () => end(new PublishUnknown(`RabbitMQ did not confirm within ${confirmTimeoutMs} ms.`)),
          confirmTimeoutMs,
        )
        const onAbort = () => end(new PublishUnknown('Called off before RabbitMQ confirmed.'))
        const end = (error?: Error) => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', onAbort)
          if (waiting.get(event.messageId) === message) waiting.delete(event.messageId)
          if (error) reject(error)
          else resolve()
        }
        const message: Waiting = { fail: end, returned: false }
        signal?.addEventListener('abort', onAbort)
        waiting.set(event.messageId, message)
        const confirmed = (error: unknown) => {
          if (error) return end(new Rejected('RabbitMQ refused to keep the event.', { retryable: true, cause: error }))
          if (!message.returned) return end()
          end(new Rejected(`No queue is bound to ${exchange} for "${event.type}".`, { retryable: true }))
        }
        try {
          channel.publish(exchange, event.type, bodyOf(event), propertiesOf(event), confirmed)
        } catch (cause) {
          // The channel had closed already: nothing was written.
          end(new Rejected('The connection to RabbitMQ was lost before the event left.', { retryable: true, cause }))
        }
      })
    },

    async close() {
      const open = await opening?.catch(() => undefined)
      if (!open) return
      const closed = once(open.connection, 'close')
      await open.connection.close().catch(() => {})
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 1_000).unref())])
    },
  }
}

/** CloudEvents 1.0.2, structured mode. */
function bodyOf({ id, source, type, time, subject, data }: PublishedEvent): Buffer {
  const event = {
    specversion: '1.0',
    id,
    source,
    type,
    time: time.toISOString(),
    ...(subject === undefined ? {} : { subject }),
    datacontenttype: 'application/json',
    data,
  }
  return Buffer.from(JSON.stringify(event))
}

const propertiesOf = ({ messageId, type, time }: PublishedEvent) => ({
  messageId,
  type,
  timestamp: Math.floor(time.getTime() / 1000),
  contentType: 'application/cloudevents+json; charset=UTF-8',
  persistent: true,
  mandatory: true,
})

/** What went wrong, without the address: it holds a password. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const { code } = error as NodeJS.ErrnoException
  return code ?? error.message.replace(/amqps?:\/\/\S+/g, 'its address').slice(0, 200)
}
