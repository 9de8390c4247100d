import { command, createApp, effect, event, module, on } from 'cascata'
import { z } from 'zod'

const order = z.object({ orderId: z.uuid(), cents: z.int().positive() })
export const OrderPlaced = event('order.placed', order)
const ChargeCard = command('card.charge', order, { retry: { attempts: 8, backoff: 'exponential', base: '50ms' } })

const gateway = (path: string, init?: RequestInit) => fetch(`${process.env['GATEWAY_URL']}${path}`, init)

// A fact becomes an order to charge …
const charge = on(OrderPlaced, 'charge', (placed) => ChargeCard(placed))

// … and when no answer comes, the gateway is asked before anything is charged again: a card charged twice is money.
const chargeCard = effect(
  ChargeCard,
  async ({ cents }, { key, signal }) => {
    const response = await gateway('/charges', {
      method: 'POST',
      headers: { 'idempotency-key': key },
      body: JSON.stringify({ cents }),
      signal,
    })
    if (!response.ok) throw new Error(`The gateway answered ${response.status}.`)
  },
  {
    onUnknown: 'reconcile',
    reconcile: async (_order, { key }) => {
      const response = await gateway(`/charges/${key}`)
      if (response.status === 404) return { happened: false }
      return response.ok ? { happened: true } : { happened: 'unknown' }
    },
  },
)

export const app = createApp([module('orders', [charge, chargeCard])])
