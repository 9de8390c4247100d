/**
 * Events on RabbitMQ: `DATABASE_URL=postgres://… RABBITMQ_URL=amqp://… node examples/rabbitmq/main.ts`, on an empty database
 * of your own. It publishes a book, and is also the system that hears of it.
 */
import { once } from 'node:events'
import { connect } from 'amqplib'
import { createDaemon, Entity, lineageOf, migrate, SINGLE_TENANT, save, uuidv7 } from 'cascata'
import { lineageText } from 'cascata/testing'
import pg from 'pg'
import { app, BookPublished } from './app.ts'

class Book extends Entity {
  readonly entityType = 'book'
  readonly tenant = SINGLE_TENANT
  readonly id = uuidv7()

  publish(): this {
    this.emit(BookPublished({ bookId: this.id }))
    return this
  }

  row() {
    return { table: 'books', key: { id: this.id }, values: {} }
  }
}

const broker = await connect(process.env['RABBITMQ_URL'] ?? '')
const channel = await broker.createChannel()
await channel.assertExchange('books', 'topic', { durable: true })
const { queue } = await channel.assertQueue('', { exclusive: true })
await channel.bindQueue(queue, 'books', 'book.*')
await channel.consume(queue, (message) => channel.emit('heard', message), { noAck: true })
const heard = once(channel, 'heard')

const url = process.env['DATABASE_URL'] ?? ''
await migrate({ url })
const client = new pg.Client(url)
await client.connect()
await client.query('create table if not exists books (id uuid primary key)')
const daemon = createDaemon({ app, database: { control: url } })
await daemon.start()

await client.query('begin')
const [eventId = ''] = await save(client, new Book().publish())
await client.query('commit')

const [message] = await heard
const cloudEvent = JSON.parse(message.content.toString())
console.log(
  `heard: ${message.fields.routingKey}, CloudEvents ${cloudEvent.specversion}, ${cloudEvent.id === eventId ? 'the event' : '?'}`,
)
await daemon.stop() // what is under way is finished first
console.log(lineageText(await lineageOf(client, eventId)))
await client.end()
await broker.close()
