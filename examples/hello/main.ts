/**
 * The smallest whole program: `DATABASE_URL=postgres://… node examples/hello/main.ts`, on an empty database of your own.
 * It makes the tables, publishes a book in one transaction, lets a daemon do the rest, and prints what became of it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { createDaemon, Entity, lineageOf, migrate, SINGLE_TENANT, save, uuidv7 } from 'cascata'
import { lineageText } from 'cascata/testing'
import pg from 'pg'
import { app, BookPublished } from './app.ts'

const url = process.env['DATABASE_URL'] ?? ''

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

await migrate({ url })
const client = new pg.Client(url)
await client.connect()
await client.query(`
  create table if not exists books (id uuid primary key, author_thanked boolean not null default false);
  create table if not exists readers (name text primary key);
  insert into readers values ('Ana'), ('Bruno'), ('Cecília') on conflict do nothing`)

const daemon = createDaemon({ app, database: { control: url } })
await daemon.start()

// The row and its event commit together, or neither does.
await client.query('begin')
const [eventId = ''] = await save(client, new Book().publish())
await client.query('commit')

let lineage = await lineageOf(client, eventId)
while (!lineage.some(({ type, status }) => type === 'book-author.thank' && status === 'success')) {
  await sleep(20)
  lineage = await lineageOf(client, eventId)
}
console.log(lineageText(lineage))

await daemon.stop()
await client.end()
