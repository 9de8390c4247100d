/**
 * A payment that must not happen twice: `DATABASE_URL=postgres://… node examples/payment-gateway/main.ts`, on an empty
 * database of your own. Its gateway takes the charge and then drops the connection: was the card charged, or not?
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createDaemon, Entity, lineageOf, migrate, SINGLE_TENANT, save, uuidv7 } from 'cascata'
import { lineageText } from 'cascata/testing'
import pg from 'pg'
import { app, OrderPlaced } from './app.ts'

class Order extends Entity {
  readonly entityType = 'order'
  readonly tenant = SINGLE_TENANT
  readonly id = uuidv7()

  place(cents: number): this {
    this.emit(OrderPlaced({ orderId: this.id, cents }))
    return this
  }

  row() {
    return { table: 'orders', key: { id: this.id }, values: {} }
  }
}

const charges = new Map<string, string>()
const gateway = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  if (request.method === 'POST') {
    charges.set(String(request.headers['idempotency-key']), body)
    console.log(`gateway: charged ${body}, and the connection drops`)
    return void request.socket.destroy()
  }
  const known = charges.has(request.url?.split('/').at(-1) ?? '')
  console.log(`gateway: asked, and ${known ? 'knows it' : 'knows nothing'}`)
  response.writeHead(known ? 200 : 404).end()
}).listen(0, '127.0.0.1')
await once(gateway, 'listening')
process.env['GATEWAY_URL'] = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`

const url = process.env['DATABASE_URL'] ?? ''
await migrate({ url })
const client = new pg.Client(url)
await client.connect()
await client.query('create table if not exists orders (id uuid primary key)')
const daemon = createDaemon({ app, database: { control: url } })
await daemon.start()

await client.query('begin')
const [eventId = ''] = await save(client, new Order().place(4_200))
await client.query('commit')

let lineage = await lineageOf(client, eventId)
while (!lineage.some(({ type, status }) => type === 'card.charge' && status === 'success')) {
  await sleep(20)
  lineage = await lineageOf(client, eventId)
}
console.log(lineageText(lineage))
console.log(`charges: ${charges.size}`)

await daemon.stop()
await client.end()
gateway.close()
