import { Rejected } from 'cascata'
import { expect, test } from 'vitest'
import { ChannelAtFault, DeliveryUnknown } from '../mail/mailer.ts'
import { verdictOn } from './email-messages.ts'

const refused = (message: string) => new Rejected(message, { retryable: false })

test.each([
  ['no clear answer', new DeliveryUnknown('timeout'), false, 'retrying', 'no-answer'],
  ['no clear answer, for the last time', new DeliveryUnknown('timeout'), true, 'failed', 'no-answer'],
  ['out of order', new DeliveryUnknown('503', { isDown: true }), false, 'retrying', 'service-down'],
  ['never reached', new Rejected('ECONNREFUSED', { retryable: true }), false, 'retrying', 'service-down'],
  [
    'never reached, for the last time',
    new Rejected('ECONNREFUSED', { retryable: true }),
    true,
    'failed',
    'service-down',
  ],
  ['asked to wait', new Rejected('429', { retryable: true, countsAsFailure: false }), true, 'retrying', 'service-busy'],
  ['a channel at fault', new ChannelAtFault('401'), true, 'retrying', 'service-busy'],
  [
    'a bad address',
    refused('The address of the recipient is not an e-mail address.'),
    false,
    'failed',
    'address-refused',
  ],
  [
    'a blocked address',
    refused('(400 invalid_parameter: email is blocked or does not exist in to)'),
    false,
    'failed',
    'address-refused',
  ],
  ['a refused message', refused('(400 invalid_parameter: subject is too long)'), false, 'failed', 'message-refused'],
  ['anything else', new Error('boom'), false, 'retrying', 'service-down'],
])('%s', (_, error, last, status, reason) => {
  expect(verdictOn(error, last)).toEqual({ status, reason })
})
