/** Every fact of the academy is told to other systems, or there is a reason why not. */
import { expect, test } from 'vitest'
import { app } from '../../app.ts'
import { WEBHOOK_EVENTS } from './webhook.fields.ts'

const INSIDE: Record<string, string> = {
  'institution.created': 'nobody can have subscribed before',
  'demo-institution.opened': 'fictional people only',
  'user.registered': 'of no institution yet',
  'password.forgotten': 'of no institution; security of an account',
  'address.corrected': 'security of an account',
  'people.invited-again': 'an order to write to people again: nobody has come yet',
}

test('each event is in the catalogue of webhooks, or inside for a reason', () => {
  const all = [...app.events.keys()]
  expect(all.toSorted()).toEqual([...WEBHOOK_EVENTS, ...Object.keys(INSIDE)].toSorted())
})

test.each(['call-webhooks', 'publish-event'])('%s hears of all in the catalogue, and of nothing else', (name) => {
  const heard = [...app.eventHandlers].filter(([, handlers]) =>
    handlers.some(({ handlerName }) => handlerName === name),
  )
  expect(heard.map(([type]) => type).toSorted()).toEqual([...WEBHOOK_EVENTS].toSorted())
})
