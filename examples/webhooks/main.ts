/**
 * A signed webhook: `DATABASE_URL=postgres://… node examples/webhooks/main.ts`, on an empty database of your own.
 * It is its own receiver, which is busy the first time, checks the signature, and ignores what it has had.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createDaemon, Entity, lineageOf, migrate, SINGLE_TENANT, save, uuidv7 } from 'cascata'
import { lineageText } from 'cascata/testing'
import pg from 'pg'
import { app, BookPublished, SECRET } from './app.ts'

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

const ids = new Set<unknown>()
const receiver = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature = '' } = request.headers
  const wanted = Buffer.from(`v1,${createHmac('sha256', SECRET).update(`${id}.${timestamp}.${body}`).digest('base64')}`)
  const given = Buffer.from(String(signature))
  const genuine = given.length === wanted.length && timingSafeEqual(given, wanted)
  const first = ids.size === 0
  console.log(
    `receiver: ${genuine ? 'genuine' : 'forged'}, ${ids.has(id) ? 'seen before' : 'new'}, ${first ? 'busy' : 'taken'}`,
  )
  ids.add(id)
  response.writeHead(first ? 503 : 204).end()
  if (!first) receiver.emit('taken')
}).listen(0, '127.0.0.1')
await once(receiver, 'listening')
process.env['WEBHOOK_URL'] = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
const taken = once(receiver, 'taken')

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

await taken
await daemon.stop() // what is under way is finished first
console.log(lineageText(await lineageOf(client, eventId)))
await client.end()
receiver.close()
