import { Rejected } from 'cascata'
import { expect, test } from 'vitest'
import { verdictOn } from '../email-messages/email-messages.ts'
import { refuseReserved, toPeople } from './reserved-address.ts'

const RESERVED = [
  'ana@uni.example',
  'ana@example',
  'ana@EXAMPLE.COM',
  'ana@mail.example.org',
  'ana@example.net',
  'ana@a.test',
  'ana@a.invalid',
  'ana@localhost',
  'ana@host.localhost',
]
const REAL = [
  'ana@example.edu',
  'ana@myexample.com',
  'example@uni.br',
  'ana@test.br',
  'a.test@uni.br',
  'ana@latest.org',
]

test.each(RESERVED)('%s is refused at its field', (address) => {
  const refusal = refuseReserved(address)
  expect(refusal).toMatchObject({ code: 'reserved-address', errors: [{ field: 'email', code: 'reserved-address' }] })
  expect(refusal?.message.en).toContain(address.split('@')[1])
})

test.each(REAL)('%s is somebody’s', (address) => {
  expect(refuseReserved(address)).toBeUndefined()
})

test('a message to nobody reaches no provider: it failed for good, by its address', async () => {
  const sent: string[] = []
  const mailer = toPeople({
    send: async ({ to }) => {
      sent.push(to)
      return { providerId: to }
    },
    close: async () => {},
  })
  const message = { subject: 's', text: 't', html: 'h', key: crypto.randomUUID() }
  for (const to of REAL) await mailer.send({ ...message, to })
  for (const to of RESERVED) {
    const error = await mailer.send({ ...message, to }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Rejected)
    expect(verdictOn(error, false)).toEqual({ status: 'failed', reason: 'address-refused' })
  }
  expect(sent).toEqual(REAL)
})
