import { batch, command, createApp, Entity, effect, event, handle, module, on, SINGLE_TENANT, uuidv7 } from 'cascata'
import { z } from 'zod'

/** A small application in which everything that the console shows happens: a shop's orders. */
export const OrderPlaced = event('order.placed', z.object({ orderId: z.string(), mails: z.number() }), {
  label: { en: 'Order placed', pt: 'Pedido feito' },
})
const OrderConfirmed = event('order.confirmed', z.object({ orderId: z.string() }))
export const ConfirmOrder = command('order.confirm', z.object({ orderId: z.string(), mails: z.number() }), {
  label: { en: 'Confirm order', pt: 'Confirmar pedido' },
  retry: { attempts: 1 },
})
export const SendMail = command('order.send-mail', z.object({ n: z.number(), to: z.string().optional() }), {
  retry: { attempts: 2, backoff: 'fixed', base: '10s', jitter: 'none' },
  timeout: '5s',
})
export const TellShop = command('order.tell-shop', z.object({ orderId: z.string() }))
const TellShopOfFailure = command('order.tell-shop-of-failure', z.object({ orderId: z.string() }))

export class Order extends Entity {
  readonly entityType = 'Order'
  readonly id = uuidv7()
  readonly tenant: string

  constructor(mails: number, tenant = SINGLE_TENANT) {
    super()
    this.tenant = tenant
    this.emit(OrderPlaced({ orderId: this.id, mails }))
  }

  confirm() {
    this.emit(OrderConfirmed({ orderId: this.id }))
  }

  row() {
    return { table: 'orders', key: { id: this.id }, values: {} }
  }
}

export const app = createApp([
  module('orders', [
    OrderConfirmed,
    on(OrderPlaced, 'confirm-order', ({ orderId, mails }) => ConfirmOrder({ orderId, mails })),
    handle(ConfirmOrder, ({ orderId, mails }) =>
      batch('order-mails', Array(mails).keys(), (n) => SendMail({ n }))
        .next(TellShop({ orderId }))
        .onFailure(TellShopOfFailure({ orderId })),
    ),
    effect(SendMail, async () => undefined),
    handle(TellShop, () => undefined),
    handle(TellShopOfFailure, () => undefined),
  ]),
])

export const ORDERS_TABLE = 'create table orders (id uuid primary key)'
